"""What the tools print: short lines, colored only where somebody looks."""

from __future__ import annotations

import contextlib
import re
import sys
from typing import Final

_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "bold": "1"}


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def make_printable(text: str) -> str:
    """Replace control characters: a logged request must not drive the terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def paint(text: str, color: str) -> str:
    """Return ``text`` in ``color`` when standard output is a terminal."""
    if not sys.stdout.isatty():
        return text
    return f"\033[{_CODES[color]}m{text}\033[0m"


def say(text: str = "") -> None:
    """Print a line at once, even into a pipe."""
    with contextlib.suppress(BrokenPipeError):  # nobody reads any more; work goes on
        print(text, flush=True)


def complain(text: str) -> None:
    """Print the one line that says what went wrong."""
    print(f"./dev: {text}", file=sys.stderr, flush=True)
