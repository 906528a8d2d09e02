"""Free times, as customers and staff ask for them, in a number of queries that no size changes.

That is one query, and at most four, whatever the number of locations: one more for group services and
capacity rules, and what the search for the next free time takes. A booking that is being moved costs one
more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from kernel.instants import DAY_MINUTES, is_known_timezone, to_instant, to_minutes
from kernel.text import mark
from scheduling.engine import (
    Busy,
    Offered,
    VisitSpec,
    find_next_free,
    find_offered,
    list_midnights,
    to_local_date,
    to_minute,
    unite_offered,
)
from scheduling.errors import BookingNotFound, RequestInvalid
from scheduling.models import Booking
from scheduling.selectors.availability.days import list_days, view_slots
from scheduling.selectors.availability.occupancy import find_span, load_snapshots, make_snapshots
from scheduling.selectors.availability.plans import Plan, check_online, lift_limits, load_plan_and_busy
from scheduling.selectors.availability.taken import Moving, Span
from scheduling.types import Availability, AvailabilityQuery, AvailableSlot

LONGEST_WINDOW_DAYS = 62
SEARCH_DAYS = 366
"""How far beyond what was asked the next free time is searched, if the booking window is not shorter."""
FIRST_REACH_DAYS = 28
EASTERNMOST_MINUTES, WESTERNMOST_MINUTES = 14 * 60, 12 * 60
"""How long before and after UTC's a date begins and ends somewhere."""
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


def get_availability(*, query: AvailabilityQuery, now: datetime, is_staff: bool = False) -> Availability:
    """Answer with one entry for each local date of ``[from_on, to_on]``.

    ``next_available`` is the first free time at or after the window's beginning: in the window
    when it has any, else after it (None when there is none as far as the service may be booked).
    ``is_staff``: neither notice nor booking window binds them, and they may bring more people than
    customers; so may a booking that moves.

    Raises:
        RequestInvalid: Window, zone, party, add-ons or arrival mode make no sense.
        ServiceNotFound, ResourceNotFound, LocationNotFound: As `load_plan`.
        BookingNotFound: There is no booking ``moving_booking_id``.
    """
    _check_query(query)
    moving = find_moving(query.moving_booking_id) if query.moving_booking_id is not None else None
    horizon_on = _find_horizon(query.to_on, now)
    span = Span(*_bound(query.from_on, query.to_on, now), now, moving)
    plan, busy = load_plan_and_busy(
        wish=query.wish,
        from_on=query.from_on,
        to_on=horizon_on,
        span=span,
        is_party_free=is_staff,
        is_agreed=moving is not None,
    )
    if is_staff:
        plan = lift_limits(plan)
    elif moving is None:
        check_online(plan)
    timezone = query.timezone or _find_timezone(plan)
    midnights = list_midnights(timezone, query.from_on, (query.to_on - query.from_on).days + 1)
    window = (midnights[0], midnights[-1])
    offered = _find_in(plan, busy, window, span)
    next_start = offered.starts[0] if offered.starts else _find_after(plan, window[1], horizon_on, span)
    return Availability(
        timezone=timezone,
        days=list_days(plan, query.from_on, midnights, offered, now=now),
        next_available=None if next_start is None else to_instant(next_start),
    )


def find_next_available(*, query: AvailabilityQuery, now: datetime) -> AvailableSlot | None:
    """Find the first free time from ``from_on`` on, within the booking window (at most a year)."""
    _check_query(query)
    horizon_on = _find_horizon(query.from_on, now)
    begins, ends = _bound(query.from_on, query.from_on + timedelta(days=FIRST_REACH_DAYS), now)
    span = Span(begins, ends, now)
    plan, busy = load_plan_and_busy(wish=query.wish, from_on=query.from_on, to_on=horizon_on, span=span)
    begins = max(to_minute(query.timezone or _find_timezone(plan), query.from_on, 0), to_minutes(now))
    offered = _find_in(plan, busy, (begins, ends), span)
    minute = offered.starts[0] if offered.starts else _find_after(plan, ends, horizon_on, span)
    return None if minute is None else _view_first(plan, offered, minute)


def _view_first(plan: Plan, offered: Offered, minute: int) -> AvailableSlot:
    """Show the first free time; one beyond what was ``offered`` with the longest visit that there is."""
    if offered.starts:
        return view_slots(plan, offered)[0]
    longest = max(visit.longest_minutes for visit in plan.visits.values())
    return view_slots(plan, Offered([minute], None, [longest]))[0]


def list_alternatives(
    *, plan: Plan, starts_at: datetime, now: datetime, moving: Moving | None = None, count: int = 3
) -> tuple[AvailableSlot, ...]:
    """List the free times nearest to ``starts_at``, within a week before and after, by time."""
    middle = to_minutes(starts_at)
    reach = 7 * DAY_MINUTES
    window = (max(middle - reach, to_minutes(now)), middle + reach)
    if window[1] <= window[0]:
        window = (to_minutes(now), to_minutes(now) + reach)
    starts, seats, minutes = _find_in(plan, None, window, Span(*window, now, moving))
    nearest = sorted(sorted(range(len(starts)), key=lambda index: (abs(starts[index] - middle), index))[:count])
    chosen = Offered(
        [starts[index] for index in nearest],
        None if seats is None else [seats[index] for index in nearest],
        None if minutes is None else [minutes[index] for index in nearest],
    )
    return tuple(view_slots(plan, chosen))


def find_moving(booking_id: int) -> Moving:
    """Return what has to be left out while a booking is moved; one query.

    Raises:
        BookingNotFound: There is none.
    """
    row = (
        Booking.with_tests.filter(pk=booking_id).values_list("session_id", "session__seats_taken", "party_size").first()
    )
    if row is None:
        raise BookingNotFound
    session_id, seats_taken, party_size = row
    return Moving(booking_id, session_id if seats_taken == party_size else None)


