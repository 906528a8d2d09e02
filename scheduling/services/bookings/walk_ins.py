"""Somebody is here without a booking: one is made that begins now."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from database.transactions import write_transaction
from kernel.text import mark
from scheduling.enums import BookingSource
from scheduling.errors import RequestInvalid
from scheduling.models import Booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.bookings.transitions import mark_arrived
from scheduling.types import Actor, DepositChoice, OverrideReason, SlotRequest, SubmittedBooking, VisitDetails, Wish

IS_HERE = mark("The customer is here: everything is paid at the business.")
NOT_TODAY = mark("Whoever is here is seen today. Book another day without marking them as here.")


def next_minute(instant: datetime) -> datetime:
    """Return the whole minute that begins then or next: the earliest start of somebody who is here."""
    whole = instant.replace(second=0, microsecond=0)
    return whole if whole == instant else whole + timedelta(minutes=1)


def book_walk_in(
    *,
    wish: Wish,
    details: VisitDetails,
    now: datetime,
    by: Actor,
    starts_at: datetime | None = None,
    override: OverrideReason | None = None,
) -> SubmittedBooking:
    """Book the first who is free (or who was chosen) from now on, and mark the customer as arrived.

    ``starts_at`` is a later time of this day for somebody who waits; None: `next_minute`. Notice, window and grid
    do not bind staff, and a contact is not needed. No deposit is asked: who is here pays here.

    Raises:
        RequestInvalid: The time is of another day than today, on the clock of the place.
        As `book_slot`.
    """
    at_once = next_minute(now)
    with write_transaction():
        booked = book_slot(
            request=SlotRequest(wish, starts_at or at_once),
            details=details,
            now=now,
            source=BookingSource.WORKSPACE,
            by=by,
            override=override,
            deposit=DepositChoice(is_asked=False, reason=gettext(IS_HERE)),
        )
        # Who comes in the last minute of a day is seen in the first of the next.
        if starts_at not in {None, at_once} and not _is_today(booked.booking_id, now=now):
            raise RequestInvalid(errors={"starts_at": (NOT_TODAY,)})
        mark_arrived(booking_id=booked.booking_id, now=now, by=by)
    return booked


def _is_today(booking_id: int, *, now: datetime) -> bool:
    booking = Booking.objects.only("agreed_on", "agreed_timezone").get(pk=booking_id)
    return booking.agreed_on == now.astimezone(ZoneInfo(booking.agreed_timezone)).date()
