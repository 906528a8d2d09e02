"""What names, plates and numbers of vehicles are compared and searched by; people see what they typed."""

from __future__ import annotations

import unicodedata

from kernel.lines import compose

_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŀ": "l", "·": None}
)
_SILENT = frozenset(
    "'\u2018\u2019\u201b`´\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u055a\u2032\uff07\ua78c"
)
"""Apostrophes of all kinds: what stands around one is one word (O'Connor, D’Angelo)."""
_SILENT_ASCII = str.maketrans("", "", "'`")
_APART = str.maketrans(dict.fromkeys(_SILENT, " "))
LONGEST_KEY = 240


def fold_letters(text: str) -> str:
    """Return a text without accents, case, compatibility forms and apostrophes; digits are Western.

    ``Ñ`` is ``n`` here, as whoever has no such key types it. Blanks, hyphens and other signs stay.
    """
    if text.isascii():
        return text.lower().translate(_SILENT_ASCII)
    plain = compose("NFKD", compose("NFKD", text).casefold())
    return "".join(map(_fold_letter, plain)).translate(_PLAIN)


def make_key(text: str) -> str:
    """Return what a text is compared by: its letters and digits, folded, in one piece.

    ``O’Connor-Núñez`` is ``oconnornunez``, ``abc 123 d`` is ``abc123d``. A text without any (emoji) is
    compared as it is.
    """
    folded = fold_letters(text)
    return ("".join(filter(str.isalnum, folded)) or folded.strip())[:LONGEST_KEY]


def part_at_apostrophes(text: str) -> str:
    """Return a text with blanks for its apostrophes: who looks for Connor finds O'Connor."""
    return text.translate(_APART)


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded: runs of letters and digits."""
    folded = fold_letters(text)
    return tuple("".join(letter if letter.isalnum() else " " for letter in folded).split())


def _fold_letter(letter: str) -> str:
    if letter in _SILENT:
        return ""
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    return "" if kind in {"Mn", "Me", "Cf"} else letter
