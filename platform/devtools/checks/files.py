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


def check(root: Path = ROOT) -> int:
    """Print each fault and return how many there are."""
    try:
        files = ask_git("ls-files", "--cached", "--others", "--exclude-standard", root=root).splitlines()
        ignored = ask_git("ls-files", "--cached", "--ignored", "--exclude-standard", root=root).splitlines()
    except NoGitError as error:
        say(f"{error}: files are not checked")
        return 0
    faults = list(list_faults((name for name in files if (root / name).exists()), ignored))
    for fault in faults:
        say(fault)
    return len(faults)


if __name__ == "__main__":
    raise SystemExit(min(check(), 1))
