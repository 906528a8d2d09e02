"""Finding people and their visits as staff type them: what is indexed of each, and what a query asks for.

PostgreSQL compares arrays of integers only (``&&``, by GIN): everything that may be typed is a key, the
CRC-32 of a text in signed form. Two texts share one by chance once in four billion. Keys of a document are

- every beginning of a word, and of two words (after short ones three) in one piece: what is there while one types;
- each whole word of letters, and it without each of its letters: its neighbors by one typing mistake
  (symmetric deletion, as in SymSpell by W. Garbe, with the place of the missing letter to keep it exact);
- how the word sounds in Spanish: Gonzales is González;
- every piece of a phone number that begins or ends it, of a plate or VIN, and a reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

from kernel.identity.keys import make_key, part_at_apostrophes, split_words
from kernel.identity.phones import clean_phone, find_national
from kernel.ids import fold_reference

LONGEST_TYPED, MOST_WORDS, MOST_DOCUMENT_WORDS = 100, 8, 40
LONGEST_PREFIX, LONGEST_JOIN, LONGEST_PARTICLES = 16, 3, 6
SHORTEST_FUZZY, LONGEST_FUZZY = 4, 20
SHORTEST_PIECE, LONGEST_CODE, SHORTEST_TAIL = 3, 10, 4
FEWEST_DIGITS = 7
"""From so many digits on it may be a whole phone number."""
ABBREVIATED = (
    *(("maria", "ma"), ("guadalupe", "gpe"), ("francisco", "fco"), ("francisca", "fca"), ("fernando", "fdo")),
    *(("rodriguez", "rdz"), ("hernandez", "hdz"), ("fernandez", "fdz")),
    *(("gonzalez", "glz"), ("martinez", "mtz"), ("ramirez", "rmz"), ("gutierrez", "gtz"), ("sanchez", "shz")),
)
OTHERWISE = dict(ABBREVIATED) | {short: whole for whole, short in ABBREVIATED}
"""Names as forms abbreviate them: who looks for María Luisa finds Ma. Luisa, and the other way round."""
BEGINS_MUCH = "ma"
"""What too many words begin with to be looked for alone."""
ARGENTINE_MOBILE = re.compile(r"0?15(\d{6,8})")
"""Without an area code, as it is dialed in the same town."""
Row = TypeVar("Row")
_OFFSET = 1 << 31
_SOUNDS = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        ("ch|sh", "x"),
        ("ph", "f"),
        ("th", "t"),
        ("qu(?=[ei])|c(?![ei])|q", "k"),
        ("gu(?=[ei])", "G"),
        ("g(?=[ei])", "j"),
        ("[zc]", "s"),
        ("v", "b"),
        ("ll|y", "i"),
        ("h", ""),
        (r"(.)\1+", r"\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Findable:
    """What one booking is found by.

    Attributes:
        texts: Names of people and things.
        marks: Plates, VINs and the like; those without a digit are names.
        phone: In E.164.
    """

    texts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One word of a query: a document matches when it has any of the keys.

    Attributes:
        exact: Of the word as it was typed, as a beginning too, and of it joined to its neighbors.
        similar: Also with one letter wrong, missing, doubled or swapped.
    """

    exact: tuple[int, ...]
    similar: tuple[int, ...]


def list_keys(findable: Findable) -> list[int]:
    """Return the keys of a document, in order and each once."""
    keys: set[str] = set()
    codes = [mark for mark in findable.marks if any(map(str.isdigit, mark))]
    for text in (*findable.texts, *(mark for mark in findable.marks if mark not in codes)):
        keys.update(_list_text_keys(text))
        if (parted := part_at_apostrophes(text)) != text:
            keys.update(_list_text_keys(parted))
    for code in codes:
        keys.update(_list_code_keys(make_key(code)))
    for word in split_words(findable.email)[:MOST_DOCUMENT_WORDS]:
        keys.update(_list_prefixes(word, 1))
    keys.update(_list_phone_keys(findable.phone))
    reference = fold_reference(findable.reference)
    keys.update(f"f{reference[:end]}" for end in range(SHORTEST_PIECE, len(reference) + 1))
    return sorted(map(_hash, keys))


def read_query(typed: str, *, country: str) -> tuple[AskedWord, ...]:
    """Return the words of a query, all of which a document has to match; none when nothing was typed."""
    text = typed[:LONGEST_TYPED]
    words = split_words(text)[:MOST_WORDS] or ((make_key(text),) if make_key(text) else ())
    asked: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in words]
    for first in range(len(words)):
        for last in range(first, len(words)):
            exact = set(_list_exact(words[first : last + 1], country))
            for place in range(first, last + 1):
                asked[place][0].update(exact)
    for word, (_, similar) in zip(words, asked, strict=True):
        similar.update(_list_similar(word))
    return tuple(
        AskedWord(exact=tuple(sorted(map(_hash, exact))), similar=tuple(sorted(map(_hash, exact | similar))))
        for exact, similar in asked
    )


