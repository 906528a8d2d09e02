"""Addresses and names that customers could take for somebody else's; the words are in ``names.toml``.

What looks alike is compared as one: digits that stand for letters, ``rn`` for ``m``, ``v`` for ``u``, doubled letters,
letters of other scripts, hyphens between the parts of one word, numbers behind it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kernel.lines import compose

LOOKALIKES = str.maketrans("01345789l", "oieastbgi")
PAIRS = (("rn", "m"), ("vv", "w"))
CARVED = str.maketrans("vq", "ug")
OTHER_SCRIPTS = str.maketrans("аеорсухіѕјкмнтвαορνικτυχεημ", "aeopcyxisjkmhtbaopviktuxenu")
SHORTEST_WITHIN = 6
"""Letters; a shorter name is looked for among whole words only: "bbva" is in nobody's word, "itau" may be."""
SHORTEST_NAME_GLUED, SHORTEST_WORD_GLUED = 4, 3
"""Letters; shorter ones are parts of too many words: "sat" and "en" of a saten."""
LEGAL_FORMS = frozenset(
    {"s", "a", "c", "v", "r", "l", "sa", "de", "rl", "cv", "sab", "sl", "srl", "sas", "ltda", "inc", "llc"}
)
"""Chile's "SpA" is not among them: here a spa is a spa, and "azteca-spa" an honest one."""
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class _Words:
    """The lists of the file, as they look at a glance."""

    anywhere: frozenset[str]
    alone: frozenset[str]
    speaking: frozenset[str]
    beside: frozenset[str]


def is_misleading(name: str) -> bool:
    """Tell whether a name (an address of words with hyphens, or as people write it) could pass for another's."""
    typed = [part for part in re.split(r"[^a-z0-9]+", _to_ascii(name)) if part]
    # Both ways: the letters of a legal form may be the end of a name that hyphens cut ("paypa-l").
    without_form = list(typed)
    while len(without_form) > 1 and without_form[-1] in LEGAL_FORMS:
        without_form.pop()
    written = [typed, without_form]
    written += [[part.strip(DIGITS) for part in parts] for parts in written]
    return any(_has_others_name(tuple(part for part in parts if part), _load_words()) for parts in written)


def make_address(name: str) -> str:
    """Return the address that a name suggests, of lower-case letters, digits and hyphens; empty: none."""
    return spell_name(name).lstrip(f"-{DIGITS}")[:40].strip("-")


def spell_name(name: str) -> str:
    """Return all words of a name in lower-case letters, digits and hyphens: an address has no digits before them."""
    return "-".join(re.findall(r"[a-z0-9]+", _to_ascii(name)))


def _has_others_name(typed: tuple[str, ...], words: _Words) -> bool:
    parts = tuple(map(_fold, typed))
    if any(len(each) >= SHORTEST_WITHIN and each in part for part in parts for each in words.anywhere):
        return True
    for start, end in _list_runs(len(parts)):
        run = _fold("".join(typed[start:end]))
        is_told_alone = all(_speaks(each, words) or each in words.beside for each in (*parts[:start], *parts[end:]))
        if run in words.anywhere or (is_told_alone and _names_somebody(run, words)):
            return True
    return bool(parts) and all(_speaks(part, words) for part in parts)


def _names_somebody(run: str, words: _Words) -> bool:
    """Tell whether a word is somebody's name, perhaps with a speaking word glued to it: ``soportebbva``."""
    if run in words.alone:
        return True
    return any(
        (name in words.anywhere or (name in words.alone and len(name) >= SHORTEST_NAME_GLUED))
        and other in words.speaking
        for first, second in _split(run)
        for name, other in ((first, second), (second, first))
    )


def _speaks(part: str, words: _Words) -> bool:
    return part in words.speaking or any(
        first in words.speaking and second in words.speaking
        for first, second in _split(part)
        if min(len(first), len(second)) >= SHORTEST_WORD_GLUED
    )


def _split(word: str) -> Iterator[tuple[str, str]]:
    return ((word[:at], word[at:]) for at in range(1, len(word)))


def _list_runs(count: int) -> Iterator[tuple[int, int]]:
    """List every run of neighbors: a word may be cut by hyphens."""
    return ((start, end) for start in range(count) for end in range(start + 1, count + 1))


def _to_ascii(name: str) -> str:
    decomposed = compose("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(OTHER_SCRIPTS)


def _fold(part: str) -> str:
    """Return what a word looks like at a glance."""
    folded = _undouble(part.translate(LOOKALIKES), but="v")  # "turrnero": a doubled letter hides a pair
    for pair, one in PAIRS:
        folded = folded.replace(pair, one)
    # After the pairs: two of them are a "w", one alone is a "u" cut in stone ("tvrnero").
    return _undouble(folded.translate(CARVED))


def _undouble(part: str, *, but: str = "-") -> str:
    return re.sub(rf"([^{but}])\1+", r"\1", part)


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    """Read the words, folded as names are."""
    lists = tomllib.loads((Path(__file__).parent / "names.toml").read_text())
    folded = {key: frozenset(_fold(word) for word in words) for key, words in lists.items()}
    return _Words(folded["own"] | folded["anywhere"], folded["alone"], folded["speaking"], folded["beside"])
