"""Dates, times and lengths as people and other programs write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel.identity.keys import fold_letters
from kernel.instants import DAY_MINUTES
from kernel.iso import parse_instant
from scheduling.types.imports.options import DateOrder

MONTH_FIRST = frozenset({"US", "PH", "PW", "FM", "MH"})
"""Countries that write the month before the day (CLDR)."""
NOON_HOUR, HOUR_MINUTES, LAST_HOUR = 12, 60, 23
CENTURY, TWO_DIGITS = 2000, 100
FIRST_SERIAL, LAST_SERIAL = 36_526, 73_050
"""The days 2000 to 2099 as spreadsheets count them."""
SERIAL_DAY = date(1899, 12, 30)

_MONTHS = (
    ("ene", "jan"), ("feb",), ("mar",), ("abr", "apr"), ("may",), ("jun",),
    ("jul",), ("ago", "aug"), ("sep", "set"), ("oct",), ("nov",), ("dic", "dec"),
)  # fmt: skip
_WEEKDAYS = re.compile(
    r"^(?:lun|mar|mie|jue|vie|sab|dom|mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]*\s+(?=(?:de\s+)?[0-9a-z])"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_DAY_WORD = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|º)?[-/. ]*(?:de )?([a-z]{3,10})[-/.,]* *(?:del? )?([0-9]{4}|[0-9]{2})"
)
_WORD_DAY = re.compile(r"([a-z]{3,10})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]([0-9]+))?")
_TIME = re.compile(
    r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(am|pm|a\.? ?m\.?|p\.? ?m\.?|hrs?\.?|h)?"
)
_TIME_END = re.compile(
    r"(?:t|,|\s)+(?:a las? |at |- )?"
    r"([0-9]{1,2}(?:[:.h][0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?\s*(?:[ap]\.? ?m\.?|hrs?\.?|h)?)$"
)
_HOURS = re.compile(r"([0-9]{1,3})[:h]([0-9]{1,2})(?::[0-9]{2})?")
_LENGTH = re.compile(
    r"(?:([0-9]{1,4}(?:[.,][0-9]+)?)\s*(?:h|hr|hrs|hora|horas|hour|hours)\.?)?\s*(?:y |and )?"
    r"(?:([0-9]{1,6})\s*(?:m|min|mins|minuto|minutos|minute|minutes|')?\.?)?"
)
_NO_DAY = ("1899-12-3", "1900-01-0", "1904-01-01")
"""How a workbook shows a time without a date."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says of when: a date, a time of the day in minutes, or an instant with its zone."""

    on: date | None = None
    minute: int | None = None
    at: datetime | None = None


def read_moment(text: str, order: DateOrder) -> Moment | None:
    """Return what a cell with a date, a time or both says; None: it is neither. ``order`` is `DAY` or `MONTH`."""
    folded = _fold(text)
    if folded.startswith(_NO_DAY):
        minute = read_time(folded[10:].strip() or "0:00")
        return None if minute is None else Moment(minute=minute)
    with suppress(ValueError):
        return Moment(at=parse_instant(text.strip()).replace(second=0, microsecond=0))
    if (serial := _SERIAL.fullmatch(folded)) and FIRST_SERIAL <= int(serial[1]) <= LAST_SERIAL:
        minute = round(float(f"0.{serial[2]}") * DAY_MINUTES) if serial[2] else None
        return Moment(SERIAL_DAY + timedelta(days=int(serial[1])), minute)
    if (on := read_date(folded, order)) is not None:
        return Moment(on)
    found = _TIME_END.search(folded)
    if found and (on := read_date(folded[: found.start()], order)) is not None:
        minute = read_time(found[1])
        return None if minute is None else Moment(on, minute)
    minute = read_time(folded)
    return None if minute is None else Moment(minute=minute)


def read_date(text: str, order: DateOrder) -> date | None:
    """Return a date that is written in one of the usual ways; years of two digits are of this century."""
    folded = _fold(text).strip(" ,")
    year, month, day = 0, 0, 0
    if found := _YEAR_FIRST.fullmatch(folded):
        year, month, day = map(int, found.groups())
    elif found := _YEAR_LAST.fullmatch(folded):
        first, second, year = map(int, found.groups())
        day, month = (second, first) if order == DateOrder.MONTH else (first, second)
    elif found := _DAY_WORD.fullmatch(folded):
        day, month, year = int(found[1]), _find_month(found[2]), int(found[3])
    elif found := _WORD_DAY.fullmatch(folded):
        day, month, year = int(found[2]), _find_month(found[1]), int(found[3])
    try:
        return date(year + CENTURY if 0 < year < TWO_DIGITS else year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> int | None:
    """Return the minute of the day of a time: 10:30, 10.30, 3 pm, 15 h."""
    found = _TIME.fullmatch(_fold(text))
    if found is None:
        return None
    hour, minute, mark = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if mark in {"a", "p"}:
        if not 1 <= hour <= NOON_HOUR:
            return None
        hour = hour % NOON_HOUR + (NOON_HOUR if mark == "p" else 0)
    return hour * HOUR_MINUTES + minute if hour <= LAST_HOUR and minute < HOUR_MINUTES else None


def read_length(text: str) -> int | None:
    """Return how many minutes a length says: 90, 90 min, 1:30, 1 h 30, 1.5 h."""
    folded = _fold(text)
    if folded.startswith(_NO_DAY):
        return read_time(folded[10:].strip() or "0:00") or None
    if found := _HOURS.fullmatch(folded):
        minutes = int(found[1]) * HOUR_MINUTES + int(found[2])
    elif (found := _LENGTH.fullmatch(folded)) and (found[1] or found[2]):
        minutes = round(float((found[1] or "0").replace(",", ".")) * HOUR_MINUTES) + int(found[2] or 0)
    else:
        return None
    return minutes or None


def find_order(cells: Iterable[str], country: str) -> DateOrder:
    """Return how the dates of a file are to be read: as one of them proves, if none proves the opposite."""
    proofs: set[DateOrder] = set()
    for cell in cells:
        found = _YEAR_LAST.match(_WEEKDAYS.sub("", _fold(cell)))
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        if first > NOON_HOUR >= second:
            proofs.add(DateOrder.DAY)
        elif second > NOON_HOUR >= first:
            proofs.add(DateOrder.MONTH)
    if len(proofs) == 1:
        return proofs.pop()
    return DateOrder.MONTH if country in MONTH_FIRST else DateOrder.DAY


def _fold(text: str) -> str:
    return _WEEKDAYS.sub("", " ".join(fold_letters(text).split()))


def _find_month(word: str) -> int:
    return next((number for number, names in enumerate(_MONTHS, start=1) if word.startswith(names)), 0)
