"""Which bookings still need a thing of the catalog: active ones that have not ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from kernel.instants import to_minutes
from scheduling.engine import LONGEST_VISIT_MINUTES
from scheduling.enums import BookingStatus
from scheduling.models import Allocation, Booking, BookingLine


class Piece(NamedTuple):
    """A stretch of a resource's time that a booking takes, buffers included, in minutes since 1970."""

    booking_id: int
    resource_id: int
    start: int
    end: int


USUAL_DAYS = 60
OVER = (BookingStatus.COMPLETED, BookingStatus.NO_SHOW)
LONGEST_BOOKING = timedelta(minutes=8 * LONGEST_VISIT_MINUTES)
"""Older starts are not even looked at: several services, with their extras."""


def count_bookings_of_resources(resource_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Map resources to how many coming bookings take them, in groups too; two queries."""
    taken = Allocation.objects.filter(resource_id__in=resource_ids, is_active=True, ends_minute__gt=to_minutes(now))
    counted: dict[int, int] = {}
    for path in ("booking", "session__bookings"):
        rows = (
            taken.filter(is_coming(now, prefix=f"{path}__"))
            .values("resource_id")
            .annotate(count=Count(path, distinct=True))
        )
        for row in rows:
            counted[row["resource_id"]] = counted.get(row["resource_id"], 0) + row["count"]
    return counted


def count_bookings_of_services(service_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Map services to how many coming bookings contain them; one query."""
    lines = BookingLine.objects.filter(is_coming(now, prefix="booking__"), service_id__in=service_ids)
    rows = lines.values("service_id").annotate(count=Count("booking", distinct=True))
    return {row["service_id"]: row["count"] for row in rows}


def count_bookings_of_types(type_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Map resource types to how many coming bookings take one of their resources; two queries."""
    taken = Allocation.objects.filter(
        resource__resource_type_id__in=type_ids, is_active=True, ends_minute__gt=to_minutes(now)
    )
    counted: dict[int, int] = {}
    for path in ("booking", "session__bookings"):
        rows = (
            taken.filter(is_coming(now, prefix=f"{path}__"))
            .values(type_id=F("resource__resource_type_id"))
            .annotate(count=Count(path, distinct=True))
        )
        for row in rows:
            counted[row["type_id"]] = counted.get(row["type_id"], 0) + row["count"]
    return counted


def count_bookings_of_locations(location_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Map locations to how many coming bookings are there; one query."""
    bookings = Booking.objects.filter(is_coming(now), location_id__in=location_ids)
    rows = bookings.values("location_id").annotate(count=Count("pk"))
    return {row["location_id"]: row["count"] for row in rows}


def count_bookings_of_add_ons(add_on_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Map add-ons to how many coming bookings contain them; one query."""
    lines = BookingLine.objects.filter(is_coming(now, prefix="booking__")).exclude(add_ons=[])
    bookings: dict[int, set[int]] = {add_on_id: set() for add_on_id in add_on_ids}
    for booking_id, add_ons in lines.values_list("booking_id", "add_ons"):
        for each in add_ons:
            if each["id"] in bookings:
                bookings[each["id"]].add(booking_id)
    return {add_on_id: len(found) for add_on_id, found in bookings.items()}


def list_coming_pieces(resource_ids: Collection[int], *, now: datetime) -> list[Piece]:
    """List what coming bookings take of resources, in groups too; two queries."""
    taken = Allocation.objects.filter(resource_id__in=resource_ids, is_active=True, ends_minute__gt=to_minutes(now))
    return [
        Piece(*row)
        for path in ("booking", "session__bookings")
        for row in taken.filter(is_coming(now, prefix=f"{path}__")).values_list(
            f"{path}__pk", "resource_id", "starts_minute", "ends_minute"
        )
    ]


def list_coming(now: datetime) -> QuerySet[Booking]:
    """Return the coming bookings, for selectors that narrow them."""
    return Booking.objects.filter(is_coming(now))


def list_bookings_of_services(service_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """List the coming bookings that contain some services; one query."""
    lines = BookingLine.objects.filter(is_coming(now, prefix="booking__"), service_id__in=service_ids)
    return frozenset(lines.values_list("booking_id", flat=True))


def list_bookings_of_locations(location_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """List the coming bookings at some locations; one query."""
    bookings = Booking.objects.filter(is_coming(now), location_id__in=location_ids)
    return frozenset(bookings.values_list("pk", flat=True))


def list_bookings_of_add_ons(add_on_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """List the coming bookings that contain some add-ons; one query."""
    lines = BookingLine.objects.filter(is_coming(now, prefix="booking__")).exclude(add_ons=[])
    wanted = set(add_on_ids)
    return frozenset(
        booking_id
        for booking_id, add_ons in lines.values_list("booking_id", "add_ons")
        if any(each["id"] in wanted for each in add_ons)
    )


def was_resource_booked(resource_id: int) -> bool:
    """Tell whether a booking ever took a resource, or asked for it."""
    asked = Booking.objects.filter(Q(chosen_resource_id=resource_id) | Q(chosen_beside_ids__contains=[resource_id]))
    return Allocation.objects.filter(resource_id=resource_id).exists() or asked.exists()


def was_service_booked(service_id: int) -> bool:
    """Tell whether any booking contains a service; a test does as well."""
    lines = BookingLine.objects.filter(service_id=service_id)
    return Booking.with_tests.filter(service_id=service_id).exists() or lines.exists()


def was_add_on_booked(add_on_id: int) -> bool:
    """Tell whether any booking contains an add-on."""
    return BookingLine.objects.filter(add_ons__contains=[{"id": add_on_id}]).exists()


def is_coming(now: datetime, *, prefix: str = "") -> Q:
    """Return the condition of bookings that are still to come or going on; ``prefix`` leads to them."""
    conditions = {
        "is_active": True,
        "ends_at__gt": now,
        "starts_at__gt": now - LONGEST_BOOKING,
    }
    if prefix:
        conditions["is_test"] = False  # bookings themselves come without tests
    is_kept = Q(**{f"{prefix}hold_expires_at__isnull": True}) | Q(**{f"{prefix}hold_expires_at__gt": now})
    is_over = Q(**{f"{prefix}status__in": OVER})
    return Q(**{f"{prefix}{name}": value for name, value in conditions.items()}) & is_kept & ~is_over


def find_usual_service(*, now: datetime) -> int | None:
    """Return the service that most visits of the last `USUAL_DAYS` were for; None: there was none. One query."""
    since = now - timedelta(days=USUAL_DAYS)
    counted = Booking.objects.filter(starts_at__gte=since, starts_at__lt=now).values("service_id")
    first = counted.annotate(count=Count("pk")).order_by("-count", "service_id").first()
    return None if first is None else int(first["service_id"])
