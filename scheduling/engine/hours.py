"""When a resource works: weekly hours, breaks, overrides, holidays and time off."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from scheduling.engine.interval import Interval, merge, subtract
from scheduling.engine.types import DAY_MINUTES, Resource, WeeklyPeriod
from scheduling.engine.zone import Stretch, list_stretches, to_date, to_day_number, to_instant

# A period starts on its date and ends at most on the next one.
REACH_DAYS = 2
# 1970-01-01 was a Thursday.
EPOCH_WEEKDAY = 3

# (opens, closes) wall minutes of one date; closes may pass 1440.
WallPeriods = tuple[Interval, ...]


class Hours(NamedTuple):
    """What `expand_hours` finds.

    ``periods`` are the opening periods, one list for all dates: breaks are not cut out,
    touching ones of the same date are one. ``attended`` is the union of them
    without breaks, ``working`` is that without time off.
    """

    periods: list[Interval]
    attended: list[Interval]
    working: list[Interval]


def expand_hours(resource: Resource, holidays: frozenset[date], from_minute: int, to_minute: int) -> Hours:
    """Lay a resource's hours over ``[from, to)``; at the edges there may be more.

    Wall times are read in the resource's zone by RFC 5545 §3.3.5.
    """
    stretches = list_stretches(resource.timezone, from_minute, to_minute)
    first_day = from_minute // DAY_MINUTES - REACH_DAYS - 1
    last_day = to_minute // DAY_MINUTES + 1
    overrides = {to_day_number(override.on): override.periods for override in resource.overrides}
    closed_days = {to_day_number(on) for on in holidays} if resource.observes_holidays else set()
    week_hours = _index_week(resource.hours)
    week_breaks = _index_week(resource.breaks)
    exact_days = _days_near_changes(stretches)

    periods: list[Interval] = []
    breaks: list[Interval] = []
    offset, offset_ends = 0, first_day - 1
    for day in range(first_day, last_day + 1):
        day_hours: WallPeriods
        day_breaks: WallPeriods
        if day in overrides:
            day_hours, day_breaks = _to_walls(overrides[day]), ()
        elif day in closed_days:
            continue
        else:
            weekday = (day + EPOCH_WEEKDAY) % 7
            day_hours, day_breaks = week_hours[weekday](day), week_breaks[weekday](day)
        if not day_hours and not day_breaks:
            continue
        midnight = day * DAY_MINUTES
        if day in exact_days:
            periods += _to_instants(stretches, midnight, day_hours)
            breaks += _to_instants(stretches, midnight, day_breaks)
            continue
        if day > offset_ends:
            offset, offset_ends = _find_offset(stretches, midnight)
        midnight -= offset
        shifted = [(midnight + opens, midnight + closes) for opens, closes in day_hours]
        periods += merge(shifted) if len(shifted) > 1 else shifted
        breaks += [(midnight + opens, midnight + closes) for opens, closes in day_breaks]
    attended = subtract(merge(periods), sorted(breaks))
    return Hours(periods, attended, subtract(attended, merge(resource.time_off)))


def is_closed_on(resource: Resource, holidays: frozenset[date], on: date) -> bool:
    """Tell whether an override or a holiday leaves the date without any hours."""
    for override in resource.overrides:
        if override.on == on:
            return not override.periods
    return resource.observes_holidays and on in holidays


def _index_week(rows: tuple[WeeklyPeriod, ...]) -> list[Callable[[int], WallPeriods]]:
    """Make for each weekday a function from the day number to its wall periods."""
    return [_index_weekday([row for row in rows if row.weekday == weekday]) for weekday in range(7)]


def _index_weekday(rows: list[WeeklyPeriod]) -> Callable[[int], WallPeriods]:
    if all(row.valid_from is None and row.valid_to is None for row in rows):
        always = _to_walls((row.opens_minute, row.closes_minute) for row in rows)
        return lambda _day: always

    def find_valid(day: int) -> WallPeriods:
        on = to_date(day)
        return _to_walls(
            (row.opens_minute, row.closes_minute)
            for row in rows
            if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
        )

    return find_valid


def _to_walls(periods: Iterable[Interval]) -> WallPeriods:
    return tuple((opens, closes if closes > opens else closes + DAY_MINUTES) for opens, closes in periods)


def _to_instants(stretches: list[Stretch], midnight: int, periods: WallPeriods) -> list[Interval]:
    """Resolve both ends of each period; one that a gap swallowed vanishes."""
    return merge(
        (to_instant(stretches, midnight + opens), to_instant(stretches, midnight + closes)) for opens, closes in periods
    )


def _days_near_changes(stretches: list[Stretch]) -> set[int]:
    """Find the local dates whose periods may meet a change of offset.

    A period reaches from its date's midnight to the second midnight after it.
    """
    days: set[int] = set()
    for before, after in pairwise(stretches):
        walls = (before.end + before.offset, after.start + after.offset)
        days.update(range(min(walls) // DAY_MINUTES - REACH_DAYS, max(walls) // DAY_MINUTES + 1))
    return days


def _find_offset(stretches: list[Stretch], midnight: int) -> tuple[int, int]:
    """Return the offset at a wall midnight far from any change, and the last day it holds."""
    instant = to_instant(stretches, midnight)
    for stretch in stretches:
        if instant < stretch.end:
            return stretch.offset, (stretch.end + stretch.offset) // DAY_MINUTES - REACH_DAYS - 1
    return stretches[-1].offset, midnight // DAY_MINUTES
