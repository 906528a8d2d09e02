"""``python -m devtools.checks.files``: nothing lies in the checkout that was made by a tool or by chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from config.environment import ROOT
from devtools.checks.git import NoGitError, ask_git
from devtools.terminal import say

TOP_LEVEL = {
    "platform", "tenants", "verticals", "scheduling", "billing", "api", "templates", "tests", "infra",
    "pyproject.toml", "README.md", "LICENSE", "docs", "CHANGELOG.md", "dev",
    "requirements.txt", "requirements-demo.txt", "requirements-dev.txt",
}  # fmt: skip
"""What may lie at the top, besides names that begin with a dot."""
REGISTRIES = tuple(
    ".".join(names) for names in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"), ("deb", "debian"))
)
"""Hosts of package registries: a checkout takes whatever the machine around is set up to use."""
JUNK = ("*.orig", "*.rej", "*.bak", "*.swp", "*~", "*.log", "*.pid", "*.tmp", ".DS_Store", "nohup.out", "core")


def list_faults(files: Iterable[str], ignored: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the files of a checkout, tracked and new, and with tracked ones that are ignored."""
    yield from (f"{name} is tracked and ignored" for name in ignored)
    for name in files:
        path = PurePosixPath(name)
        if any(fnmatch(path.name, pattern) for pattern in JUNK):
            yield f"{name} was made by a tool or by chance"
        if not path.parts[0].startswith(".") and path.parts[0] not in TOP_LEVEL:
            yield f"{name}: the top of the checkout holds what the owner fixed"


def list_registries(root: Path, files: Iterable[str]) -> Iterator[str]:
    """Yield which files name the host of a package registry."""
    for name in files:
        text = (root / name).read_text(encoding="utf-8", errors="ignore").lower()
        yield from (f"{name} names a package registry: {host}" for host in REGISTRIES if host in text)


def check(root: Path = ROOT) -> int:
    """Print each fault and return how many there are."""
    try:
        files = ask_git("ls-files", "--cached", "--others", "--exclude-standard", root=root).splitlines()
        ignored = ask_git("ls-files", "--cached", "--ignored", "--exclude-standard", root=root).splitlines()
    except NoGitError as error:
        say(f"{error}: files are not checked")
        return 0
    present = [name for name in files if (root / name).is_file()]
    faults = [*list_faults(present, ignored), *list_registries(root, present)]
    for fault in faults:
        say(fault)
    return len(faults)


if __name__ == "__main__":
    raise SystemExit(min(check(), 1))