def keep_matching(rows: Sequence[Row], typed: str, *, country: str, describe: Callable[[Row], Findable]) -> list[Row]:
    """Return the rows, of few, that match what was typed; when none does, those one letter away."""
    words = read_query(typed, country=country)
    keys = [set(list_keys(describe(row))) for row in rows] if words else []
    exact, similar = (
        [row for row, known in zip(rows, keys, strict=bool(words)) if all(known.intersection(each) for each in asked)]
        for asked in ([word.exact for word in words], [word.similar for word in words])
    )
    return exact or similar


def _hash(key: str) -> int:
    return crc32(key.encode()) - _OFFSET


def _list_text_keys(text: str) -> Iterator[str]:
    words = split_words(text)[:MOST_DOCUMENT_WORDS]
    if not words and text.strip():
        yield from _list_prefixes(make_key(text), 1)
    for place, word in enumerate(words):
        yield from _list_prefixes(word, 1)
        yield from _list_deletions(word)
        joined = word
        for following in words[place + 1 : place + LONGEST_JOIN]:
            if joined != word and len(joined) > LONGEST_PARTICLES:
                break
            joined += following
            yield from _list_prefixes(joined, len(joined) - len(following) + 1)


def _list_prefixes(word: str, shortest: int) -> Iterator[str]:
    for end in range(shortest, min(len(word), LONGEST_PREFIX) + 1):
        yield f"p{word[:end]}"


def _list_deletions(word: str) -> Iterator[str]:
    if len(word) < SHORTEST_FUZZY or not word.isalpha():
        return
    word = word[:LONGEST_FUZZY]
    yield f"w{word}"
    yield f"s{_sound(word)}"
    for place in range(len(word)):
        yield f"d{place}{word[:place]}{word[place + 1 :]}"


def _list_code_keys(code: str) -> Iterator[str]:
    """Yield a plate whole, and any piece of it; of a longer number what begins or ends it."""
    yield f"f{fold_reference(code)}"
    if len(code) <= LONGEST_CODE:
        for start in range(len(code)):
            for end in range(start + SHORTEST_PIECE, len(code) + 1):
                yield f"p{code[start:end]}"
        yield from _list_runs(code)
    else:
        yield from _list_prefixes(code, SHORTEST_PIECE)
        for start in range(len(code) - SHORTEST_TAIL + 1):
            yield f"p{code[start:][:LONGEST_PREFIX]}"


def _list_runs(code: str) -> Iterator[str]:
    """Yield the beginnings of the runs of letters and of digits in a plate, which people write apart."""
    start = 0
    for end in range(1, len(code) + 1):
        if end == len(code) or code[end].isdigit() != code[start].isdigit():
            yield from _list_prefixes(code[start:end], 1)
            start = end


def _list_phone_keys(phone: str) -> Iterator[str]:
    digits, national = phone.removeprefix("+"), find_national(phone)
    for number in {digits, national} - {""}:
        yield from _list_prefixes(number, SHORTEST_PIECE)
    for start in range(len(digits) - SHORTEST_TAIL + 1):
        yield f"p{digits[start:]}"


def _list_exact(words: Sequence[str], country: str) -> Iterator[str]:
    joined = "".join(words)
    yield f"p{joined[:LONGEST_PREFIX]}"
    if len(joined) >= SHORTEST_PIECE:
        yield f"f{fold_reference(joined)}"
    other = OTHERWISE.get(words[0], "")
    if other and (len(words) > 1 or other != BEGINS_MUCH):
        yield f"p{(other + joined.removeprefix(words[0]))[:LONGEST_PREFIX]}"
    if len(words) == 1 and len(joined) >= SHORTEST_FUZZY and joined.isalpha():
        yield f"s{_sound(joined[:LONGEST_FUZZY])}"
    if joined.isdigit():
        yield from (f"p{digits}" for digits in _list_numbers(joined, country))


def _list_numbers(digits: str, country: str) -> Iterable[str]:
    """Yield how a number may be stored that was typed with the prefixes people dial."""
    plain = digits.lstrip("0")
    if len(plain) >= SHORTEST_TAIL:
        yield plain[:LONGEST_PREFIX]
    if country == "AR" and (mobile := ARGENTINE_MOBILE.fullmatch(digits)):
        yield mobile[1]
    if len(digits) >= FEWEST_DIGITS:
        for spelling in (digits, f"+{digits}"):
            phone = clean_phone(spelling, country=country)
            if phone is not None:
                yield phone.removeprefix("+")


def _sound(word: str) -> str:
    """Return a folded word as it sounds in Latin America: seseo, yeísmo, silent h, one b, no doubled letters."""
    for letters, sound in _SOUNDS:
        word = letters.sub(sound, word)
    return word


def _list_similar(word: str) -> Iterator[str]:
    """Yield the keys that words one typing mistake away have (Damerau's four kinds)."""
    if len(word) < SHORTEST_FUZZY - 1 or not word.isalpha():
        return
    word = word[:LONGEST_FUZZY]
    for place in range(len(word) + 1):
        yield f"d{place}{word}"  # a letter is missing
    if len(word) < SHORTEST_FUZZY:
        return
    for place in range(len(word)):
        shorter = word[:place] + word[place + 1 :]
        yield f"w{shorter}"  # one too many
        yield f"d{place}{shorter}"  # another one
    for place in range(len(word) - 1):
        yield f"w{word[:place]}{word[place + 1]}{word[place]}{word[place + 2 :]}"  # two swapped
