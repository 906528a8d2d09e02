"""Holds that ended: their place is free at once, and they are marked expired soon after."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from database.transactions import write_transaction
from scheduling.enums import BookingStatus
from scheduling.models import Booking
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.releases import HOLD_DUE_KIND, release
from scheduling.types import SYSTEM
from tenants.hooks import register_due_handler

BATCH = 200
ENDED_SQL = "SELECT id FROM scheduling_booking WHERE is_active AND hold_expires_at <= %s ORDER BY id LIMIT %s"


def register() -> None:
    """Do due work of the kind that holds leave."""
    register_due_handler(HOLD_DUE_KIND, expire_hold)


def expire_hold(booking_id: int, now: datetime) -> None:
    """Mark one hold expired when it has ended; safe to run twice. The handler of due work."""
    with write_transaction():
        booking = Booking.objects.select_for_update().filter(pk=booking_id).first()
        if booking is None or not is_expired(booking, now):
            return
        release(booking, BookingStatus.EXPIRED, by=SYSTEM, now=now)


def expire_due_holds(*, counters: Counters, now: datetime, except_id: int | None = None) -> None:
    """Free what ended holds still occupy in the tables, before something is written in their place.

    The caller holds its advisory locks already and writes ``counters`` last.
    """
    with connection.cursor() as cursor:
        cursor.execute(ENDED_SQL, [now, BATCH])
        ended_ids = [booking_id for (booking_id,) in cursor.fetchall() if booking_id != except_id]
    if not ended_ids:
        return
    ended = Booking.objects.filter(pk__in=ended_ids, is_active=True, hold_expires_at__lte=now)
    for booking in ended.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        release(booking, BookingStatus.EXPIRED, by=SYSTEM, now=now, counters=counters)


def is_expired(booking: Booking, now: datetime) -> bool:
    """Tell whether an active booking was only held until an instant that has passed."""
    return booking.is_active and booking.hold_expires_at is not None and booking.hold_expires_at <= now
