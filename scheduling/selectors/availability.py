"""Free times, as customers and staff ask for them; at most five queries, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from kernel.text import mark
from scheduling.engine import Slot, VisitSpec, find_next_free, find_slots, to_local_date, to_minute
from scheduling.engine.hours import expand_hours
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
    midnights = _list_midnights(timezone, query.from_on, query.to_on)
    window = (midnights[0], midnights[-1])
    slots = _find_in(plan, window, now, moving)
    next_start = next(iter(slots)) if slots else _find_after(plan, window[1], now, moving)
    return Availability(
        timezone=timezone,
        days=tuple(_group_by_day(plan, query.from_on, midnights, slots)),
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
    duration = next(iter(plan.visits.values())).duration_minutes
    return AvailableSlot(starts_at=to_instant(minute), ends_at=to_instant(minute + duration))


def list_alternatives(
    *, plan: Plan, starts_at: datetime, now: datetime, moving: Moving | None = None, count: int = 3
) -> tuple[AvailableSlot, ...]:
    """List the free times nearest to ``starts_at``, within a week before and after, by time."""
    middle = to_minutes(starts_at)
    reach = 7 * 1440
    window = (max(middle - reach, to_minutes(now)), middle + reach)
    if window[1] <= window[0]:
        window = (to_minutes(now), to_minutes(now) + reach)
    slots = _find_in(plan, window, now, moving)
    nearest = sorted(slots.values(), key=lambda slot: (abs(slot.start_minute - middle), slot.start_minute))[:count]
    return tuple(view_slot(slot) for slot in sorted(nearest))


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


def view_slot(slot: Slot) -> AvailableSlot:
    """Freeze a slot with instants."""
    return AvailableSlot(to_instant(slot.start_minute), to_instant(slot.end_minute), slot.seats_left)


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


def _find_in(plan: Plan, window: tuple[int, int], now: datetime, moving: Moving | None) -> dict[int, Slot]:
    """Map each free start to its slot, over all locations of the plan, in order."""
    found: dict[int, Slot] = {}
    for location_id, visit in plan.visits.items():
        clipped = _clip(visit, window, now, plan.timetables.places[location_id].timezone)
        if clipped is None:
            continue
        snapshot = load_slots_snapshot(plan=plan, location_id=location_id, starts=clipped, now=now, moving=moving)
        for slot in find_slots(snapshot, visit, *clipped, plan.wish.party_size):
            other = found.get(slot.start_minute)
            if other is None or (slot.seats_left or 0) > (other.seats_left or 0):
                found[slot.start_minute] = slot
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


def _list_midnights(timezone: str, from_on: date, to_on: date) -> list[int]:
    """Return the instants at which the dates begin, and the end of the last."""
    days = (to_on - from_on).days + 1
    return [to_minute(timezone, from_on + timedelta(days=offset), 0) for offset in range(days + 1)]


def _group_by_day(plan: Plan, from_on: date, midnights: list[int], slots: Mapping[int, Slot]) -> Iterator[AvailableDay]:
    open_periods = list(_list_open_periods(plan, midnights[0], midnights[-1]))
    ordered = list(slots.values())
    position = 0
    for offset, (begins, ends) in enumerate(pairwise(midnights)):
        first = position
        while position < len(ordered) and ordered[position].start_minute < ends:
            position += 1
        day_slots = tuple(view_slot(slot) for slot in ordered[first:position])
        is_open = bool(day_slots) or any(start < ends and end > begins for start, end in open_periods)
        yield AvailableDay(on=from_on + timedelta(days=offset), is_open=is_open, slots=day_slots)


def _list_open_periods(plan: Plan, first: int, last: int) -> Iterable[tuple[int, int]]:
    """List when somebody of the first part works, over all locations."""
    periods: set[tuple[int, int]] = set()
    for location_id, visit in plan.visits.items():
        holidays = plan.timetables.places[location_id].holidays
        for resource_id in visit.parts[0].pool:
            periods.update(expand_hours(plan.timetables.resources[resource_id], holidays, first, last).working)
    return periods
