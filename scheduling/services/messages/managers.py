"""What owners and managers are told beside what customers do: a request that waits, a booking that lies over another.

A request that nobody answers expires at the end of its time (`writing.expiry`), and its customer is told
(`messages.events`); when half of that time is gone, the business is nudged, while somebody works there.
"""

from __future__ import annotations

from datetime import datetime

from accounts.selectors.staff import list_managers
from notifications.services.messages import tell
from notifications.types.messages import Recipient
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.words import make_business_words, make_subject
from scheduling.services.messages.working_time import find_working_instant
from scheduling.types import BookingView
from tenants.hooks import register_due_handler
from tenants.services.due_work import add_due_work

DUE_KIND = "request_nudge"


def plan_nudge(booking: BookingView, *, now: datetime) -> None:
    """Nudge the business about a request that was asked ``now``, in the middle of the time it has; safe to repeat.

    Nobody is woken: it is the working time nearest to the middle.
    """
    if booking.answer_by is not None:
        middle, place_id = now + (booking.answer_by - now) / 2, booking.location_id
        due_at = find_working_instant(wanted=middle, begins=now, ends=booking.answer_by, location_id=place_id)
        add_due_work(kind=DUE_KIND, row_id=booking.id, due_at=due_at, now=now)


def nudge_business(booking_id: int, now: datetime) -> None:
    """Tell owners and managers that a request still waits (handler of due work); safe to run twice.

    Once for each time that the customer asked for.
    """
    try:
        booking = get_booking(booking_id=booking_id)
    except BookingNotFound:
        return  # removed since
    if booking.answer_by is None or booking.answer_by <= now or booking.is_sample:
        return  # answered, or too late to be
    tell(
        recipients=[
            Recipient(email=reader.email, locale=reader.locale)
            for reader in list_managers(notice="business_request_waiting")
        ],
        template="business_request_waiting",
        about=make_subject(booking.id),
        words=make_business_words(booking, previous=None),
        key=f"request:{booking.id}:{booking.sequence}:nudge",
        now=now,
        reply_to=booking.customer_email,
        expires_at=booking.answer_by,
        limit="messages_business",
    )


def tell_clash(booking: BookingView, *, key: str, now: datetime) -> None:
    """Tell owners and managers that a booking lies over another one since the clocks of the country changed."""
    tell(
        recipients=[
            Recipient(email=reader.email, locale=reader.locale)
            for reader in list_managers(notice="business_clock_clash")
        ],
        template="business_clock_clash",
        about=make_subject(booking.id),
        words=make_business_words(booking, previous=None),
        key=key,
        now=now,
        reply_to=booking.customer_email,
        limit="messages_business",
    )


def register() -> None:
    """Do due work of the kind that `plan_nudge` leaves."""
    register_due_handler(DUE_KIND, nudge_business)
