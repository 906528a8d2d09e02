"""What a customer is still to pay before their booking is confirmed."""

from __future__ import annotations

from datetime import datetime

from billing.selectors.accounts import find_open_doors
from billing.types import AskedDeposit
from scheduling.enums import BookingStatus
from scheduling.types import BookingView


def find_asked_deposit(booking: BookingView, *, now: datetime) -> AskedDeposit | None:
    """Return what a booking waits for; None: nothing (any more). One query where it does."""
    limit = booking.hold_expires_at
    if booking.status != BookingStatus.PENDING_PAYMENT or limit is None or limit <= now:
        return None
    doors = find_open_doors(amount_minor=booking.deposit_minor, currency=booking.currency)
    return AskedDeposit(booking.deposit_minor, booking.currency, limit, doors)
