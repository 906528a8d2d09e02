"""Finding and locking the booking that someone acts on."""

from __future__ import annotations

from kernel.ids import hash_token
from scheduling.errors import BookingNotFound, TokenUnknown
from scheduling.models import Booking


def lock_booking(*, booking_id: int | None = None, token: str | None = None) -> Booking:
    """Return and lock a booking by its id (staff) or by the token of its manage link (customer).

    Raises:
        TokenUnknown: The token belongs to no booking.
        BookingNotFound: No such id.
    """
    bookings = Booking.objects.select_for_update(of=("self",))
    if token is not None:
        booking = bookings.filter(token_hash=hash_token(token)).first()
        if booking is None:
            raise TokenUnknown
        return booking
    booking = bookings.filter(pk=booking_id or 0).first()
    if booking is None:
        raise BookingNotFound
    return booking


def find_booking(*, booking_id: int | None = None, token: str | None = None) -> Booking:
    """Return a booking without locking it.

    Raises:
        TokenUnknown, BookingNotFound: As `lock_booking`.
    """
    if token is not None:
        booking = Booking.objects.filter(token_hash=hash_token(token)).first()
        if booking is None:
            raise TokenUnknown
        return booking
    booking = Booking.objects.filter(pk=booking_id or 0).first()
    if booking is None:
        raise BookingNotFound
    return booking
