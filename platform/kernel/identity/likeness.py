"""Telling whether two names may be one person's, typed by two people on two days."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.identity.keys import make_key, split_words
from kernel.identity.search import OTHERWISE

SHORTEST_MISTYPED = 4
"""In a shorter word one letter makes another name: Ana, Eva."""


def are_alike(first: str, second: str) -> bool:
    """Tell whether two names differ in no more than accents, signs, a missing word, an initial or a letter.

    Each word of the shorter name has a counterpart in the longer one, and one of them is written out: Laura J. is Laura
    Jiménez Soto, and so is Laura Jimenes; Ana Ruiz and Luis Ruiz are two people, and so are Laura and an initial.
    """
    if make_key(first) == make_key(second):
        return True
    short, long = sorted((split_words(first), split_words(second)), key=len)
    rest, written_out = list(long), 0
    for word in sorted(short, key=len, reverse=True):
        same = next((each for each in rest if _is_same(word, each)), None)
        if same is None:
            return False
        rest.remove(same)
        written_out += len(word) > 1 and len(same) > 1
    return written_out > 0


def _is_same(first: str, second: str) -> bool:
    if first == second or OTHERWISE.get(first) == second:
        return True
    short, long = sorted((first, second), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return len(short) >= SHORTEST_MISTYPED and _is_one_letter_away(short, long)


def _is_one_letter_away(short: str, long: str) -> bool:
    """Tell whether one letter is wrong, missing, or swapped with its neighbor; ``short`` is not the longer one."""
    if len(long) - len(short) > 1:
        return False
    place = _count_same(short, long)
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    swapped = short[place : place + 2] == long[place : place + 2][::-1]
    return short[place + 1 :] == long[place + 1 :] or (swapped and short[place + 2 :] == long[place + 2 :])


def _count_same(first: Sequence[str], second: Sequence[str]) -> int:
    place = 0
    while place < len(first) and first[place] == second[place]:
        place += 1
    return place
