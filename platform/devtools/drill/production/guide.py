"""The operator's guide as a list of commands: what people are told to type is what the drill runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.environment import ROOT

PAGE = ROOT / "docs" / "operations.md"
INSTALL, UPGRADE = "From a fresh Debian 12 to the first booking", "A new version"
BACK = "Back to the version before"

_CHAPTER = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GIVEN = re.compile(r"^export (\w+)=(?!\"\$)")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the guide, as it stands there."""

    line: str

    @property
    def program(self) -> str:
        """Return what is run, for instance ``systemctl``."""
        return self.line.split(maxsplit=1)[0]

    @property
    def given(self) -> str:
        """Return the variable that readers fill in here; empty: it is an ordinary command."""
        found = _GIVEN.match(self.line)
        return found[1] if found else ""

    def fill_in(self, given: Mapping[str, str]) -> str:
        """Return the line with what readers fill in, as far as it is given."""
        return f"export {self.given}={given[self.given]}" if self.given in given else self.line

    @property
    def needs_network(self) -> bool:
        """Tell whether it fetches something from outside."""
        return self.program == "apt-get" or " -m pip install " in self.line


def read_steps(chapter: str, text: str | None = None) -> list[Step]:
    """List the commands of a chapter in order.

    Raises:
        LookupError: There is no such chapter, or nothing to run in it.
    """
    page = PAGE.read_text(encoding="utf-8") if text is None else text
    parts = _CHAPTER.split(page)
    chapters = dict(zip(parts[1::2], parts[2::2], strict=True))
    steps = read_page(chapters.get(chapter, ""))
    if not steps:
        message = f"{PAGE.name} has no commands in a chapter {chapter!r}"
        raise LookupError(message)
    return steps


def read_page(text: str) -> list[Step]:
    """List the commands of a text in order."""
    return [Step(line) for block in _BLOCK.findall(text) for line in _join_lines(block)]


def _join_lines(block: str) -> Iterator[str]:
    """Give the commands of a block: a line each, or several that end with a backslash."""
    for line in re.sub(r"\\\n\s*", "", block).splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()
