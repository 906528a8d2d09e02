"""How the periods of laws are counted: calendar days, working days, months, hours.

A period in days or months begins on the day after what starts it and ends with its last day, by the clock of the
place (so has it Regulation (EEC, Euratom) 1182/71, article 3, and so count the laws of our table). Hours run through
the night, weekends and changes of the clock alike.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kernel.law.calendars import ONE_DAY, add_working_days, find_working_day

AT_ONCE = "at once"
_PERIOD = re.compile(r"(?P<count>[1-9][0-9]{0,3}) (?P<unit>days|working days|months|hours)", re.ASCII)
MONTHS_A_YEAR = 12


class Unit(StrEnum):
    """In what a period is counted."""

    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Period:
    """So many of a unit; 0 hours: at once."""

    count: int
    unit: Unit

    def __add__(self, other: Period) -> Period:
        """Return this period made longer by another one of the same unit.

        Raises:
            ValueError: It is of another unit.
        """
        if self.unit is not other.unit:
            message = f"{self} cannot be made longer by {other}"
            raise ValueError(message)
        return Period(self.count + other.count, self.unit)

    def __str__(self) -> str:
        """Return it as the table has it."""
        return f"{self.count} {self.unit}" if self.count else AT_ONCE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a period runs.

    Attributes:
        country: ISO 3166-1 alpha-2.
        region: Part of it, with public holidays of its own; empty: what holds in the whole country.
        timezone: IANA name of the zone by whose clock a day ends.
    """

    country: str
    timezone: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period ends.

    Attributes:
        last_on: The last local date on which something is in time.
        ends_at: The first instant, in UTC, at which it is too late; of a period in hours, to the second.
    """

    last_on: date
    ends_at: datetime


def read_period(text: str) -> Period:
    """Read a period as the tables have it: "30 days", "20 working days", "1 months", "72 hours", "at once".

    Raises:
        ValueError: It is none.
    """
    if text == AT_ONCE:
        return Period(0, Unit.HOURS)
    found = _PERIOD.fullmatch(text)
    if found is None:
        message = f"{text!r} is no period"
        raise ValueError(message)
    return Period(int(found["count"]), Unit(found["unit"]))


def count_deadline(period: Period, *, since: datetime, place: Place, moves_on: bool = False) -> Deadline:
    """Return when a period ends that something at ``since`` (aware) started.

    ``moves_on``: a last day on which nobody works gives way to the next working day (not for hours).
    """
    zone = ZoneInfo(place.timezone)
    if period.unit is Unit.HOURS:
        ends_at = since.astimezone(UTC) + timedelta(hours=period.count)
        return Deadline(ends_at.astimezone(zone).date(), ends_at)
    last = _count_days(period, since.astimezone(zone).date(), place)
    if moves_on:
        last = find_working_day(last, country=place.country, region=place.region)
    return Deadline(last, find_midnight(last + ONE_DAY, zone))


def find_midnight(on: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a local date begins; where midnight is left out, when the clock jumps."""
    return datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)


def _count_days(period: Period, on: date, place: Place) -> date:
    if period.unit is Unit.DAYS:
        return on + timedelta(days=period.count)
    if period.unit is Unit.WORKING_DAYS:
        return add_working_days(on, period.count, country=place.country, region=place.region)
    return add_months(on, period.count)


def add_months(on: date, months: int) -> date:
    """Return the same day of a later month; where that has no such day, its last."""
    count = on.year * MONTHS_A_YEAR + on.month - 1 + months
    year, month = divmod(count, MONTHS_A_YEAR)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
