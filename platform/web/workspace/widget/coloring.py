"""Code as people read it more easily: what is a tag and what a value has a color of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRING = r'"(?:[^"\\\n]|\\.)*"|`[^`]*`'
_TAG = r"</?[A-Za-z][\w.-]*|(?<!=)/?>"
_MARKUP = re.compile(f"(?P<value>{_STRING})|(?P<tag>{_TAG})")
_SCRIPT = re.compile(f"(?P<value>{_STRING})|(?P<tag>{_TAG}|\\b(?:import|from|export|function|const|if|return)\\b)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some signs of a code in a row; ``kind`` is ``tag``, ``value`` or empty."""

    text: str
    kind: str = ""


def color_code(code: str, *, is_script: bool) -> tuple[Piece, ...]:
    """Return the pieces of a code, which together are the code."""
    pieces, at = [], 0
    for found in (_SCRIPT if is_script else _MARKUP).finditer(code):
        pieces.append(Piece(code[at : found.start()]))
        pieces.append(Piece(found[0], str(found.lastgroup)))
        at = found.end()
    pieces.append(Piece(code[at:]))
    return tuple(each for each in pieces if each.text)