def _check_query(query: AvailabilityQuery) -> None:
    errors: dict[str, tuple[str, ...]] = {}
    if not EARLIEST <= query.from_on <= LATEST:
        errors["from"] = (mark("Choose a date within this century."),)
    if query.to_on < query.from_on:
        errors["to"] = (mark("The last date is before the first."),)
    elif (query.to_on - query.from_on).days >= LONGEST_WINDOW_DAYS:
        errors["to"] = (mark("Ask for at most 62 days at once."),)
    if query.timezone is not None and not is_known_timezone(query.timezone):
        errors["timezone"] = (mark("This time zone does not exist."),)
    if errors:
        raise RequestInvalid(errors=errors)


def _find_timezone(plan: Plan) -> str:
    return plan.timetables.places[next(iter(plan.visits))].timezone


def _bound(from_on: date, to_on: date, now: datetime) -> tuple[int, int]:
    """Return the minutes from now on that belong to the dates in some zone of the world."""
    first = to_minute("UTC", from_on, 0) - EASTERNMOST_MINUTES
    last = to_minute("UTC", to_on + timedelta(days=1), 0) + WESTERNMOST_MINUTES
    begins = max(first, to_minutes(now))
    return begins, max(last, begins)


def _find_in(plan: Plan, busy: Busy | None, window: tuple[int, int], span: Span) -> Offered:
    """List the free starts with the seats left, over all locations of the plan, in order.

    ``busy``: what is known to be taken in the window; None: it is loaded.
    """
    starts = _narrow_all(plan, window, span.now)
    if not starts:
        return Offered([], None)
    if busy is None:
        snapshots = load_snapshots(plan=plan, starts=starts, now=span.now, moving=span.moving)
    else:
        around = find_span(plan=plan, starts=starts, now=span.now, moving=span.moving)
        snapshots = make_snapshots(plan=plan, busy=busy, starts=starts, span=around)
    found = [
        find_offered(snapshot, plan.visits[location_id], *starts[location_id], plan.wish.party_size)
        for location_id, snapshot in snapshots.items()
    ]
    if len(found) > 1 and any(plan.visits[location_id].lengths for location_id in snapshots):
        found = [_spell_minutes(plan.visits[each], one) for each, one in zip(snapshots, found, strict=True)]
    return unite_offered(found)


def _spell_minutes(visit: VisitSpec, offered: Offered) -> Offered:
    """Say of each start how long the visit lasts, to be united with those of places where that differs."""
    return offered._replace(minutes=offered.minutes or [visit.duration_minutes] * len(offered.starts))


def _narrow_all(plan: Plan, window: tuple[int, int], now: datetime) -> dict[int, tuple[int, int]]:
    """Narrow a window at each location, and leave out those where nothing of it is left."""
    narrowed = {
        location_id: _narrow(visit, window, now, plan.timetables.places[location_id].timezone)
        for location_id, visit in plan.visits.items()
    }
    return {location_id: starts for location_id, starts in narrowed.items() if starts is not None}


def _narrow(visit: VisitSpec, window: tuple[int, int], now: datetime, timezone: str) -> tuple[int, int] | None:
    """Leave out what notice and booking window forbid anyway, so that it is not even loaded."""
    begins = max(window[0], to_minutes(now) + visit.notice_minutes)
    ends = window[1]
    if visit.window_days is not None:
        today = to_local_date(timezone, to_minutes(now))
        ends = min(ends, to_minute(timezone, today + timedelta(days=visit.window_days + 1), 0))
    return (begins, ends) if begins < ends else None


def _find_horizon(asked_on: date, now: datetime) -> date:
    """Return the last date for which hours are loaded."""
    return max(asked_on, now.astimezone(UTC).date()) + timedelta(days=SEARCH_DAYS)


def _find_after(plan: Plan, from_minute: int, horizon_on: date, span: Span) -> int | None:
    """Find the first free start from a minute on: four weeks, eight more, then all the rest in one go."""
    windows = _narrow_all(plan, (from_minute, to_minute("UTC", horizon_on, 0)), span.now)
    if not windows:
        return None
    whole = (min(begins for begins, _ in windows.values()), max(ends for _, ends in windows.values()))
    is_single = plan.services[0].seats is not None or any(map(plan.list_rules, windows))
    for reach in _list_reaches(whole, is_single=is_single):
        starts = {location_id: _intersect(window, reach) for location_id, window in windows.items()}
        starts = {location_id: asked for location_id, asked in starts.items() if asked[0] < asked[1]}
        snapshots = load_snapshots(plan=plan, starts=starts, now=span.now, moving=span.moving) if starts else {}
        slots = (
            find_next_free(snapshot, plan.visits[location_id], *starts[location_id], plan.wish.party_size)
            for location_id, snapshot in snapshots.items()
        )
        found = [slot.start_minute for slot in slots if slot is not None]
        if found:
            return min(found)
    return None


def _intersect(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])


def _list_reaches(window: tuple[int, int], *, is_single: bool) -> Iterator[tuple[int, int]]:
    """Cut the search in three, unless each part would cost two queries: four must do."""
    cuts = () if is_single else (FIRST_REACH_DAYS * DAY_MINUTES, 3 * FIRST_REACH_DAYS * DAY_MINUTES)
    bounds = [window[0], *(min(window[0] + cut, window[1]) for cut in cuts), window[1]]
    for begins, ends in pairwise(bounds):
        if begins < ends:
            yield begins, ends
