"""Moving a booking to another time or to other resources."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from database.transactions import LostRace, run_write
from kernel.instants import to_instant, to_minutes
from scheduling.enums import ActorKind, BookingStatus
from scheduling.policies import check_move
from scheduling.selectors.availability.free_times import find_moving
from scheduling.selectors.availability.plans import load_plan_at
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.writing.allocations import free_allocations, list_resource_ids
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import DUE_KIND, expire_due_holds
from scheduling.services.writing.inputs import check_start, clean_reason
from scheduling.services.writing.lookups import lock_booking, read_booking
from scheduling.services.writing.placement import Asked, PlaceRefused, explain_refusal, find_place
from scheduling.services.writing.records import settle, take
from scheduling.types import Actor, OverrideReason, SubmittedBooking
from tenants.services.due_work import add_due_work


def move_booking(
    *,
    starts_at: datetime,
    now: datetime,
    by: Actor,
    token: str | None = None,
    booking_id: int | None = None,
    resource_ids: tuple[int, ...] | None = None,
    override: OverrideReason | None = None,
) -> SubmittedBooking:
    """Move a booking; its own time counts as free, reference and calendar identity stay.

    Customers are bound by the cut-off as agreed and by grid, notice and window; staff by what
    is taken alone, and with ``override`` not even by that. ``resource_ids`` asks for other people
    or bays than the customer chose (reassign), an empty one for anyone. When it cannot be moved,
    the old time stays. A reason to override belongs to the time that it was given for: a booking
    that moves to a regular place loses it (its history keeps it), and counts like any other from
    then on.

    Raises:
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times.
        CutoffPassed, TransitionRefused, TokenUnknown, BookingNotFound: It may not be moved.
    """
    seen = read_booking(booking_id=booking_id, token=token)
    check_start(starts_at)
    reason = "" if override is None else clean_reason(override.reason, is_required=True)

    def work(is_pessimistic: bool) -> SubmittedBooking:  # noqa: FBT001
        current = read_booking(booking_id=seen.pk)
        check_move(current, by=by, now=now)
        wish = wish_of(current)
        if resource_ids is not None:
            wish = replace(wish, resource_ids=resource_ids)
        plan = load_plan_at(wish=wish, starts_at=starts_at, is_party_free=True)
        asked = Asked(
            plan=plan,
            start_minute=to_minutes(starts_at),
            now=now,
            moving=find_moving(current.pk),
            moving_resource_ids=list_resource_ids(current),
            is_any_minute=by.kind != ActorKind.CUSTOMER,
            is_override=override is not None,
        )
        # Advisory locks first, then rows: the order in which everybody locks.
        place = find_place(asked, is_pessimistic=is_pessimistic)
        booking = lock_booking(booking_id=seen.pk)
        if booking.sequence != current.sequence or booking.status != current.status:
            raise LostRace
        counters = Counters()
        expire_due_holds(counters=counters, now=now, except_id=booking.pk)
        old_starts_at = booking.starts_at
        free_allocations(booking)
        counters.take_back(booking.rule_usage)
        booking.starts_at = to_instant(place.start_minute)
        booking.ends_at = to_instant(place.end_minute)
        booking.sequence += 1
        booking.attendance_confirmed_at = None
        if booking.status == BookingStatus.PENDING_APPROVAL:
            # A request waits until its start.
            booking.hold_expires_at = max(booking.starts_at, now + timedelta(minutes=1))
            add_due_work(kind=DUE_KIND, row_id=booking.pk, due_at=booking.hold_expires_at, now=now)
        booking.chosen_resource_id = wish.resource_ids[0] if wish.resource_ids else None
        booking.override_reason = reason
        booking.overridden_by_id = None if override is None else override.user_id
        settle(plan, place, booking, counters=counters)
        extra = {"previous_starts_at": old_starts_at.isoformat()}
        record(booking, kind="rescheduled", by=by, now=now, reason=reason, extra=extra)
        take(place, booking, counters=counters, now=now, is_override=override is not None)
        return SubmittedBooking(
            booking_id=booking.pk,
            reference=booking.reference,
            status=booking.status,
            manage_token=make_manage_token(booking),
        )

    try:
        return run_write(work)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused
