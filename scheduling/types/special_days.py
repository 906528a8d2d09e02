"""Special days, which depart from the week: date overrides, closings of a part of a date, absences and holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel.intervals import Interval
from scheduling.enums import Repeats
from scheduling.types.setups import DateOverrideSetup, TimeOffSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """Other hours of a date, or an absence; `first` and `last` are its local dates.

    Attributes:
        resource_id: None: it is of the whole location.
        periods: The hours of the date, for other hours; none: closed. (opens, closes) as rows have them.
        is_closing: ``periods`` are closed, and whatever else holds goes on.
        starts_at: Of an absence, with ``ends_at``; None: it has other hours.
        is_whole: Its dates are whole days.
    """

    id: int
    version: int
    series_id: UUID | None
    location_id: int
    resource_id: int | None
    name: str
    color: str
    first: date
    last: date
    note: str
    periods: tuple[Interval, ...] = ()
    is_closing: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    start_minute: int = 0
    end_minute: int = 0
    is_whole: bool = True

    @property
    def is_absence(self) -> bool:
        """Tell whether somebody is away, and the hours are as always."""
        return self.starts_at is not None

    @property
    def is_closed(self) -> bool:
        """Tell whether the date has no hours at all."""
        return not self.is_absence and not self.periods


ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """The dates of special days that were made at once: from ``first`` to ``last``, and again until ``until``."""

    first: date
    last: date
    repeats: Repeats = Repeats.ONCE
    until: date | None = None

    def list_spans(self) -> list[tuple[date, date]]:
        """List the first and last day of each time, in order."""
        starts = [self.first]
        if self.repeats == Repeats.WEEKLY and self.until:
            weeks = (self.until - self.first) // ONE_WEEK
            starts = [self.first + week * ONE_WEEK for week in range(weeks + 1)]
        elif self.repeats == Repeats.YEARLY and self.until:
            found = [_move_to_year(self.first, year) for year in range(self.first.year, self.until.year + 1)]
            starts = [each for each in found if each and each <= self.until]
        return [(start, start + (self.last - self.first)) for start in starts]

    def list_days(self, most: int) -> dict[date, tuple[int, int]]:
        """Map each date to the number of its time and of its day in it; of one time no more than ``most`` days."""
        days: dict[date, tuple[int, int]] = {}
        for number, (first, last) in enumerate(self.list_spans()):
            for day in range(min((last - first).days + 1, most)):
                days.setdefault(first + day * ONE_DAY, (number, day))
        return days


@dataclass(frozen=True, slots=True)
class DaySeriesView:
    """Special days that were made at once and are changed together; a single one has no ``id``."""

    id: UUID | None
    days: tuple[SpecialDay, ...]
    repetition: Repetition


@dataclass(frozen=True, slots=True)
class HolidayView:
    """A public holiday, or one of the business's own."""

    on: date
    name: str
    is_closed: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row as an editor has read it; ``is_absence`` says in which table."""

    id: int
    version: int
    is_absence: bool


@dataclass(frozen=True, slots=True)
class DayPlanned:
    """What is to hold: rows that stay together, and how they repeat."""

    overrides: tuple[DateOverrideSetup, ...] = ()
    absences: tuple[TimeOffSetup, ...] = ()
    repetition: Repetition | None = None


def _move_to_year(on: date, year: int) -> date | None:
    try:
        return on.replace(year=year)
    except ValueError:  # February 29 is not in every year
        return None
