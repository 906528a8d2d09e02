"""A booking among the others that were booked with it, as a series; and all series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from kernel.page import Page, cut_page, limit_rows, read_cursor
from scheduling.enums import BookingStatus
from scheduling.errors.customers import SeriesNotFound
from scheduling.models import Booking, Series
from scheduling.selectors.bookings.views import list_views
from scheduling.types import BookingView, SeriesMember, SeriesRow

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
    def ended_together(self) -> tuple[BookingView, ...]:
        """Return, by start, all that one act canceled, the one that is looked at among them; none where it stands."""
        ended = (self.own, *self.ended_with) if self.own.cancelled_at is not None else ()
        return tuple(sorted(ended, key=lambda each: (each.starts_at, each.id)))

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


def list_ended_together(booking: BookingView, *, is_customers: bool) -> tuple[BookingView, ...]:
    """Return, by start, what one act canceled together with a booking, itself among them; itself where it stands.

    ``is_customers``: of those alone whose messages go to the same contacts.
    """
    series = find_series(booking, is_customers=is_customers)
    return (series.ended_together if series is not None else ()) or (booking,)


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


def get_series(*, series_id: int) -> SeriesRow:
    """Return a series; two queries.

    Raises:
        SeriesNotFound: There is none.
    """
    row = _list_rows().filter(pk=series_id).first()
    if row is None:
        raise SeriesNotFound
    return _view(row)


def list_series(*, customer_id: int | None = None, cursor: str = "", limit: int = 50) -> Page[SeriesRow]:
    """List series, the newest first; two queries. ``customer_id``: those with a booking of that customer.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    size = limit_rows(limit)
    rows = _list_rows()
    if customer_id is not None:
        theirs = Booking.objects.filter(customer_id=customer_id).exclude(series=None)
        rows = rows.filter(pk__in=theirs.values("series_id"))
    if cursor:
        (last_id,) = read_cursor(cursor, int)
        rows = rows.filter(pk__lt=last_id)
    return cut_page(list(rows.order_by("-pk")[: size + 1]), limit=size, view=_view, key=lambda row: (row.pk,))


def _list_rows() -> QuerySet[Series]:
    bookings = Booking.objects.order_by("starts_at", "pk")
    return Series.objects.prefetch_related(Prefetch("bookings", queryset=bookings, to_attr="made"))


def _view(row: Series) -> SeriesRow:
    made: list[Booking] = row.made  # type: ignore[attr-defined]
    return SeriesRow(
        id=row.pk,
        rule=row.rule,
        created_at=row.created_at,
        bookings=tuple(
            SeriesMember(
                id=each.pk,
                reference=each.reference,
                status=BookingStatus(each.status),
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                customer_id=each.customer_id,
            )
            for each in made
        ),
    )
