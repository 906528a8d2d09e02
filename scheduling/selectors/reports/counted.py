"""Which bookings reports count: one condition each, for the figures and for the list that a figure leads to."""

from __future__ import annotations

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from scheduling.enums import BookingSource, BookingStatus, ReportDoor
from scheduling.models import Allocation, Booking
from scheduling.types.reports import ReportDays, ReportFilters

COUNTED = (
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
    BookingStatus.CANCELLED,
)
KEPT = tuple(status for status in COUNTED if status != BookingStatus.CANCELLED)
ONLINE = (BookingSource.PAGE, BookingSource.WIDGET)
LEAD_HOURS = (1, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24)
IS_COUNTED = Q(status__in=COUNTED, is_sample=False)
"""Tests are no bookings at all: ``Booking.objects`` does not know them."""

_IS_WALK_IN = Q(source=BookingSource.WORKSPACE, arrived_at=F("created_at"))
DOOR: Combinable = Case(
    When(_IS_WALK_IN, then=Value(ReportDoor.WALK_IN.value)), default=F("source"), output_field=CharField()
)


def list_counted(days: ReportDays, filters: ReportFilters) -> QuerySet[Booking]:
    """Return the bookings that begin in these days and count; it becomes part of a query at once."""
    found = Booking.objects.filter(IS_COUNTED, starts_at__gte=days.since, starts_at__lt=days.until).order_by()
    if filters.location_id is not None:
        found = found.filter(location_id=filters.location_id)
    if filters.service_id is not None:
        found = found.filter(service_id=filters.service_id)
    if filters.resource_id is not None:
        found = found.filter(was_with(filters.resource_id))
    return found.filter(came_through(filters.door)) if filters.door else found


def list_earlier(days: ReportDays) -> QuerySet[Booking]:
    """Return the visits that took or take place before these days, whatever narrows a report."""
    return Booking.objects.filter(status__in=KEPT, is_sample=False, starts_at__lt=days.since).order_by()


def came_through(door: str) -> Q:
    """Tell of a booking whether it came through a door; an unknown one leaves nothing."""
    if door == ReportDoor.WALK_IN:
        return _IS_WALK_IN
    if door == ReportDoor.DESK:
        return Q(source=door) & (Q(arrived_at=None) | ~Q(arrived_at=F("created_at")))
    return Q(source=door)


def was_with(resource_id: int) -> Q:
    """Tell of a booking whether it takes a resource, or took it last where it takes nothing any more."""
    taken = Allocation.objects.filter(
        Q(booking_id=OuterRef("pk")) | Q(session_id=OuterRef("session_id"))
    )  # of a group, what all of it takes
    own = taken.filter(resource_id=resource_id)
    # Looking once through what the resource has leaves few bookings to look at one by one.
    all_own = Allocation.objects.filter(resource_id=resource_id)
    reached = Q(pk__in=all_own.filter(booking__isnull=False).values("booking_id")) | Q(
        session_id__in=all_own.filter(session__isnull=False).values("session_id")
    )
    return reached & (Q(Exists(own.filter(is_active=True))) | ~Q(Exists(taken.filter(is_active=True))))
