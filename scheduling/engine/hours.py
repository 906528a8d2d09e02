"""When a resource works: weekly hours, breaks, overrides, holidays and time off."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import cycle, islice, pairwise
from typing import NamedTuple

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, merge, subtract
from scheduling.engine.types import Closing, Resource, WeeklyPeriod
from scheduling.engine.walls import unfold_period
from scheduling.engine.zone import EPOCH_WEEKDAY, Stretch, list_stretches, to_date, to_day_number, to_instant

# A period starts on its date and ends at most on the next one.
REACH_DAYS = 2

SHORTEST_ANSWER_MINUTES = 30
"""How long a request waits at least before it closes, in minutes."""
ANSWER_OPENING_MINUTES = 60
"""How long somebody has to have been there before an unanswered request closes, in minutes."""


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
    calendar = _Calendar(resource, holidays, list_stretches(resource.timezone, from_minute, to_minute))
    day = from_minute // DAY_MINUTES - REACH_DAYS - 1
    last_day = to_minute // DAY_MINUTES + 1
    for special_day in sorted(calendar.list_special_days(day, last_day)):
        calendar.add_plain_days(day, special_day)
        calendar.add_special_day(special_day)
        day = special_day + 1
    calendar.add_plain_days(day, last_day + 1)
    attended = subtract(merge(calendar.periods), sorted(calendar.breaks))
    return Hours(calendar.periods, attended, subtract(attended, merge(resource.time_off)))


def list_openings(
    resources: Iterable[Resource], holidays: frozenset[date], from_minute: int, to_minute: int
) -> list[Interval]:
    """Unite the working time of some resources over ``[from, to)``; at the edges there may be more."""
    different = {hours_key(resource): resource for resource in resources}
    return merge(
        period
        for resource in different.values()
        for period in expand_hours(resource, holidays, from_minute, to_minute).working
    )


def find_answer_deadline(
    asked: int, start: int, *, within_minutes: int, ahead_minutes: int, openings: Iterable[Interval]
) -> int:
    """Return until when a visit at ``start`` that was asked for at ``asked`` waits for the business's answer.

    The earlier of ``within_minutes`` after asking and ``ahead_minutes`` before the start; but not before half an hour
    and one hour of ``openings`` have passed, and never after the start. ``openings`` are sorted and disjoint, and read
    only as far as needed. A visit that has begun when it is asked for waits a minute.
    """
    if start <= asked:
        return asked + 1
    wanted = min(asked + within_minutes, start - ahead_minutes)
    least = max(asked + SHORTEST_ANSWER_MINUTES, _pass_opening(openings, asked, start, ANSWER_OPENING_MINUTES))
    return min(start, max(wanted, least))


def find_payment_deadline(asked: int, start: int, *, opening_minutes: int, openings: Iterable[Interval]) -> int:
    """Return until when a visit at ``start`` that was asked for at ``asked`` waits for its deposit.

    Until the business has been open for ``opening_minutes``, and never after the start. ``openings`` are sorted and
    disjoint, and read only as far as needed. A visit that has begun when it is asked for waits a minute.
    """
    if start <= asked:
        return asked + 1
    return min(start, _pass_opening(openings, asked, start, opening_minutes))


def _pass_opening(openings: Iterable[Interval], asked: int, start: int, minutes: int) -> int:
    """Return when the business has been open for so many minutes since ``asked``; at the latest ``start``."""
    left = minutes
    for opens, closes in openings:
        begins = max(opens, asked)
        if begins >= start:
            break
        if closes - begins >= left:
            return begins + left
        left -= max(0, closes - begins)
    return start


def hours_key(resource: Resource) -> object:
    """Return what two resources share that always work at the same time, while both exist.

    Weeks and overrides are compared as objects: comparing what they say takes longer than laying them out.
    Equal weeks must therefore be one object, or each is laid out by itself: whoever loads them keeps them
    so (`selectors.catalog.timetables` caches weeks). A miss costs time, never the right answer.
    """
    return (
        resource.timezone,
        id(resource.hours),
        id(resource.breaks),
        id(resource.overrides),
        id(resource.closings),
        resource.time_off,
        resource.observes_holidays,
    )


class _Calendar:
    """A resource's dates, being laid one after the other as instants.

    A **plain** day follows the week and is far from any change of offset: its
    hours are its midnight plus the wall minutes. The others are special.
    """

    def __init__(self, resource: Resource, holidays: frozenset[date], stretches: list[Stretch]) -> None:
        self.periods: list[Interval] = []
        self.breaks: list[Interval] = []
        self._resource = resource
        self._stretches = stretches
        self._overrides = {to_day_number(override.on): override.periods for override in resource.overrides}
        self._closings = _group_closings(resource.closings)
        self._closed = {to_day_number(on) for on in holidays} if resource.observes_holidays else set()
        rows = (*resource.hours, *resource.breaks)
        self._is_regular = all(row.valid_from is None and row.valid_to is None for row in rows)
        self._week_hours = _group_walls(resource.hours)
        self._week_breaks = _group_walls(resource.breaks)

    def list_special_days(self, first_day: int, last_day: int) -> set[int]:
        """List the days from first to last (included) that are not plain."""
        if not self._is_regular:
            return set(range(first_day, last_day + 1))
        special = {*self._overrides, *self._closings, *self._closed, *_days_near_changes(self._stretches)}
        return {day for day in special if first_day <= day <= last_day}

    def add_plain_days(self, first_day: int, end_day: int) -> None:
        """Lay the days of ``[first_day, end_day)``, between which the offset does not change."""
        if first_day >= end_day:
            return
        midnight = first_day * DAY_MINUTES
        offset = midnight - to_instant(self._stretches, midnight)
        for week, laid in ((self._week_hours, self.periods), (self._week_breaks, self.breaks)):
            laid += [
                (midnight + opens, midnight + closes)
                for midnight, weekday in _list_midnights(first_day, end_day, offset)
                for opens, closes in week[weekday]
            ]

    def add_special_day(self, day: int) -> None:
        """Lay one day exactly, whatever happens on it."""
        weekday, on = (day + EPOCH_WEEKDAY) % 7, to_date(day)
        if day in self._overrides:
            walls = _to_walls(self._overrides[day])
        elif day in self._closed:
            return
        else:
            walls = _list_walls(self._resource.hours, weekday, on)
            self.breaks += self._resolve(day, _list_walls(self._resource.breaks, weekday, on))
        # As instants, not as walls: what a gap swallowed would come back as what a closing leaves of its walls.
        closings = self._resolve(day, self._closings.get(day, []))
        self.periods += subtract(self._resolve(day, walls), closings)

    def _resolve(self, day: int, walls: list[Interval]) -> list[Interval]:
        """Turn both ends of each period into instants; one that a gap swallowed vanishes."""
        midnight = day * DAY_MINUTES
        return merge(
            (to_instant(self._stretches, midnight + opens), to_instant(self._stretches, midnight + closes))
            for opens, closes in walls
        )


def is_closed_on(resource: Resource, holidays: frozenset[date], on: date) -> bool:
    """Tell whether an override or a holiday leaves the date without any hours."""
    for override in resource.overrides:
        if override.on == on:
            return not override.periods
    return resource.observes_holidays and on in holidays


def _list_midnights(first_day: int, end_day: int, offset: int) -> Iterator[tuple[int, int]]:
    """Pair each day's midnight, as an instant, with its weekday."""
    midnights = range(first_day * DAY_MINUTES - offset, end_day * DAY_MINUTES - offset, DAY_MINUTES)
    first_weekday = (first_day + EPOCH_WEEKDAY) % 7
    return zip(midnights, islice(cycle(range(7)), first_weekday, None), strict=False)


