"""Hours as people type and read them: "8", "830", "8 pm", "20:00", "8-13, 14-18"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from babel import Locale
from django.utils.translation import gettext_lazy

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from scheduling.engine import unfold_period
from web.formats import name_time
from web.templatetags.formats import get_current_formats

NOT_HOURS = gettext_lazy("Write hours as 8:00–13:00, several with commas between.")
TOO_MANY = gettext_lazy("At most 12 periods in a day.")
MOST_PERIODS, LONGEST_TEXT = 12, 400
HOUR, HALF_DAY = 60, 12
SOME_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)

TIME = r"(?:([0-9]{1,2})(?:\s?[:.h]\s?([0-9]{2}))?\s?h?|([0-9]{1,2})([0-9]{2})\s?h?)(?:\s?([ap])\.?\s?m\.?)?"
WHOLE = re.compile(TIME, re.IGNORECASE)
PERIOD = re.compile(rf"{TIME}\s*(?:-|–|—|−|\ba\b|\bto\b|\bhasta\b)\s*{TIME}", re.IGNORECASE)
BETWEEN = re.compile(r"[,;\n]|\s[yY&]\s|\sand\s")
NOON_WORDS = {"mediodía": "12:00", "mediodia": "12:00", "noon": "12:00", "medianoche": "24:00", "midnight": "24:00"}


def read_minute(text: str) -> int | None:
    """Return the minute of the day, 0 to 1440, that somebody typed; None when it is no time of a day."""
    found = WHOLE.fullmatch(_unify(text))
    return _count(*found.groups()) if found else None


def read_periods(text: str) -> list[Interval] | None:
    """Return the periods of a day as wall minutes, ends past 1440 on the next day; None when they cannot be read.

    Closing at or before the opening means on the next day.
    """
    periods: list[Interval] = []
    if len(text) > LONGEST_TEXT:
        return None
    for part in filter(None, map(str.strip, BETWEEN.split(_unify(text)))):
        found = PERIOD.fullmatch(part)
        if found is None:
            return None
        opens, closes = _count(*found.groups()[:5]), _count(*found.groups()[5:])
        if opens is None or closes is None or opens == DAY_MINUTES:
            return None
        periods.append(unfold_period(opens, closes))
    return periods


def format_minute(minute: int) -> str:
    """Return a wall minute as the business's clocks show it: "8:00", "8:00 a.m."."""
    return get_current_formats().format_time(SOME_MONDAY + timedelta(minutes=minute), "UTC")


def name_week_hour(number: int) -> str:
    """Return an hour of the week, 0 being Monday's from 0 to 1, in words: "lunes, 9:00–10:00"."""
    day, hour = divmod(number, DAY_MINUTES // HOUR)
    begins, ends = (format_minute(HOUR * each) for each in (hour, hour + 1))
    weekday = get_current_formats().format_weekday_long(SOME_MONDAY.date() + timedelta(days=day))
    return f"{weekday}, {begins}–{ends}"


def name_minute(minute: int) -> str:
    """Return a wall minute as a sentence names it: "8:00 AM"; in Spanish with its article, "las 8:00", "la 1:00"."""
    return name_time(get_current_formats(), SOME_MONDAY + timedelta(minutes=minute), "UTC")


def format_periods(periods: Iterable[Interval]) -> str:
    """Return periods as a field shows them, so that `read_periods` reads them again: "8:00–13:00, 14:00–18:00"."""
    return ", ".join(f"{format_minute(start)}–{format_minute(end)}" for start, end in periods)


def list_weekdays() -> tuple[int, ...]:
    """Return the weekdays, 0 for Monday, in the order in which the country's calendars have them."""
    first = get_current_formats().local.first_week_day
    return tuple((first + day) % 7 for day in range(7))


def name_weekday(weekday: int, width: str = "wide") -> str:
    """Return a weekday alone: "lunes"; abbreviated "lun", narrow "L"."""
    locale: Locale = get_current_formats().locale
    return str(locale.days["stand-alone"][width][weekday]).rstrip(".")


def _unify(text: str) -> str:
    plain = (
        " ".join(text.split()) if "\n" not in text else "\n".join(" ".join(line.split()) for line in text.split("\n"))
    )
    for word, time in NOON_WORDS.items():
        plain = re.sub(rf"\b{word}\b", time, plain, flags=re.IGNORECASE)
    return plain.strip()


def _count(
    hour: str | None, minute: str | None, hours: str | None, minutes: str | None, half: str | None
) -> int | None:
    clock, past = int(hour or hours or 0), int(minute or minutes or 0)
    if past >= HOUR or clock > 2 * HALF_DAY or (half and not clock):
        return None
    if half and clock <= HALF_DAY:
        clock = clock % HALF_DAY + (HALF_DAY if half.lower() == "p" else 0)
    elif half and half.lower() == "a":
        return None
    total = clock * HOUR + past
    return total if total <= DAY_MINUTES else None
