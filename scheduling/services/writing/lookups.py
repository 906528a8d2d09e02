"""Finding and locking the booking that someone acts on."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kernel.ids import hash_link_token
from scheduling.errors import BookingChanged, BookingNotFound, TokenUnknown
from scheduling.models import Booking
from scheduling.policies import check_link


def lock_booking(
    *, now: datetime, booking_id: int | None = None, token: str | None = None, is_ended_allowed: bool = False
) -> Booking:
    """Return and lock a booking by its id (staff) or by the token of its manage link (customer).

    ``is_ended_allowed`` is for what a customer may do however long ago the visit was.

    Raises:
        TokenUnknown: The token belongs to no booking.
        LinkEnded: The visit is long over.
        BookingNotFound: No such id.
    """
    rows = Booking.with_tests.select_for_update(of=("self",))
    return _get(rows, booking_id, token, now, is_ended_allowed=is_ended_allowed)


def read_booking(*, now: datetime, booking_id: int | None = None, token: str | None = None) -> Booking:
    """Return a booking without locking it.

    Raises:
        TokenUnknown, LinkEnded, BookingNotFound: As `lock_booking`.
    """
    return _get(Booking.with_tests.all(), booking_id, token, now)


def check_seen(booking: Booking, seen: int | None) -> None:
    """Refuse what was decided about a booking that has changed since it was seen with a number; None: never mind.

    Raises:
        BookingChanged: It has another number by now.
    """
    if seen is not None and booking.sequence != seen:
        raise BookingChanged


def _get(
    bookings: QuerySet[Booking],
    booking_id: int | None,
    token: str | None,
    now: datetime,
    *,
    is_ended_allowed: bool = False,
) -> Booking:
    if token is not None:
        booking = bookings.filter(token_hash=hash_link_token(token)).first()
        if booking is None:
            raise TokenUnknown
        if not is_ended_allowed:
            check_link(booking, now=now)
        return booking
    booking = bookings.filter(pk=booking_id or 0).first()
    if booking is None:
        raise BookingNotFound
    return booking
