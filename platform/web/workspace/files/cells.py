"""Columns of a file, and how their cells are read; what cannot be read is told in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from babel import Locale
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from kernel.identity.keys import fold_letters
from kernel.intervals import Interval
from kernel.iso import NotIso, parse_date
from kernel.languages import LANGUAGES
from scheduling.types.weeks import WEEK_DAYS
from web.parts.clock import NOT_HOURS, name_weekday, read_minute, read_periods
from web.templatetags.formats import get_current_formats

KeyT = TypeVar("KeyT")

LARGEST_NUMBER = 10**9
YES, NO = ("yes", "si", "sí", "1", "true", "x"), ("no", "0", "false")
DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
LONGEST_WORD = 60


class CellWrong(ValueError):
    """A cell cannot be read; the message is in the active language."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``field`` of the set-up that it fills; ``read`` raises `CellWrong`.

    Attributes:
        key: What it is called in every language, too.
        title: What people call it.
        of_extras: Lines of extras fill it, too (services alone have such lines).
        language: Of a text that is not in the business's own.
    """

    key: str
    title: str | Promise
    help: str | Promise
    field: str
    read: Callable[[str], Any]
    example: str = ""
    of_extras: bool = False
    language: str = ""


def read_text(text: str) -> str:
    """Return a text as it is."""
    return text


def read_number(text: str) -> int:
    """Return a whole number."""
    if (
        not (text.isascii() and text.isdigit())
        or int(text[:10]) > LARGEST_NUMBER
        or len(text) > len(str(LARGEST_NUMBER))
    ):
        raise CellWrong(gettext("Write a whole number."))
    return int(text)


def read_switch(text: str) -> bool:
    """Return yes or no."""
    if text.lower() in YES + NO:
        return text.lower() in YES
    raise CellWrong(gettext("Write “yes” or “no”."))


def read_words(text: str) -> tuple[str, ...]:
    """Return words that stand between commas."""
    return tuple(word for word in map(str.strip, text.split(",")) if word)


def read_day(text: str) -> date:
    """Return a date: 2026-12-14, or as spreadsheets of the country write it, 14/12/2026."""
    with suppress(NotIso):
        return parse_date(text)
    found = DAY_FIRST.fullmatch(text)
    if found:
        first, second, year = map(int, found.groups())
        is_month_first = get_current_formats().local.date_formats["short"].pattern.upper().startswith("M")
        with suppress(ValueError):
            return date(year, first, second) if is_month_first else date(year, second, first)
    raise CellWrong(gettext("Write a date as 2026-12-14."))


def read_clock(text: str) -> int:
    """Return a time as minutes of the day."""
    minute = read_minute(text)
    if minute is None:
        raise CellWrong(gettext("Write a time as 8:00."))
    return minute


def read_hours(text: str) -> tuple[Interval, ...]:
    """Return periods of a day, ends past 1440 on the next day."""
    periods = read_periods(text)
    if not periods:
        raise CellWrong(str(NOT_HOURS))
    return tuple(periods)


def read_one_of(words: Mapping[KeyT, Iterable[str | Promise]], text: str) -> KeyT:
    """Return the key one of whose words was written, in any language."""
    wanted = fold_letters(text)
    for key, spellings in words.items():
        if wanted in {fold_letters(each) for spelling in spellings for each in say_everywhere(spelling)}:
            return key
    known = ", ".join(str(next(iter(spellings))) for spellings in words.values())
    raise CellWrong(gettext("Write one of these: %(known)s.") % {"known": known})


def find_named(names: Mapping[int, str], text: str) -> int:
    """Return the id of what is called so, whatever its capitals and accents."""
    found = [row_id for row_id, name in names.items() if name.casefold() == text.casefold()]
    found = found or [row_id for row_id, name in names.items() if fold_letters(name) == fold_letters(text)]
    words = {"name": text[:LONGEST_WORD], "known": ", ".join(names.values()) or "–"}
    if not found:
        raise CellWrong(gettext("There is no “%(name)s”. There are: %(known)s.") % words)
    if len(found) > 1:
        raise CellWrong(gettext("Several are called “%(name)s”.") % words)
    return found[0]


def say_everywhere(text: str | Promise) -> set[str]:
    """Return a text in every language."""
    found = set()
    for language in LANGUAGES:
        with translation.override(language):
            found.add(str(text))
    return found


def write_minutes(minute: int) -> str:
    """Return minutes of a day as a spreadsheet has them everywhere: "8:00"."""
    return f"{minute // 60 % 24}:{minute % 60:02}"


def write_hours(periods: Iterable[Interval]) -> str:
    """Return periods as `read_hours` reads them in every language: "8:00-13:00, 14:00-18:00"."""
    return ", ".join(f"{write_minutes(start)}-{write_minutes(end)}" for start, end in periods)


def write_switch(is_on: bool) -> str:  # noqa: FBT001 - a cell
    """Return a switch as a cell in the active language."""
    return gettext("yes") if is_on else gettext("no")


def read_weekdays(text: str) -> tuple[int, ...]:
    """Return weekdays, 0 for Monday, of a cell such as "lun, mar" or "Mon-Fri"."""
    found: set[int] = set()
    for part in (each for each in re.split(r"[,;]", text) if each.strip()):
        first, dash, last = re.sub("[–—]", "-", part).partition("-")
        begins = read_weekday(first)
        ends = read_weekday(last) if dash else begins
        found.update(day % WEEK_DAYS for day in range(begins, ends + (WEEK_DAYS if ends < begins else 0) + 1))
    return tuple(sorted(found))


def write_weekdays(weekdays: Iterable[int]) -> str:
    """Return weekdays as a cell in the active language: "lun, mar"."""
    return ", ".join(name_weekday(day, "abbreviated") for day in weekdays)


def read_weekday(text: str) -> int:
    """Return one weekday, 0 for Monday, of its name in any language."""
    wanted = fold_letters(text.strip().rstrip("."))
    for day in range(WEEK_DAYS):
        for language in LANGUAGES:
            days = Locale.parse(language).days["stand-alone"]
            if wanted in {fold_letters(days[width][day].rstrip(".")) for width in ("wide", "abbreviated")}:
                return day
    known = ", ".join(name_weekday(day) for day in range(WEEK_DAYS))
    raise CellWrong(gettext("Write one of these: %(known)s.") % {"known": known})
