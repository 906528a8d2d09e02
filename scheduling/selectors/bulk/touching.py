"""Which bookings a decision about many is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from kernel.instants import to_instant, to_minutes
from scheduling.engine import list_midnights
from scheduling.enums import BookingStatus
from scheduling.models import Allocation, Booking, Location
from scheduling.selectors.bookings.coming import AWAITED
from scheduling.selectors.bookings.views import list_views
from scheduling.selectors.catalog.usage import list_coming_pieces
from scheduling.types import BookingView


def list_served(
    *, resource_id: int, starts_at: datetime, ends_at: datetime, now: datetime, is_held: bool = False
) -> tuple[BookingView, ...]:
    """List the bookings for which somebody or something is needed in a period, by start.

    They are to come, or to go on; with ``is_held`` only times that somebody keeps while filling in a page, else none
    of those. What is after its start has begun, or waits for somebody who is late.
    """
    first, last = to_minutes(starts_at), to_minutes(ends_at)
    pieces = list_coming_pieces([resource_id], now=now)
    wanted = {piece.booking_id for piece in pieces if piece.start < last and piece.end > first}
    views = (view for view in list_views(wanted) if (view.status == BookingStatus.HELD) is is_held)
    return _sort(views)


def list_of_days(
    *, location_id: int, first: date, last: date, now: datetime, resource_id: int | None = None
) -> tuple[BookingView, ...]:
    """List the bookings of a location that begin on local dates and are still expected, by start.

    ``resource_id`` narrows to those whom somebody serves.
    """
    from_at, to_at = find_span(location_id=location_id, first=first, last=last)
    rows = Booking.objects.filter(
        location_id=location_id, starts_at__gte=from_at, starts_at__lt=to_at, ends_at__gt=now, status__in=AWAITED
    )
    if resource_id is not None:
        rows = rows.filter(_is_served_by(resource_id))
    return _view(rows)


def find_span(*, location_id: int, first: date, last: date) -> tuple[datetime, datetime]:
    """Return when local dates of a location begin and end: from midnight to midnight, whatever the clock does."""
    timezone = Location.objects.values_list("timezone", flat=True).get(pk=location_id)
    days = (last - first).days + 1
    midnights = list_midnights(timezone, first, days)
    return to_instant(midnights[0]), to_instant(midnights[-1])


def list_of_customer(*, customer_id: int, now: datetime) -> tuple[BookingView, ...]:
    """List the bookings to come of a customer, and those that they pay for others, by start."""
    is_theirs = Q(customer_id=customer_id) | Q(payer_id=customer_id)
    return _view(Booking.objects.filter(is_theirs, status__in=AWAITED, starts_at__gt=now))


def list_of_group(*, booking_id: int, now: datetime) -> tuple[BookingView, ...]:
    """List the bookings that share a group with one, itself too, as long as it is to come, by start."""
    own = Booking.objects.filter(pk=booking_id, status__in=AWAITED, starts_at__gt=now).first()
    if own is None:
        return ()
    if own.session_id is None:
        return _view(Booking.objects.filter(pk=own.pk))
    return _view(Booking.objects.filter(session_id=own.session_id, status__in=AWAITED))


def _is_served_by(resource_id: int) -> Q:
    taken = Allocation.objects.filter(resource_id=resource_id, is_active=True)
    return Q(pk__in=taken.values("booking_id")) | Q(session_id__in=taken.exclude(session=None).values("session_id"))


def _view(rows: QuerySet[Booking]) -> tuple[BookingView, ...]:
    return _sort(list_views(rows.values_list("pk", flat=True)))


def _sort(views: Iterable[BookingView]) -> tuple[BookingView, ...]:
    return tuple(sorted(views, key=lambda view: (view.starts_at, view.id)))
