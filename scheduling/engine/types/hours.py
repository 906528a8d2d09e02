"""When somebody works: weeks, dates that differ, and the resource that has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kernel.instants import DAY_MINUTES
from scheduling.engine.errors import refuse_if

WEEK_DAYS = 7


def _check_wall_periods(periods: Iterable[tuple[int, int]]) -> None:
    for opens_minute, closes_minute in periods:
        refuse_if(not 0 <= opens_minute < DAY_MINUTES, "opens_minute", "out_of_range")
        refuse_if(not 0 <= closes_minute <= DAY_MINUTES, "closes_minute", "out_of_range")


@dataclass(frozen=True, slots=True)
class WeeklyPeriod:
    """One line of a week: working hours, or a break inside them.

    ``weekday`` is 0 for Monday. ``closes_minute <= opens_minute`` means that it
    closes on the next day. ``valid_from`` and ``valid_to`` are local dates, both
    included; None is without limit. A period belongs to the date it starts on.
    """

    weekday: int
    opens_minute: int
    closes_minute: int
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a weekday, wall time or validity that cannot be."""
        refuse_if(not 0 <= self.weekday < WEEK_DAYS, "weekday", "out_of_range")
        _check_wall_periods([(self.opens_minute, self.closes_minute)])
        is_reversed = bool(self.valid_from and self.valid_to and self.valid_from > self.valid_to)
        refuse_if(is_reversed, "valid_to", "before_valid_from")


@dataclass(frozen=True, slots=True)
class DateOverride:
    """Replaces the hours, the breaks and the holiday of one local date.

    ``periods`` are (opens, closes) wall minutes as in `WeeklyPeriod`; an empty
    tuple closes the date.
    """

    on: date
    periods: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse wall times that cannot be."""
        _check_wall_periods(self.periods)


class Closing(NamedTuple):
    """Takes time away from one local date: whatever else holds on it, nothing of these periods is worked.

    ``periods`` are as in `DateOverride`. Only hours that begin on the date are closed, and their end after midnight.
    """

    on: date
    periods: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A person, bay, chair or room, and when it works.

    ``timezone`` is the IANA name in which its hours, overrides and the holidays
    are read. ``capacity`` is how many units it serves at the same minute.
    ``time_off`` are periods of instants. ``overrides`` has at most one entry for
    each date: the caller lets the resource's own win over its location's.
    ``closings`` take away from the hours of their dates; a date may have several.
    """

    id: int
    timezone: str
    hours: tuple[WeeklyPeriod, ...] = ()
    breaks: tuple[WeeklyPeriod, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    closings: tuple[Closing, ...] = ()
    time_off: tuple[tuple[int, int], ...] = ()
    capacity: int = 1
    observes_holidays: bool = True

    def __post_init__(self) -> None:
        """Refuse a capacity below one and two overrides for the same date."""
        refuse_if(self.capacity < 1, "capacity", "not_positive")
        dates = {override.on for override in self.overrides}
        refuse_if(len(dates) != len(self.overrides), "overrides", "duplicate_date")
