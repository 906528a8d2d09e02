"""What the tools print: short lines, coloured only where somebody looks."""

from __future__ import annotations

import sys
from typing import Final

_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "bold": "1"}


def paint(text: str, color: str) -> str:
    """Return ``text`` in ``color`` when standard output is a terminal."""
    if not sys.stdout.isatty():
        return text
    return f"\033[{_CODES[color]}m{text}\033[0m"


def say(text: str = "") -> None:
    """Print a line at once, even into a pipe."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print the one line that says what went wrong."""
    print(f"./dev: {text}", file=sys.stderr, flush=True)
