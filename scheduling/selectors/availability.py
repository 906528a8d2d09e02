"""Free times, as customers and staff ask for them; at most five queries, whatever the size."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise

from kernel.text import mark
from scheduling.engine import (
    VisitSpec,
    find_next_free,
    find_seats,
    list_midnights,
    list_openings,
    to_local_date,
    to_minute,
)
from scheduling.errors import BookingNotFound, RequestInvalid
from scheduling.models import Booking
from scheduling.selectors.instants import is_known_timezone, to_instant, to_minutes
from scheduling.selectors.occupancy import Moving, load_slots_snapshot
from scheduling.selectors.plans import Plan, Wish, load_plan
from scheduling.types import Availability, AvailabilityQuery, AvailableDay, AvailableSlot

LONGEST_WINDOW_DAYS = 62
SEARCH_DAYS = 180
"""How far ahead the next free time is searched for services without a booking window."""
FIRST_REACH_DAYS = 28
make_slot: Callable[[Iterable[object]], AvailableSlot] = partial(tuple.__new__, AvailableSlot)
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


def get_availability(*, query: AvailabilityQuery, now: datetime) -> Availability:
    """Answer with one entry for each local date of ``[from_on, to_on]``.

    ``next_available`` is the first free time at or after the window's beginning: in the window
    when it has any, else after it (None when there is none as far as the service may be booked).

    Raises:
        RequestInvalid: Window, zone, party, add-ons or arrival mode make no sense.
        ServiceNotFound, ResourceNotFound, LocationNotFound: As `load_plan`.
        BookingNotFound: There is no booking ``moving_booking_id``.
    """
    _check_query(query)
    moving = find_moving(query.moving_booking_id) if query.moving_booking_id is not None else None
    horizon_on = max(query.to_on, to_local_date("UTC", to_minutes(now)) + timedelta(days=SEARCH_DAYS))
    plan = load_plan(wish=make_wish(query), from_on=query.from_on, to_on=horizon_on)
    timezone = query.timezone or _find_timezone(plan)
    midnights = list_midnights(timezone, query.from_on, (query.to_on - query.from_on).days + 1)
    window = (midnights[0], midnights[-1])
    seats_by_start = _find_in(plan, window, now, moving)
    next_start = next(iter(seats_by_start), None)
    if next_start is None:
        next_start = _find_after(plan, window[1], now, moving)
    return Availability(
        timezone=timezone,
        days=tuple(_group_by_day(plan, query.from_on, midnights, seats_by_start)),
        next_available=None if next_start is None else to_instant(next_start),
    )


def find_next_available(*, query: AvailabilityQuery, now: datetime) -> AvailableSlot | None:
    """Find the first free time from ``from_on`` on, within the booking window (or half a year)."""
    _check_query(query)
    plan = load_plan(
        wish=make_wish(query), from_on=query.from_on, to_on=query.from_on + timedelta(days=SEARCH_DAYS + 1)
    )
    begins = max(to_minute(query.timezone or _find_timezone(plan), query.from_on, 0), to_minutes(now))
    minute = _find_after(plan, begins, now, None)
    if minute is None:
        return None
    return next(_view_slots(plan, [minute], [None]))


def list_alternatives(
    *, plan: Plan, starts_at: datetime, now: datetime, moving: Moving | None = None, count: int = 3
) -> tuple[AvailableSlot, ...]:
    """List the free times nearest to ``starts_at``, within a week before and after, by time."""
    middle = to_minutes(starts_at)
    reach = 7 * 1440
    window = (max(middle - reach, to_minutes(now)), middle + reach)
    if window[1] <= window[0]:
        window = (to_minutes(now), to_minutes(now) + reach)
    seats_by_start = _find_in(plan, window, now, moving)
    nearest = sorted(sorted(seats_by_start, key=lambda start: (abs(start - middle), start))[:count])
    return tuple(_view_slots(plan, nearest, [seats_by_start[start] for start in nearest]))


def find_moving(booking_id: int) -> Moving:
    """Return what has to be left out while a booking is moved; one query.

    Raises:
        BookingNotFound: There is none.
    """
    row = Booking.objects.filter(pk=booking_id).values_list("session_id", "session__seats_taken", "party_size").first()
    if row is None:
        raise BookingNotFound
    session_id, seats_taken, party_size = row
    return Moving(booking_id, session_id if seats_taken == party_size else None)


def make_wish(query: AvailabilityQuery) -> Wish:
    """Take from a query what does not concern time."""
    return Wish(
        service_ids=(query.service_id, *query.further_service_ids),
        add_on_ids=query.add_on_ids,
        resource_ids=(() if query.resource_id is None else (query.resource_id,)) + query.resource_ids,
        location_id=query.location_id,
        party_size=query.party_size,
        arrival_mode=query.arrival_mode or "",
    )


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


def _find_in(plan: Plan, window: tuple[int, int], now: datetime, moving: Moving | None) -> dict[int, int | None]:
    """Map each free start to the seats left there, over all locations of the plan, in order."""
    found: dict[int, int | None] = {}
    for location_id, visit in plan.visits.items():
        clipped = _clip(visit, window, now, plan.timetables.places[location_id].timezone)
        if clipped is None:
            continue
        snapshot = load_slots_snapshot(plan=plan, location_id=location_id, starts=clipped, now=now, moving=moving)
        seats_by_start = find_seats(snapshot, visit, *clipped, plan.wish.party_size)
        if not found:
            found = seats_by_start
            continue
        for start, seats in seats_by_start.items():
            if start not in found or (seats or 0) > (found[start] or 0):
                found[start] = seats
    return dict(sorted(found.items())) if len(plan.visits) > 1 else found


def _clip(visit: VisitSpec, window: tuple[int, int], now: datetime, timezone: str) -> tuple[int, int] | None:
    """Leave out what notice and booking window forbid anyway, so that it is not even loaded."""
    begins = max(window[0], to_minutes(now) + visit.minimum_notice_minutes)
    ends = window[1]
    if visit.booking_window_days is not None:
        today = to_local_date(timezone, to_minutes(now))
        ends = min(ends, to_minute(timezone, today + timedelta(days=visit.booking_window_days + 1), 0))
    return (begins, ends) if begins < ends else None


def _find_after(plan: Plan, from_minute: int, now: datetime, moving: Moving | None) -> int | None:
    """Find the first free start from a minute on: four weeks, then all the rest in one go."""
    starts: list[int] = []
    for location_id, visit in plan.visits.items():
        timezone = plan.timetables.places[location_id].timezone
        limit = max(from_minute, to_minutes(now)) + SEARCH_DAYS * 1440
        clipped = _clip(visit, (from_minute, limit), now, timezone)
        if clipped is None:
            continue
        for reach in _list_reaches(clipped, is_single=visit.seats is not None or bool(plan.list_rules(location_id))):
            snapshot = load_slots_snapshot(plan=plan, location_id=location_id, starts=reach, now=now, moving=moving)
            slot = find_next_free(snapshot, visit, *reach, plan.wish.party_size)
            if slot is not None:
                starts.append(slot.start_minute)
                break
    return min(starts, default=None)


def _list_reaches(window: tuple[int, int], *, is_single: bool) -> Iterator[tuple[int, int]]:
    """Cut the search in two, unless each part would cost two queries: five must do for everything."""
    middle = window[1] if is_single else min(window[0] + FIRST_REACH_DAYS * 1440, window[1])
    yield window[0], middle
    if middle < window[1]:
        yield middle, window[1]


def _group_by_day(
    plan: Plan, from_on: date, midnights: list[int], seats_by_start: Mapping[int, int | None]
) -> Iterator[AvailableDay]:
    starts = list(seats_by_start)
    slots = tuple(_view_slots(plan, starts, seats_by_start.values()))
    cuts = [bisect_left(starts, midnight) for midnight in midnights]
    has_empty_day = any(first == last for first, last in pairwise(cuts))
    open_periods = _list_open_periods(plan, midnights[0], midnights[-1]) if has_empty_day else []
    for offset, (first, last) in enumerate(pairwise(cuts)):
        begins, ends = midnights[offset], midnights[offset + 1]
        is_open = first < last or any(start < ends and end > begins for start, end in open_periods)
        yield AvailableDay(on=from_on + timedelta(days=offset), is_open=is_open, slots=slots[first:last])


def _view_slots(plan: Plan, starts: Sequence[int], seats: Iterable[int | None]) -> Iterator[AvailableSlot]:
    """Give slots their instants; as few steps for each as can be, because a month has thousands."""
    duration = next(iter(plan.visits.values())).duration_minutes
    ends = map(to_instant, map(duration.__add__, starts))
    return map(make_slot, zip(map(to_instant, starts), ends, seats, strict=True))


def _list_open_periods(plan: Plan, first: int, last: int) -> list[tuple[int, int]]:
    """List when somebody of the first part works, at each location."""
    resources = plan.timetables.resources
    return [
        period
        for location_id, visit in plan.visits.items()
        for period in list_openings(
            (resources[each] for each in visit.parts[0].pool), plan.timetables.places[location_id].holidays, first, last
        )
    ]
