"""Texts that people typed: made safe for headers, subjects, greetings and spreadsheets, and comparable for lists."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal

_UNREADABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BREAKS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
JOINERS = "\u200c\u200d"
_HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
MOST_MARKS = 30
FORMULA_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b")
"""First characters that make a spreadsheet calculate (OWASP, "CSV Injection"), also in their wide and small forms."""
CELL_STARTS = frozenset("\t\r\n")
"""First characters by which some programs end a cell and begin one that is calculated."""
_SKIPPED = frozenset({"Zs", "Cf", "Cc"})


def is_unreadable(text: str) -> bool:
    """Tell whether a text holds control characters, breaks of lines, or halves of surrogate pairs.

    PostgreSQL stores no half and no NUL; headers and calendar files end at a break, Unicode's own included.
    """
    return any(unicodedata.category(letter) in _UNREADABLE for letter in text)


def unify_breaks(text: str) -> str:
    """Return ``text`` with one kind of line break: what is pasted has those of other systems and of word processors."""
    return _BREAKS.sub("\n", text)


def make_printable(text: str) -> str:
    """Return a text of several lines that any encoder can carry, for what was stored before it was refused."""
    lines = (
        "".join(letter for letter in line if letter == "\t" or unicodedata.category(letter) not in _UNREADABLE)
        for line in unify_breaks(text).split("\n")
    )
    return "\n".join(lines)


def compose(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return ``text`` in a form of Unicode, in time that grows with its length alone.

    Putting marks in their order costs the square of how many follow a letter: of more than 30, the rest is
    left out (Stream-Safe Text, UAX #15, section 13; the longest word of a language has fewer than ten).
    """
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter).startswith("M") else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return unicodedata.normalize(form, "".join(kept))  # noqa: TID251 - here it is made safe


def drop_invisible(text: str) -> str:
    """Return ``text`` composed (NFC), without format characters (Unicode's Cf) and without blanks around it.

    Bidi controls make a page show another text than is stored (CVE-2021-42574), zero-width spaces and
    accents that come apart from their letters tell equal names apart. The joiners stay inside: Persian,
    Hindi and emoji need them.
    """
    kept = "".join(letter for letter in text if letter in JOINERS or unicodedata.category(letter) != "Cf")
    seen = compose("NFC", kept)
    return seen.strip() if seen.strip(JOINERS).strip() else ""


def drop_hidden(text: str) -> str:
    """Return ``text`` without any character that shows nothing, joiners as well: for what has no words.

    Format characters (Cf), and what Unicode calls ignorable by default outside of them: fillers and selectors.
    """
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf" and not _HIDDEN.match(letter))


def clean_line(text: str, *, limit: int = 200) -> str:
    """Return ``text`` as one line without control or formatting characters, at most ``limit`` long.

    A line break in a name or subject would begin a header of its own (CWE-93).
    """
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    # Readers of headers would decode what looks like an encoded word (RFC 2047).
    line = " ".join(plain.split()).replace("=?", "= ?")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def disarm(cell: object) -> object:
    """Return a cell that no spreadsheet runs: text that begins like a formula gets an apostrophe; None is empty."""
    if cell is None:
        return ""
    if isinstance(cell, int | float | Decimal):
        return cell
    text = str(cell)
    return f"'{text}" if begins_formula(text) else text


def begins_formula(text: str) -> bool:
    """Tell whether a spreadsheet may calculate a cell: spaces and what nobody sees before a formula hide none."""
    if not text or text[0].isalnum():
        return False
    if text[0] in CELL_STARTS:
        return True
    return next((letter for letter in text if unicodedata.category(letter) not in _SKIPPED), "") in FORMULA_STARTS
