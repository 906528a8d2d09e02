"""Cancelling a booking."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from scheduling.enums import ActorKind, BookingStatus
from scheduling.policies import check_cancel
from scheduling.services.writing.inputs import clean_reason
from scheduling.services.writing.lookups import lock_booking
from scheduling.services.writing.releases import release
from scheduling.types import Actor


@write_transaction()
def cancel_booking(
    *, now: datetime, by: Actor, reason: str = "", token: str | None = None, booking_id: int | None = None
) -> None:
    """Cancel a booking: its place is free at once. Cancelling it again changes nothing.

    Customers may until the cut-off as agreed; staff may always and say why.

    Raises:
        StatusForbids, CutoffPassed, TransitionRefused, RequestInvalid: It may not be cancelled.
        TokenUnknown, BookingNotFound: There is none.
    """
    why = clean_reason(reason, is_required=by.kind == ActorKind.STAFF)
    booking = lock_booking(now=now, booking_id=booking_id, token=token)
    if booking.status == BookingStatus.CANCELLED:
        return
    check_cancel(booking, by=by, now=now)
    booking.cancelled_at = now
    booking.cancelled_by = by.kind
    booking.cancelled_reason = why
    booking.sequence += 1
    release(booking, BookingStatus.CANCELLED, by=by, now=now, reason=why)