def _list_walls(rows: tuple[WeeklyPeriod, ...], weekday: int, on: date) -> list[Interval]:
    """List a weekday's periods that are valid on a date."""
    return _to_walls(
        (row.opens_minute, row.closes_minute)
        for row in rows
        if row.weekday == weekday
        and (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or on <= row.valid_to)
    )


def _group_walls(rows: tuple[WeeklyPeriod, ...]) -> list[list[Interval]]:
    """List the periods of each weekday, whenever they are valid."""
    week: list[list[Interval]] = [[] for _ in range(7)]
    for row in rows:
        week[row.weekday] += _to_walls([(row.opens_minute, row.closes_minute)])
    return [merge(walls) if len(walls) > 1 else walls for walls in week]


def _group_closings(closings: Iterable[Closing]) -> dict[int, list[Interval]]:
    """List what is closed of each date, in order."""
    by_day: dict[int, list[Interval]] = {}
    for closing in closings:
        by_day.setdefault(to_day_number(closing.on), []).extend(_to_walls(closing.periods))
    return {day: merge(walls) for day, walls in by_day.items()}


def _to_walls(periods: Iterable[Interval]) -> list[Interval]:
    return [unfold_period(opens, closes) for opens, closes in periods]


def _days_near_changes(stretches: list[Stretch]) -> set[int]:
    """Find the local dates whose periods may meet a change of offset.

    A period reaches from its date's midnight to the second midnight after it.
    """
    days: set[int] = set()
    for before, after in pairwise(stretches):
        walls = (before.end + before.offset, after.start + after.offset)
        days.update(range(min(walls) // DAY_MINUTES - REACH_DAYS, max(walls) // DAY_MINUTES + 1))
    return days
