"""The customer says: I will be there."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from scheduling.enums import BookingEvent, BookingStatus
from scheduling.policies import check_step, refuse_step
from scheduling.services.writing.events import record
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import CUSTOMER, Actor


@write_transaction()
def confirm_attendance(
    *, now: datetime, token: str | None = None, booking_id: int | None = None, by: Actor | None = None
) -> None:
    """Stamp a confirmed booking as confirmed by its customer; again changes nothing.

    Raises:
        StatusForbids: The state of the business does not allow it.
        TransitionRefused: The booking is not confirmed (any more).
        TokenUnknown, BookingNotFound: There is none.
    """
    check_step(by or CUSTOMER)
    booking = lock_booking(now=now, booking_id=booking_id, token=token)
    if booking.status != BookingStatus.CONFIRMED:
        raise refuse_step(booking)
    if booking.attendance_confirmed_at is not None:
        return
    booking.attendance_confirmed_at = now
    record(booking, kind=BookingEvent.ATTENDANCE_CONFIRMED, by=by or CUSTOMER, now=now)
