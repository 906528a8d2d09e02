"""Free times by local date, and for a date without any, why: past, too soon, too far, closed, or really full."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from kernel.instants import to_minutes
from kernel.intervals import Interval
from scheduling.engine import Offered, Snapshot, VisitSpec, find_offered, list_openings, to_local_date, to_minute
from scheduling.enums import DayState
from scheduling.selectors.availability.plans import Plan
from scheduling.types import AvailableDay, AvailableSlots


def list_days(
    plan: Plan, from_on: date, midnights: list[int], offered: Offered, *, now: datetime
) -> tuple[AvailableDay, ...]:
    """Cut what is offered into local dates; ``midnights`` are their beginnings and the last one's end."""
    slots = view_slots(plan, offered)
    cuts = [bisect_left(offered.starts, midnight) for midnight in midnights]
    days = list(zip(pairwise(cuts), pairwise(midnights), strict=True))
    empty = [span for (first, last), span in days if first == last]
    lacks = dict(_explain(plan, empty, now)) if empty else {}
    first_day = from_on.toordinal()
    return tuple(
        AvailableDay(
            date.fromordinal(first_day + offset),
            lacks.get(span) is not DayState.CLOSED,
            slots[first:last],
            lacks.get(span),
        )
        for offset, ((first, last), span) in enumerate(days)
    )


def view_slots(plan: Plan, offered: Offered) -> AvailableSlots:
    """Show what is offered as slots of the visit's length."""
    duration = next(iter(plan.visits.values())).duration_minutes
    return AvailableSlots(offered.starts, duration, offered.seats, offered.minutes)


def _explain(plan: Plan, days: list[Interval], now: datetime) -> Iterator[tuple[Interval, DayState]]:
    """Say of each day without free times why it has none; no query."""
    openings = _list_openings(plan, days[0][0], days[-1][1])
    for day in days:
        begins, ends = day
        is_open = any(first < ends and last > begins for first, last in openings)
        yield day, _judge(plan, day, now) if is_open else DayState.CLOSED


def _list_openings(plan: Plan, first: int, last: int) -> list[Interval]:
    """List when somebody of the first part works, at each location; of those who were chosen, if any is in it."""
    resources = plan.timetables.resources
    return [
        period
        for location_id, visit in plan.visits.items()
        for period in list_openings(
            (resources[each] for each in _list_asked(visit)), plan.timetables.places[location_id].holidays, first, last
        )
    ]


def _list_asked(visit: VisitSpec) -> Sequence[int]:
    pool = visit.parts[0].pool
    return [each for each in pool if each in visit.chosen] or pool


def _judge(plan: Plan, day: Interval, now: datetime) -> DayState:
    """Compare what an empty calendar would offer on an open day with what notice and booking window leave of it."""
    states = {
        _place(start, visit, plan.timetables.places[location_id].timezone, now)
        for location_id, visit in plan.visits.items()
        for start in _list_possible(plan, location_id, visit, day)
    }
    order = (DayState.FULL, DayState.TOO_SOON, DayState.TOO_FAR, DayState.PAST)
    return next((state for state in order if state in states), DayState.UNFIT)


def _list_possible(plan: Plan, location_id: int, visit: VisitSpec, day: Interval) -> list[int]:
    """List the starts that a day would have if nothing were booked yet."""
    place = plan.timetables.places[location_id]
    unbound = replace(visit, notice_minutes=0, window_days=None)
    calendar = Snapshot(
        timezone=place.timezone, now_minute=day[0], resources=plan.timetables.resources, holidays=place.holidays
    )
    return list(find_offered(calendar, unbound, *day, plan.wish.party_size).starts)


def _place(start: int, visit: VisitSpec, timezone: str, now: datetime) -> DayState:
    """Say what keeps a possible start from being offered; when time alone does not, others took it."""
    minute = to_minutes(now)
    if start < minute:
        return DayState.PAST
    if start < minute + visit.notice_minutes:
        return DayState.TOO_SOON
    if visit.window_days is not None:
        today = to_local_date(timezone, minute)
        if start >= to_minute(timezone, today + timedelta(days=visit.window_days + 1), 0):
            return DayState.TOO_FAR
    return DayState.FULL
