"""When people may be written to: by what the message is for and where they are.

The table is `hours.toml`: laws where we know one, else our own choice.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from kernel.iso import parse_time
from kernel.law.calendars import ONE_DAY, list_public_holidays
from kernel.law.clocks import Place
from kernel.law.persons import EVERYWHERE
from kernel.law.taxes import CONFIDENCES

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FURTHEST_DAYS = 60
"""How far a time is looked for: no country has so many days in a row on which nobody may be written to."""
_DAY = "|".join(DAYS)
_WINDOW = re.compile(rf"(?P<first>{_DAY})(?:-(?P<last>{_DAY}))? (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)", re.ASCII)


class MessagePurpose(StrEnum):
    """What a message is for."""

    SERVICE = "service"
    """What somebody booked: confirmations, reminders, changes, how it was."""
    MARKETING = "marketing"
    COLLECTION = "collection"
    """Asking for money that is owed."""


@dataclass(frozen=True, slots=True)
class MessageHours:
    """When messages of a purpose may go out in a country.

    Attributes:
        windows: For each weekday, from Monday, the wall times between which they may; the second is too late.
        on_holidays: Public holidays are as any other day; else they are closed.
        most_a_day: Contacts with one person on one day; 0: the law does not limit it.
        binding: A law asks for it; else it is our own choice.
        confidence: How sure we are: H, M or L.
    """

    country: str
    purpose: MessagePurpose
    windows: tuple[tuple[tuple[time, time], ...], ...]
    on_holidays: bool
    most_a_day: int
    binding: bool
    source: str
    reviewed_on: date
    confidence: str


def find_message_hours(purpose: MessagePurpose, country: str) -> MessageHours:
    """Return when messages of a purpose may go out in a country (ISO 3166-1 alpha-2)."""
    table = list_message_hours()
    return table.get((country, purpose), table[EVERYWHERE, purpose])


@lru_cache(maxsize=1)
def list_message_hours() -> Mapping[tuple[str, MessagePurpose], MessageHours]:
    """Return the table that is in force, by country and purpose; under `EVERYWHERE` what holds in all others."""
    return read_message_hours(files("kernel.law").joinpath("hours.toml").read_text(encoding="utf-8"))


def find_next_instant(purpose: MessagePurpose, at: datetime, *, place: Place) -> datetime:
    """Return the instant itself (aware) if a message may go out then, else the next one at which it may, in UTC."""
    for opens_at, closes_at in _list_windows(purpose, at, place, range(FURTHEST_DAYS)):
        if closes_at > at:
            return max(at.astimezone(UTC), opens_at)
    message = f"nothing may be sent in {FURTHEST_DAYS} days"
    raise ValueError(message)


def find_last_instant(purpose: MessagePurpose, at: datetime, *, place: Place) -> datetime:
    """Return the instant itself (aware) if a message may go out then, else the last minute before it, in UTC."""
    for opens_at, closes_at in _list_windows(purpose, at, place, range(0, -FURTHEST_DAYS, -1)):
        if opens_at <= at:
            return min(at.astimezone(UTC), closes_at - timedelta(minutes=1))
    message = f"nothing could be sent in {FURTHEST_DAYS} days"
    raise ValueError(message)


def _list_windows(
    purpose: MessagePurpose, at: datetime, place: Place, days: range
) -> Iterator[tuple[datetime, datetime]]:
    """Iterate over the windows of the days that are so many from the local date of ``at``, in the order of ``days``."""
    hours = find_message_hours(purpose, place.country)
    zone = ZoneInfo(place.timezone)
    today = at.astimezone(zone).date()
    for away in days:
        on = today + away * ONE_DAY
        if not hours.on_holidays and on in list_public_holidays(place.country, place.region, on.year):
            continue
        windows = hours.windows[on.weekday()]
        for opens, closes in windows if days.step > 0 else reversed(windows):
            opens_at, closes_at = (datetime.combine(on, each, tzinfo=zone).astimezone(UTC) for each in (opens, closes))
            yield opens_at, closes_at


def read_message_hours(text: str) -> Mapping[tuple[str, MessagePurpose], MessageHours]:
    """Read a table of hours.

    Raises:
        ValueError: It is not one: a key is missing or unknown, a place comes twice for a purpose, a window is none or
            meets another one, nothing says where a row is from or how sure we are, or no row holds everywhere.
    """
    table = tomllib.loads(text)
    found: dict[tuple[str, MessagePurpose], MessageHours] = {}
    try:
        for row in table["rules"]:
            data = dict(row)
            purpose, windows = MessagePurpose(data.pop("purpose")), _read_windows(data.pop("windows"))
            for country in data.pop("places"):
                if (country, purpose) in found:
                    message = f"{country}: {purpose} comes twice"
                    raise ValueError(message)
                found[country, purpose] = _read_hours(country, purpose, windows, data, table["reviewed_on"])
    except (KeyError, TypeError) as error:
        message = f"not a table of hours: {error}"
        raise ValueError(message) from error
    if missing := [each for each in MessagePurpose if (EVERYWHERE, each) not in found]:
        message = f"no row holds everywhere for {', '.join(missing)}"
        raise ValueError(message)
    return MappingProxyType(found)


def _read_hours(
    country: str,
    purpose: MessagePurpose,
    windows: tuple[tuple[tuple[time, time], ...], ...],
    row: Mapping[str, Any],
    reviewed_on: date,
) -> MessageHours:
    data = {"most_a_day": 0, **row}
    hours = MessageHours(country=country, purpose=purpose, windows=windows, reviewed_on=reviewed_on, **data)
    if not hours.source or hours.confidence not in CONFIDENCES:
        message = f"{country}: say where this is from, and how sure we are"
        raise ValueError(message)
    return hours


def _read_windows(texts: list[str]) -> tuple[tuple[tuple[time, time], ...], ...]:
    week: tuple[list[tuple[time, time]], ...] = tuple([] for _ in DAYS)
    for text in texts:
        found = _WINDOW.fullmatch(text)
        if found is None:
            message = f"{text!r} is no window"
            raise ValueError(message)
        opens, closes = parse_time(found["opens"]), parse_time(found["closes"])
        first = DAYS.index(found["first"])
        last = DAYS.index(found["last"] or found["first"])
        if opens >= closes or last < first:
            message = f"{text!r} ends before it begins"
            raise ValueError(message)
        for weekday in range(first, last + 1):
            week[weekday].append((opens, closes))
    for windows in week:
        windows.sort()
        if any(earlier[1] > later[0] for earlier, later in pairwise(windows)):
            raise ValueError("two windows of a day meet")
    return tuple(map(tuple, week))
