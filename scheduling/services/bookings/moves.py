"""Moving a booking to another time or to other resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from database.transactions import LostRace, run_write
from kernel.instants import to_minutes
from scheduling.enums import ActorKind, BookingEvent, BookingStatus, OverrideKind
from scheduling.errors import SlotTaken
from scheduling.models import Booking
from scheduling.policies import check_move, check_resize
from scheduling.selectors.availability.free_times import find_moving
from scheduling.selectors.availability.lengths import check_fits, check_length
from scheduling.selectors.availability.plans import Plan, keep_places, load_plan_at, narrow_plan
from scheduling.selectors.bookings.deadlines import find_request_deadline
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.editions import plans_anew
from scheduling.services.writing.agreed import agree_on
from scheduling.services.writing.allocations import (
    forget_allocations,
    list_filling,
    list_stretches,
    write_allocations,
)
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import describe_notice, record
from scheduling.services.writing.expiry import clear_way
from scheduling.services.writing.inputs import check_start, clean_reason
from scheduling.services.writing.lookups import check_seen, lock_booking, read_booking
from scheduling.services.writing.placement import Asked, Place, PlaceRefused, explain_refusal, find_place
from scheduling.services.writing.records import describe_submitted, list_place_usage, note_lengths, note_rules_and_group
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.types import TELL, Actor, Notice, OverrideReason, SubmittedBooking
from tenants.services.due_work import add_due_work


@dataclass(frozen=True, slots=True)
class _Move:
    """Where a booking goes, and at whose word."""

    starts_at: datetime
    resource_ids: tuple[int, ...] | None
    by: Actor
    now: datetime
    override: OverrideReason | None
    servers: tuple[int, ...]
    extra: Mapping[str, object]
    length_minutes: int | None = None

    @property
    def is_resize(self) -> bool:
        """Tell whether it gives the visit another length: whoever serves it stays."""
        return self.length_minutes is not None

    def is_end_of(self, booking: Booking) -> bool:
        """Tell whether staff changes the end alone: that of a visit which has begun, too."""
        return self.is_resize and self.starts_at == booking.starts_at and self.by.kind != ActorKind.CUSTOMER


@plans_anew
def move_booking(
    *,
    starts_at: datetime,
    now: datetime,
    by: Actor,
    token: str | None = None,
    booking_id: int | None = None,
    resource_ids: tuple[int, ...] | None = None,
    override: OverrideReason | None = None,
    servers: tuple[int, ...] = (),
    extra: Mapping[str, object] | None = None,
    length_minutes: int | None = None,
    notice: Notice = TELL,
    seen: int | None = None,
) -> SubmittedBooking:
    """Move a booking, or make it longer or shorter; its own time counts as free, reference and calendar identity stay.

    Customers are bound by the cut-off as agreed and by grid, notice and window; staff by what
    is taken alone, and with ``override`` not even by that. ``resource_ids`` asks for other people
    or bays than the customer chose (reassign), an empty one for anyone; ``servers`` lets only these serve it,
    without a word about who was chosen, and ``extra`` goes into its event. When it cannot be moved, the old time stays.
    What waits for its deposit waits as long as before, but not past its new start; only staff moves it.
    A reason to override belongs to the time that it was given for: a booking that moves to a regular place loses it.

    With ``length_minutes`` it lasts so long from now on, also when it is moved later; unless somebody else is named,
    whoever serves it stays, and so does the price. ``notice`` says whether the customer is told, and with which line;
    ``seen`` is the number (``sequence``) that the person looked at.

    Raises:
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times.
        RequestInvalid, BookingChanged: It cannot last so long; it stands elsewhere than was seen.
        StatusForbids, CutoffPassed, TransitionRefused, TokenUnknown, BookingNotFound: It may not be moved.
    """
    moved_id = read_booking(now=now, booking_id=booking_id, token=token).pk
    check_start(starts_at)
    check_length(length_minutes)
    if override is not None:
        override = replace(override, reason=clean_reason(override.reason, is_required=True))
    said = describe_notice(notice) | dict(extra or {})
    move = _Move(starts_at, resource_ids, by, now, override, servers, said, length_minutes)

    def work(*, is_pessimistic: bool) -> SubmittedBooking:
        present = read_booking(now=now, booking_id=moved_id)
        check_seen(present, seen)
        if move.is_end_of(present):
            check_resize(present, by=by, now=now)
        else:
            check_move(present, by=by, now=now)
        asked = _ask(present, move)
        # Advisory locks first, then rows: the order in which everybody locks.
        place = find_place(asked, is_pessimistic=is_pessimistic)
        return describe_submitted(_write(present, asked, place, move))

    try:
        return run_write(work)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused


def _ask(booking: Booking, move: _Move) -> Asked:
    """Ask for the same visit at the new time, with other resources where they were named."""
    wish, held = wish_of(booking), list_stretches(booking)
    if move.length_minutes is not None:
        wish = replace(wish, length_minutes=move.length_minutes)
    if move.resource_ids is not None:
        wish = replace(wish, resource_ids=move.resource_ids)
    is_customer = move.by.kind == ActorKind.CUSTOMER
    plan = load_plan_at(wish=wish, starts_at=move.starts_at, is_agreed=True, is_listed_only=is_customer)
    if move.length_minutes is not None:
        check_fits(plan, move.length_minutes)
    return Asked(
        plan=_narrow(plan, booking, move),
        start_minute=to_minutes(move.starts_at),
        now=min(move.now, move.starts_at) if move.is_end_of(booking) else move.now,
        moving=find_moving(booking.pk),
        held=held,
        is_any_minute=move.by.kind != ActorKind.CUSTOMER,
        is_override=move.override is not None,
    )


def _narrow(plan: Plan, booking: Booking, move: _Move) -> Plan:
    """Return the plan for whoever may serve it: with a new length those who do, each in their part.

    Raises:
        SlotTaken: They cannot, anywhere.
    """
    found: Plan | None = plan
    if move.is_resize and move.resource_ids is None:
        found = keep_places(plan, list_filling(booking))
    if found is not None and move.servers:
        found = narrow_plan(found, move.servers)
    if found is None:
        raise SlotTaken(starts_at=move.starts_at)
    return found


def _write(seen: Booking, asked: Asked, place: Place, move: _Move) -> Booking:
    """Lock a booking as it was seen, free its old place and give it the new one.

    Raises:
        LostRace: Something has happened to it meanwhile.
    """
    counters = Counters()
    clear_way(place, list_place_usage(asked.plan, place), counters=counters, now=move.now, own_id=seen.pk)
    booking = lock_booking(now=move.now, booking_id=seen.pk)
    if (booking.sequence, booking.status) != (seen.sequence, seen.status):
        raise LostRace
    filling = list_filling(booking)
    forget_allocations(booking)
    counters.take_back(booking)
    _settle(booking, asked, place, move, counters, filling)
    counters.write(is_override=asked.is_override)
    return booking


def _settle(
    booking: Booking,
    asked: Asked,
    place: Place,
    move: _Move,
    counters: Counters,
    filling: Sequence[tuple[int, int]],
) -> None:
    """Write a booking at its new place; its old one, with ``filling``, is free."""
    old_starts_at = booking.starts_at
    old_ids = list(dict.fromkeys(each.resource_id for each in asked.held))
    place_anew(booking, asked, place, override=move.override, counters=counters)
    if move.is_resize:
        note_lengths(booking, place)
    if not move.is_resize or booking.starts_at != old_starts_at:
        booking.attendance_confirmed_at = None
    record(
        booking,
        kind=BookingEvent.RESCHEDULED,
        by=move.by,
        now=move.now,
        reason=booking.override_reason,
        extra={
            "previous_starts_at": old_starts_at.isoformat(),
            "previous_resource_ids": old_ids,
            "previous_filling": filling,
            **move.extra,
        },
    )
    write_allocations(place, booking, now=move.now)


def place_anew(
    booking: Booking,
    asked: Asked,
    place: Place,
    *,
    override: OverrideReason | None,
    counters: Counters,
    chosen: tuple[int, ...] | None = None,
) -> None:
    """Give a booking its new place, whatever changes beside it; not saved, and what it took before is free already.

    ``chosen`` are who was asked for by name; None: those of the wish.
    """
    named = asked.plan.wish.resource_ids if chosen is None else chosen
    timezone = asked.plan.timetables.places[place.location_id].timezone
    agree_on(booking, start_minute=place.start_minute, end_minute=place.end_minute, timezone=timezone)
    booking.sequence += 1
    length = asked.plan.wish.length_minutes
    booking.length_minutes = length if length == place.visit.duration_minutes else None
    if booking.status == BookingStatus.PENDING_PAYMENT:
        keep_until(booking, booking.hold_expires_at, now=asked.now)
    if booking.status == BookingStatus.PENDING_APPROVAL:
        booking.hold_expires_at = find_request_deadline(booking, now=asked.now)
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=booking.hold_expires_at, now=asked.now)
    booking.chosen_resource_id = named[0] if named else None
    booking.chosen_beside_ids = list(named[1:])
    booking.override_kind = OverrideKind.STAFF if override else ""
    booking.override_reason = override.reason if override else ""
    booking.overridden_by_id = override.user_id if override else None
    note_rules_and_group(asked.plan, place, booking, counters=counters)


def keep_until(booking: Booking, limit: datetime | None, *, now: datetime) -> None:
    """Let the place of a booking wait for its deposit until ``limit``, and never past its start; not saved."""
    if limit is not None:
        booking.hold_expires_at = until = min(limit, booking.starts_at)
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=until, now=now)
