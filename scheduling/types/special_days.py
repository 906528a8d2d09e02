"""Days that depart from the week, as those see them who set them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.intervals import Interval
from scheduling.types.setups import DateOverrideSetup, TimeOffSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """Other hours of a date, or an absence; `first` and `last` are its local dates.

    Attributes:
        resource_id: None: it is of the whole location.
        periods: The hours of the date, for other hours; none: closed.
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
    """What is to hold instead: rows that are made at once and stay together."""

    overrides: tuple[DateOverrideSetup, ...] = ()
    absences: tuple[TimeOffSetup, ...] = ()
