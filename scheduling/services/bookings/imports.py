"""Bringing in bookings that were agreed elsewhere: they are facts, even where they overlap.

`import_booking` writes one exactly as it was, for tools; `bring_in_visit` finds a visit its place, as every other
booking is found one, and forces it only where nothing fits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from database.locks import lock_resources
from database.transactions import write_transaction
from kernel.instants import to_minutes
from scheduling.engine import Assignment, Candidate, VisitSpec, fill_in_order, place_at, settle_length
from scheduling.enums import ACTIVE_STATUSES, ActorKind, BookingEvent, BookingSource, BookingStatus, OverrideKind
from scheduling.errors import ResourceNotFound, SlotInPast, SlotTaken, SlotUnavailable
from scheduling.policies import check_new_bookings
from scheduling.selectors.availability.plans import Plan, load_plan_at
from scheduling.services.bookings.asking import waive_deposit
from scheduling.services.bookings.submissions import clean_asked
from scheduling.services.editions import keep_edition, plans_anew
from scheduling.services.messages.events import TOLD
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.customers import Known, attach_details, meet_customer
from scheduling.services.writing.groups import has_session
from scheduling.services.writing.inputs import CleanDetails, check_start
from scheduling.services.writing.placement import Asked, Place
from scheduling.services.writing.records import Agreed, make_booking, note_rules_and_group
from scheduling.services.writing.takes import take_place
from scheduling.services.writing.writes import BookingWrite, write_booking
from scheduling.types import Actor, SlotRequest, VisitDetails, Wish


@dataclass(frozen=True, slots=True)
class AgreedVisit:
    """A visit that was agreed elsewhere.

    Attributes:
        minutes: How long it lasts; None: as long as its service.
        known: Whose it is where no contact says so.
    """

    request: SlotRequest
    details: VisitDetails
    minutes: int | None = None
    known: Known = field(default_factory=Known)


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """A booking that was made, who was there before, and whether it lies over what is taken or closed."""

    booking_id: int
    known: Known
    is_over: bool


@plans_anew
@write_transaction()
def import_booking(
    *,
    service_id: int,
    starts_at: datetime,
    resource_ids: tuple[int, ...],
    now: datetime,
    ends_at: datetime | None = None,
    party_size: int = 1,
    status: BookingStatus = BookingStatus.CONFIRMED,
    hold_expires_at: datetime | None = None,
    customer_name: str = "",
) -> int:
    """Write a booking as it was agreed and return its id; nothing is checked against what is taken.

    No deposit is asked: what was agreed elsewhere was asked for there. What overlaps beyond capacity is kept as an
    override, so that it blocks and is seen. Each resource takes its own part, in the order given where that fits, when
    the resources fill the places of the service and ``ends_at`` is not given; otherwise the whole visit.

    Raises:
        StatusForbids: The business takes no bookings now.
        ServiceNotFound: There is no such service.
        ResourceNotFound: None of the resources exists at one location.
        RequestInvalid: Start or end has no zone or no whole minutes, or no calendar has it.
    """
    by = Actor(kind=ActorKind.STAFF)
    check_new_bookings(by)
    for instant in (starts_at, ends_at or starts_at):
        check_start(instant)
    wish = Wish(service_ids=(service_id,), party_size=party_size)
    plan = load_plan_at(wish=wish, starts_at=starts_at, is_party_free=True)
    location_id = _find_location(plan, resource_ids)
    visit = plan.visits[location_id]
    start = to_minutes(starts_at)
    visit, assignments = _assign(plan, visit, start, None if ends_at is None else to_minutes(ends_at), resource_ids)
    keep_edition(plan.edition)
    lock_resources(resource_ids)
    joins = visit.seats is not None and has_session(visit, start, resource_ids)
    capacities = {each: plan.timetables.resources[each].capacity for each in resource_ids}
    place = Place(location_id, visit, start, Candidate(assignments, joins_session=joins), capacities, is_forced=True)
    agreed = Agreed(
        status=status,
        source=BookingSource.IMPORT,
        now=now,
        hold_expires_at=hold_expires_at,
        override_kind=OverrideKind.IMPORT,
    )
    booking = make_booking(plan, place, agreed)
    booking.customer_name = customer_name
    booking.is_active = status in ACTIVE_STATUSES
    if booking.deposit_minor and status != BookingStatus.PENDING_PAYMENT:
        waive_deposit(booking)
    counters = Counters()
    if booking.is_active:
        note_rules_and_group(plan, place, booking, counters=counters)
    write = BookingWrite(booking, kind=BookingEvent.IMPORTED, by=by, now=now, plan=plan)
    write_booking(replace(write, place=place) if booking.is_active else write)
    counters.write(is_override=True)
    return int(booking.pk)


@plans_anew
def bring_in_visit(visit: AgreedVisit, *, by: Actor, now: datetime, is_forced: bool, told: str = "") -> BroughtIn:
    """Book a visit that was agreed elsewhere, with its customer; in the caller's transaction.

    No deposit is asked: what was agreed elsewhere was asked for there. ``is_forced``: where nothing fits, it is kept as
    an override, so that it blocks and is seen. ``told`` goes into its event: what its customer hears of it
    (`services.messages.events`).

    Raises:
        StatusForbids: The business takes no bookings now.
        SlotTaken, SlotUnavailable, SlotInPast: Nothing fits, and nothing is forced.
        CustomerInvalid, RequestInvalid: What was typed, by field.
        ServiceNotFound, ResourceNotFound, LocationNotFound, SetupInvalid: It cannot be done so.
    """
    check_new_bookings(by)
    check_start(visit.request.starts_at)
    asked, clean = plan_visit(visit, now=now)
    known = meet_customer(clean) if clean.details.customer.phone or clean.details.customer.email else visit.known

    def book_at(place: Place, override: OverrideKind | None) -> BookingWrite:
        agreed = Agreed(status=BookingStatus.CONFIRMED, source=BookingSource.IMPORT, now=now, override_kind=override)
        booking = make_booking(asked.plan, place, agreed)
        if booking.deposit_minor:
            waive_deposit(booking)
        attach_details(booking, clean, known)
        write = BookingWrite(booking, BookingEvent.IMPORTED, by, now, asked.plan, place, clean, known)
        return replace(write, extra={TOLD: told} if told else {})

    is_over = False
    try:
        booking = take_place(asked, lambda place, _known: book_at(place, None))
    except (SlotTaken, SlotUnavailable, SlotInPast):
        if not is_forced:
            raise
        is_over = True
        booking = take_place(
            replace(asked, is_override=True), lambda place, _known: book_at(place, OverrideKind.IMPORT)
        )
    return BroughtIn(int(booking.pk), known, is_over=is_over)


def plan_visit(visit: AgreedVisit, *, now: datetime) -> tuple[Asked, CleanDetails]:
    """Return what a visit that was agreed elsewhere asks for, and whose it is; two queries at most, nothing is locked.

    It has a length of its own where its service allows that.

    Raises:
        CustomerInvalid, RequestInvalid, ServiceNotFound, ResourceNotFound, LocationNotFound, SetupInvalid: As
            `bring_in_visit`.
    """
    request = visit.request
    plan = load_plan_at(wish=request.wish, starts_at=request.starts_at, is_party_free=True)
    if visit.minutes is not None and _list_lengths(plan) != {visit.minutes}:
        own = replace(request.wish, length_minutes=visit.minutes)
        fixed = load_plan_at(wish=own, starts_at=request.starts_at, is_party_free=True)
        plan = fixed if _list_lengths(fixed) == {visit.minutes} else plan
    # What its meter showed when it was agreed is no reading of the visit.
    clean = replace(clean_asked(plan, request, visit.details, now=now, is_staff=True), meter=None)
    return Asked(plan=plan, start_minute=to_minutes(request.starts_at), now=now, is_any_minute=True), clean


def _list_lengths(plan: Plan) -> set[int]:
    """List how long the visit of a plan may last, in minutes."""
    found = {visit.duration_minutes for visit in plan.visits.values()}
    return found | {length.duration_minutes for visit in plan.visits.values() for length in visit.lengths}


def _find_location(plan: Plan, resource_ids: tuple[int, ...]) -> int:
    for location_id, visit in plan.visits.items():
        if visit.pool >= set(resource_ids):
            return location_id
    raise ResourceNotFound


def _assign(
    plan: Plan, visit: VisitSpec, start: int, end: int | None, resource_ids: tuple[int, ...]
) -> tuple[VisitSpec, tuple[Assignment, ...]]:
    """Return the visit with the length that it has, and what it takes."""
    resources, units = plan.timetables.resources, plan.wish.party_size
    filling = fill_in_order(visit, resource_ids) if end is None else None
    if filling is not None:
        settled = settle_length(visit, filling)
        return settled, place_at(settled, start, filling, resources, units)
    visit = settle_length(visit, [(0, each) for each in resource_ids if each in visit.parts[0].pool])
    minutes = visit.duration_minutes if end is None else end - start
    whole = replace(
        visit.parts[0],
        starts_after_minutes=0,
        duration_minutes=minutes,
        buffer_after_minutes=visit.parts[-1].buffer_after_minutes,
    )
    together = [(0, resource_id) for resource_id in resource_ids]
    assignments = place_at(replace(visit, parts=(whole,)), start, together, resources, units)
    return replace(visit, duration_minutes=minutes), assignments
