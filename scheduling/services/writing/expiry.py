"""Holds that ended: their place is free at once, and they are marked expired soon after."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from database.transactions import write_transaction
from scheduling.enums import ActorKind, BookingStatus
from scheduling.models import Booking
from scheduling.services.writing.allocations import free_allocations
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.types import Actor
from tenants.hooks import register_due_handler
from tenants.services.due_work import remove_due_work

DUE_KIND = "hold_expiry"
SYSTEM = Actor(kind=ActorKind.SYSTEM)
BATCH = 200
ENDED_SQL = "SELECT id FROM scheduling_booking WHERE is_active AND hold_expires_at <= %s ORDER BY id LIMIT %s"


def register() -> None:
    """Do due work of the kind that holds leave."""
    register_due_handler(DUE_KIND, expire_hold)


def expire_hold(booking_id: int, now: datetime) -> None:
    """Mark one hold expired when it has ended; safe to run twice. The handler of due work."""
    with write_transaction():
        booking = Booking.objects.select_for_update().filter(pk=booking_id).first()
        if booking is None or not is_expired(booking, now):
            return
        counters = Counters()
        expire(booking, counters=counters, now=now)
        counters.write()


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
        expire(booking, counters=counters, now=now)
        remove_due_work(kind=DUE_KIND, row_id=booking.pk)


def is_expired(booking: Booking, now: datetime) -> bool:
    """Tell whether an active booking was only held until an instant that has passed."""
    return booking.is_active and booking.hold_expires_at is not None and booking.hold_expires_at <= now


def expire(booking: Booking, *, counters: Counters, now: datetime) -> None:
    """Turn a locked, ended hold or pending booking into an expired one."""
    free_allocations(booking)
    counters.take_back(booking.rule_usage)
    booking.status = BookingStatus.EXPIRED
    booking.is_active = False
    record(booking, kind="expired", by=SYSTEM, now=now)
