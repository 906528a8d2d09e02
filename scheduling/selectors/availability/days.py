"""Free times by local date, and for a date without any, why: past, too soon, too far, closed, or really full."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from kernel.instants import DAY_MINUTES, to_minutes
from kernel.intervals import FOREVER, Interval
from scheduling.engine import Offered, Snapshot, VisitSpec, find_offered, list_openings, to_local_date, to_minute
from scheduling.enums import DayState
from scheduling.selectors.availability.plans import Plan
from scheduling.types import AvailableDay, AvailableSlots

NEAR_MINUTES = 2 * DAY_MINUTES


def list_days(
    plan: Plan, from_on: date, midnights: list[int], offered: Offered, *, now: datetime
) -> tuple[AvailableDay, ...]:
    """Cut what is offered into local dates; ``midnights`` are their beginnings and the last one's end."""
    slots = view_slots(plan, offered)
    cuts = [bisect_left(offered.starts, midnight) for midnight in midnights]
    days = list(zip(pairwise(cuts), pairwise(midnights), strict=True))
    empty = [span for (first, last), span in days if first == last]
    lacks = _explain(plan, empty, now) if empty else {}
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


def _explain(plan: Plan, days: list[Interval], now: datetime) -> dict[Interval, DayState]:
    """Say of each day without free times why it has none; no query."""
    openings = _list_openings(plan, days[0][0], days[-1][1])
    opened = [day for day in days if any(first < day[1] and last > day[0] for first, last in openings)]
    return dict.fromkeys(days, DayState.CLOSED) | (_judge(plan, opened, now) if opened else {})


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


def _judge(plan: Plan, days: list[Interval], now: datetime) -> dict[Interval, DayState]:
    """Compare what an empty calendar would offer on open days with what notice and booking window leave of it."""
    # The engine is asked for runs of days: a question for each day costs more than everything else together.
    spans = _join_near(days)
    possible = [
        (
            [start for span in spans for start in _list_possible(plan, location_id, visit, span)],
            _list_bounds(plan, location_id, visit, now),
        )
        for location_id, visit in plan.visits.items()
    ]
    order = (DayState.FULL, DayState.TOO_SOON, DayState.TOO_FAR, DayState.PAST)
    judged = {}
    for day in days:
        states = {
            state
            for starts, bounds in possible
            for state, (first, last) in bounds
            if _has_any(starts, max(first, day[0]), min(last, day[1]))
        }
        judged[day] = next((state for state in order if state in states), DayState.UNFIT)
    return judged


def _join_near(days: list[Interval]) -> list[Interval]:
    """Join days with at most a weekend between them; few days far apart are not worth all that lies between."""
    spans: list[Interval] = []
    for first, last in days:
        if spans and first - spans[-1][1] <= NEAR_MINUTES:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _list_possible(plan: Plan, location_id: int, visit: VisitSpec, span: Interval) -> list[int]:
    """List the starts that there would be if nothing were booked yet."""
    place = plan.timetables.places[location_id]
    unbound = replace(visit, notice_minutes=0, window_days=None)
    calendar = Snapshot(
        timezone=place.timezone, now_minute=span[0], resources=plan.timetables.resources, holidays=place.holidays
    )
    return list(find_offered(calendar, unbound, *span, plan.wish.party_size).starts)


def _list_bounds(plan: Plan, location_id: int, visit: VisitSpec, now: datetime) -> list[tuple[DayState, Interval]]:
    """Say which starts lie too early or too late to be offered; of all others somebody else took the place."""
    minute, timezone = to_minutes(now), plan.timetables.places[location_id].timezone
    noticed, far = minute + visit.notice_minutes, FOREVER
    if visit.window_days is not None:
        beyond = to_local_date(timezone, minute) + timedelta(days=visit.window_days + 1)
        far = max(noticed, to_minute(timezone, beyond, 0))
    return [
        (DayState.PAST, (-FOREVER, minute)),
        (DayState.TOO_SOON, (minute, noticed)),
        (DayState.FULL, (noticed, far)),
        (DayState.TOO_FAR, (far, FOREVER)),
    ]


def _has_any(starts: Sequence[int], first: int, last: int) -> bool:
    """Tell whether one of the sorted starts lies in ``[first, last)``."""
    return bisect_left(starts, first) < bisect_left(starts, last)
