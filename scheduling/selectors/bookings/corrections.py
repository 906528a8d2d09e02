"""What a booking says that can be corrected, and which corrections there were."""

from __future__ import annotations

import json
from hashlib import sha256

from scheduling.models import Booking
from scheduling.types import BookingView

CORRECTABLE = ("customer_name", "customer_phone", "customer_email", "asset_label", "asset_data", "note", "price_minor")
"""Columns, as the booking and its history have them."""


def mark_state(booking: Booking | BookingView) -> str:
    """Return a mark of what can be corrected: another one as soon as somebody has corrected it."""
    values = [getattr(booking, name) for name in CORRECTABLE]
    text = json.dumps([dict(each) if isinstance(each, dict) else each for each in values], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]
