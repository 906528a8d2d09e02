"""Taking the last step back: a visit that was marked too early, a booking that was cancelled by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from database.transactions import LostRace, run_write
from kernel.instants import to_instant
from scheduling import hooks
from scheduling.enums import BookingEvent, BookingStatus
from scheduling.models import Booking
from scheduling.policies import TAKEN_BACK, check_step, refuse_step
from scheduling.selectors.availability.plans import Plan, load_plan_at, narrow_plan
from scheduling.selectors.bookings.deadlines import find_request_deadline
from scheduling.selectors.bookings.history import LastStep, Past, find_last_step
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.bookings.returning import find_place_again
from scheduling.services.editions import plans_anew
from scheduling.services.writing.allocations import forget_allocations, list_resource_ids, write_allocations
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import clear_way
from scheduling.services.writing.lookups import lock_booking, read_booking
from scheduling.services.writing.placement import Place, PlaceRefused, explain_refusal
from scheduling.services.writing.records import list_place_usage, note_rules_and_group
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.types import Actor
from tenants.services.due_work import add_due_work


@plans_anew
def undo_step(
    *,
    booking_id: int,
    status: BookingStatus,
    now: datetime,
    by: Actor,
    extra: Mapping[str, object] | None = None,
) -> None:
    """Take back the step that led to ``status``: the booking stands where it stood before. Again changes nothing.

    Arrived, begun, finished, not come, cancelled and declined can be taken back, as long as nothing has
    happened since. What was cancelled or declined takes its people and things again, and no others; what lay
    over the rules lies over them again, but not over a booking that came there meanwhile. ``extra`` goes into its
    event.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        TransitionRefused: The booking stands elsewhere by now, or there is nothing before.
        SlotTaken, SlotUnavailable: Somebody has the place now; the booking stays as it is.
        BookingNotFound: There is none.
    """
    check_step(by)
    said = {"undone": str(status), **(extra or {})}

    def work(*, is_pessimistic: bool) -> None:
        seen = read_booking(now=now, booking_id=booking_id)
        back = _find_back(seen, status)
        if back is None:
            return
        counters = Counters()
        planned: tuple[Plan, Place] | None = None
        is_over = False
        if not seen.is_active:
            plan, place, is_over = _find_old_place(seen, now=now, is_pessimistic=is_pessimistic)
            planned = plan, place
            clear_way(place, list_place_usage(plan, place), counters=counters, now=now, own_id=booking_id)
        booking = lock_booking(now=now, booking_id=booking_id)
        if (booking.sequence, booking.status) != (seen.sequence, seen.status):
            raise LostRace
        if planned is None:
            _step_back(booking, back)
            record(booking, kind=BookingEvent.UNDONE, by=by, now=now, extra=said)
            return
        _restore(booking, planned, back, counters=counters, now=now)
        record(booking, kind=BookingEvent.RESTORED, by=by, now=now, extra=said)
        write_allocations(planned[1], booking, now=now)
        counters.write(is_override=is_over)
        hooks.tell_return(booking_id)

    try:
        run_write(work)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused


def _find_back(booking: Booking, status: BookingStatus) -> Past | None:
    """Return where the booking goes; None when it is there already.

    Raises:
        TransitionRefused: It cannot go back from ``status``, or stands elsewhere.
    """
    last: LastStep | None = find_last_step(booking_id=booking.pk)
    if last is None:
        raise refuse_step(booking)
    if booking.status != status and last.undone == status:
        return None
    before = last.before
    is_here = booking.status == status == last.status
    if not is_here or before is None or before.status not in TAKEN_BACK.get(status, frozenset()):
        raise refuse_step(booking)
    return before


def _step_back(booking: Booking, back: Past) -> None:
    booking.status = back.status
    booking.arrived_at = back.arrived_at
    booking.started_at = back.started_at
    booking.completed_at = back.completed_at
    booking.pause_state, booking.paused_at = "", None


def _find_old_place(booking: Booking, *, now: datetime, is_pessimistic: bool) -> tuple[Plan, Place, bool]:
    """Find the place where the booking was, with the same people and things; and whether it lies over the rules.

    A visit that should have begun meanwhile is looked at as of its start.

    Raises:
        PlaceRefused: It is not free.
        SlotTaken: Who had it does not do this any more, or has another booking there since.
    """
    plan = load_plan_at(wish=wish_of(booking), starts_at=booking.starts_at, is_agreed=True)
    narrowed = narrow_plan(plan, list_resource_ids(booking))
    return find_place_again(
        booking,
        narrowed,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        is_over_allowed=bool(booking.override_kind),
        now=now,
        is_pessimistic=is_pessimistic,
    )


def _restore(booking: Booking, planned: tuple[Plan, Place], back: Past, *, counters: Counters, now: datetime) -> None:
    """Let an ended booking, whose place is free, be as it was."""
    plan, place = planned
    forget_allocations(booking)
    _step_back(booking, back)
    booking.is_active = True
    booking.is_sole = False
    booking.ends_at = to_instant(place.end_minute)
    booking.hold_expires_at = None
    booking.cancelled_at = None
    booking.cancelled_by = booking.cancelled_reason = booking.cancelled_cause = ""
    booking.sequence += 1
    if back.status == BookingStatus.PENDING_APPROVAL:
        booking.hold_expires_at = find_request_deadline(booking, now=now)
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=booking.hold_expires_at, now=now)
    note_rules_and_group(plan, place, booking, counters=counters)
