"""Taking a move back: the booking is again where it was, with whom it was, and as it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from database.transactions import LostRace, run_write
from scheduling.enums import BookingEvent, BookingStatus
from scheduling.models import Booking
from scheduling.policies import check_move, check_resize, refuse_step
from scheduling.selectors.availability.plans import Plan, keep_places, load_plan_at
from scheduling.selectors.bookings.deadlines import find_request_deadline
from scheduling.selectors.bookings.past_moves import BeforeMove, find_before_move
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.bookings.moves import keep_until
from scheduling.services.bookings.returning import find_place_again
from scheduling.services.editions import plans_anew
from scheduling.services.writing.agreed import agree_on
from scheduling.services.writing.allocations import (
    forget_allocations,
    list_filling,
    list_resource_ids,
    write_allocations,
)
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import clear_way
from scheduling.services.writing.lookups import lock_booking, read_booking
from scheduling.services.writing.placement import Place, PlaceRefused, explain_refusal
from scheduling.services.writing.records import list_place_usage, note_lengths, note_rules_and_group
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.types import Actor
from tenants.services.due_work import add_due_work


@plans_anew
def undo_move(
    *, booking_id: int, sequence: int, now: datetime, by: Actor, extra: Mapping[str, object] | None = None
) -> None:
    """Take back the move that gave a booking its ``sequence``; again changes nothing. ``extra`` goes into its event.

    Start, people and things, in the parts that they served, who was chosen and what lay over the rules are what they
    were. What lay over the rules lies over them again, but not over a booking that came there meanwhile.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        TransitionRefused: Something has happened since, or it was no move.
        SlotTaken, SlotUnavailable: Somebody has the place now; the booking stays where it is.
        BookingNotFound: There is none.
    """

    def work(*, is_pessimistic: bool) -> None:
        seen = read_booking(now=now, booking_id=booking_id)
        check_resize(seen, by=by, now=now)
        before = find_before_move(booking_id=booking_id)
        if before is not None and before.sequence == seen.sequence and before.undone == sequence:
            return
        if before is None or not before.sequence == seen.sequence == sequence:
            raise refuse_step(seen)
        if before.starts_at != seen.starts_at:
            check_move(seen, by=by, now=now)
        plan, place, is_over = _find_old_place(seen, before, now=now, is_pessimistic=is_pessimistic)
        counters = Counters()
        clear_way(place, list_place_usage(plan, place), counters=counters, now=now, own_id=booking_id)
        booking = lock_booking(now=now, booking_id=booking_id)
        if (booking.sequence, booking.status) != (seen.sequence, seen.status):
            raise LostRace
        said = {
            "previous_starts_at": booking.starts_at.isoformat(),
            "previous_resource_ids": list(list_resource_ids(booking)),
            "previous_filling": list_filling(booking),
            "undone_sequence": sequence,
            **(extra or {}),
        }
        forget_allocations(booking)
        counters.take_back(booking)
        if booking.length_minutes != before.length_minutes:
            note_lengths(booking, place)
        _restore(booking, before, plan, place, now=now)
        note_rules_and_group(plan, place, booking, counters=counters)
        record(booking, kind=BookingEvent.RESCHEDULED, by=by, now=now, reason=booking.override_reason, extra=said)
        write_allocations(place, booking, now=now)
        counters.write(is_override=is_over)

    try:
        run_write(work)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused


def _find_old_place(
    booking: Booking, before: BeforeMove, *, now: datetime, is_pessimistic: bool
) -> tuple[Plan, Place, bool]:
    """Find the place before the move, with the same people and things in the same parts."""
    first = () if before.chosen_resource_id is None else (before.chosen_resource_id,)
    wish = replace(
        wish_of(booking),
        resource_ids=(*first, *before.chosen_beside_ids),
        length_minutes=before.length_minutes,
    )
    plan = load_plan_at(wish=wish, starts_at=before.starts_at, is_agreed=True)
    return find_place_again(
        booking,
        keep_places(plan, before.filling),
        starts_at=before.starts_at,
        ends_at=before.ends_at,
        is_over_allowed=bool(before.override_kind),
        now=now,
        is_pessimistic=is_pessimistic,
        sequence=before.sequence,
    )


def _restore(booking: Booking, before: BeforeMove, plan: Plan, place: Place, *, now: datetime) -> None:
    """Give a booking back what the move changed, its place aside."""
    timezone = plan.timetables.places[place.location_id].timezone
    agree_on(booking, start_minute=place.start_minute, end_minute=place.end_minute, timezone=timezone)
    booking.sequence += 1
    booking.attendance_confirmed_at = before.attendance_confirmed_at
    booking.chosen_resource_id = before.chosen_resource_id
    booking.chosen_beside_ids = before.chosen_beside_ids
    booking.length_minutes = before.length_minutes
    booking.override_kind = before.override_kind
    booking.override_reason = before.override_reason
    booking.overridden_by_id = before.overridden_by_id
    if booking.status == BookingStatus.PENDING_PAYMENT:
        limits = (booking.hold_expires_at, before.hold_expires_at)
        keep_until(booking, max((each for each in limits if each is not None), default=None), now=now)
    if booking.status == BookingStatus.PENDING_APPROVAL:
        deadline = before.hold_expires_at
        if deadline is None or deadline <= now:
            deadline = find_request_deadline(booking, now=now)
        booking.hold_expires_at = deadline
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=deadline, now=now)
