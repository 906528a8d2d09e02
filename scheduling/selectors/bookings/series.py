"""A booking among the others that were booked with it, as a series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from scheduling.models import Booking
from scheduling.selectors.bookings.views import list_views
from scheduling.types import BookingView

FREQUENCY, INTERVAL = re.compile(r"\bFREQ=([A-Z]+)"), re.compile(r"\bINTERVAL=(\d+)")


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series, as one of its bookings sees it.

    Attributes:
        frequency: How often it was booked, a word of RFC 5545 such as ``WEEKLY``; ``interval``: every how many of them.
        own: The booking that is looked at.
        bookings: All of them by start, those that were cancelled included.
    """

    frequency: str
    interval: int
    own: BookingView
    bookings: tuple[BookingView, ...]

    @property
    def position(self) -> int:
        """Return which one is looked at; the first is 1."""
        return self.bookings.index(self.own) + 1

    @property
    def others(self) -> tuple[BookingView, ...]:
        """Return all but the one that is looked at."""
        return tuple(each for each in self.bookings if each.id != self.own.id)

    @property
    def after(self) -> tuple[BookingView, ...]:
        """Return those that come after it."""
        return self.bookings[self.position :]

    @property
    def until(self) -> datetime:
        """Return when the last one is."""
        return self.bookings[-1].starts_at

    @property
    def ended_with(self) -> tuple[BookingView, ...]:
        """Return the others that one act cancelled together with it."""
        if self.own.cancelled_at is None:
            return ()
        ends = (self.own.status, self.own.cancelled_at)
        return tuple(each for each in self.others if (each.status, each.cancelled_at) == ends)


def find_series(booking: BookingView, *, is_customers: bool) -> SeriesView | None:
    """Return the series of a booking; None where it has none, or no other booking of it is left.

    In a fixed number of queries. ``is_customers``: as whoever reads its messages may see it. Another date may have been
    given to somebody else.
    """
    if booking.series_id is None:
        return None
    rows = dict(list_of_series(booking, is_customers=is_customers).values_list("pk", "series__rule"))
    if not rows.keys() > {booking.id}:
        return None
    views = sorted(list_views(rows), key=lambda each: (each.starts_at, each.id))
    frequency, interval = FREQUENCY.search(rows[booking.id]), INTERVAL.search(rows[booking.id])
    return SeriesView(
        frequency=frequency[1] if frequency else "",
        interval=int(interval[1]) if interval else 1,
        own=next(each for each in views if each.id == booking.id),
        bookings=tuple(views),
    )


def list_of_series(booking: Booking | BookingView, *, is_customers: bool) -> QuerySet[Booking]:
    """List the bookings of a booking's series, itself among them; none where it has none.

    ``is_customers``: those alone whose messages go to the same contacts.
    """
    if booking.series_id is None:
        return Booking.objects.none()
    rows = Booking.objects.filter(series_id=booking.series_id)
    if is_customers:
        rows = rows.filter(customer_email=booking.customer_email, customer_phone=booking.customer_phone)
    return rows
