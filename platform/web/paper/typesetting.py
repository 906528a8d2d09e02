"""Setting a page as PDF. What people wrote goes in as data, never as source, which would be run."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent
PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
A4, LETTER = "a4", "us-letter"
FIRST_PICTURE = 0x2190
"""Where Unicode's arrows, and after them its pictures, begin."""
LONGEST_PIECE = 14
"""Letters of a word after which it may be broken, where it is longer than any word."""
LETTER_COUNTRIES = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
"""Where paper is of US Letter (CLDR, supplemental/measurementData, paperSize)."""


def typeset(source: Path, *, name: str, said: Mapping[str, object]) -> bytes:
    """Set ``source`` as PDF with ``said`` as ``sys.inputs`` under ``name``; some 50 ms, the same bytes for the same.

    Nothing outside of the folder of the source is read but our fonts.
    """
    made: Any = typst.compile(
        source,
        root=source.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={name: json.dumps(said)},
    )
    return bytes(made)


def count_pages(paper: bytes) -> int:
    """Return how many pages a PDF has that was set here: its pages are not packed."""
    return len(PAGE.findall(paper))


def choose_paper(country: str) -> str:
    """Return the size of paper that printers of a country have, as the typesetter calls it."""
    return LETTER if country in LETTER_COUNTRIES else A4


def make_printable(text: str) -> str:
    """Return a text that fits and can be drawn: no pictures (our fonts have none), and no endless word.

    Nothing in it turns around what stands beside it.
    """
    kept = "".join(letter for letter in text if not (_is_picture(letter) or _turns(letter)))
    words = " ".join(kept.split()).split(" ")
    return " ".join(
        "\u200b".join(re.findall(f".{{1,{LONGEST_PIECE}}}", word)) if len(word) > 2 * LONGEST_PIECE else word
        for word in words
    )


def _is_picture(letter: str) -> bool:
    """Tell whether a letter is an emoji, or joins and colors them; signs such as ® and ° are none."""
    is_odd = unicodedata.category(letter) in {"So", "Sk", "Cs", "Co", "Cn"} and ord(letter) >= FIRST_PICTURE
    return is_odd or letter in "\ufe0e\ufe0f\u200d\u20e3"


def _turns(letter: str) -> bool:
    """Tell whether a letter is an explicit mark of direction (Unicode UAX 9), or controls what cannot be seen."""
    return letter in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" or (
        unicodedata.category(letter) == "Cc" and not letter.isspace()
    )
