"""How a booking gives back what it takes, for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from scheduling.enums import BookingEvent, BookingStatus
from scheduling.models import Booking
from scheduling.services.writing.allocations import free_allocations, free_allocations_together
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record, record_together
from scheduling.types import Actor
from tenants.services.due_work import remove_due_work

HOLD_DUE_KIND = "hold_expiry"
"""The due work of a booking that ends by itself; `writing.expiry` does it."""
ENDINGS: Mapping[BookingStatus, BookingEvent] = {
    BookingStatus.CANCELLED: BookingEvent.CANCELLED,
    BookingStatus.DECLINED: BookingEvent.DECLINED,
    BookingStatus.EXPIRED: BookingEvent.EXPIRED,
}
"""The statuses that take nothing, and what is said of them."""
PREVIOUS = "previous_status"
"""In those events: what ended."""


def release(
    booking: Booking,
    status: BookingStatus,
    *,
    by: Actor,
    now: datetime,
    counters: Counters | None = None,
    reason: str = "",
    extra: Mapping[str, object] | None = None,
) -> None:
    """End a locked, active booking in a status that takes nothing: its place is free at once.

    The booking is written as it is now, with its history and the event ``booking.<status>``.
    The caller writes ``counters`` last; without them they are written here. ``extra`` goes into the event.
    """
    own = Counters() if counters is None else counters
    free_allocations(booking)
    own.take_back(booking)
    previous, booking.status = booking.status, status
    booking.is_active = False
    said = {PREVIOUS: str(previous), **(extra or {})}
    record(booking, kind=ENDINGS[status], by=by, now=now, reason=reason, extra=said)
    remove_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk)
    if counters is None:
        own.write()


def release_together(
    bookings: Sequence[Booking], status: BookingStatus, *, by: Actor, now: datetime, counters: Counters
) -> None:
    """Do what `release` does for any number of locked, active bookings, in a number of statements that stays.

    Only groups cost more: each of them is settled once. The caller writes ``counters`` last.
    """
    free_allocations_together(bookings)
    extras = [{PREVIOUS: str(booking.status)} for booking in bookings]
    for booking in bookings:
        counters.take_back(booking)
        booking.status = status
        booking.is_active = False
    record_together(bookings, kind=ENDINGS[status], by=by, now=now, due_kind=HOLD_DUE_KIND, extras=extras)
