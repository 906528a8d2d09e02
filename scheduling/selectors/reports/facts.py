"""What lists and reports of money say of bookings: little, of many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Q

from scheduling.enums import BookingStatus
from scheduling.models import Allocation, Booking, BookingLine
from scheduling.types import BookingFacts


def list_facts(booking_ids: Collection[int]) -> Mapping[int, BookingFacts]:
    """Return what is told of some bookings, by id, without tests; three queries, whatever their number."""
    if not booking_ids:
        return {}
    rows = list(Booking.objects.filter(pk__in=booking_ids).select_related("service").order_by("pk"))
    lines: dict[int, list[str]] = defaultdict(list)
    found = BookingLine.objects.filter(booking_id__in=[row.pk for row in rows]).order_by("booking_id", "position")
    for booking_id, name in found.values_list("booking_id", "service_name"):
        lines[booking_id].append(name)
    people = _list_people(rows)
    return {
        row.pk: BookingFacts(
            id=row.pk,
            reference=row.reference,
            status=BookingStatus(row.status),
            starts_at=row.starts_at,
            customer_name=row.customer_name,
            price_minor=row.price_minor,
            currency=row.currency,
            service_id=row.service_id,
            services=tuple(lines[row.pk]) or (row.service.name,),
            people=people[row.pk, row.session_id],
        )
        for row in rows
    }


def _list_people(rows: Collection[Booking]) -> Mapping[tuple[int, int | None], Mapping[int, str]]:
    """Return whom the customers meet; of a booking that is over, whom they would have met last."""
    sessions = {row.session_id for row in rows if row.session_id is not None}
    taken = (
        Allocation.objects.filter(Q(booking_id__in=[row.pk for row in rows]) | Q(session_id__in=sessions))
        .filter(resource__resource_type__is_person=True)
        .order_by("-is_active", "part_index", "starts_at", "pk")
        .values_list("booking_id", "session_id", "is_active", "resource_id", "resource__name")
    )
    found: dict[tuple[int | None, int | None], dict[int, str]] = defaultdict(dict)
    is_active_of: dict[tuple[int | None, int | None], bool] = {}
    for booking_id, session_id, is_active, resource_id, name in taken:
        key = (booking_id, session_id)
        if is_active_of.setdefault(key, is_active) == is_active:  # those that are active come first
            found[key].setdefault(resource_id, name)
    return {
        (row.pk, row.session_id): found[(row.pk, None) if row.session_id is None else (None, row.session_id)]
        for row in rows
    }
