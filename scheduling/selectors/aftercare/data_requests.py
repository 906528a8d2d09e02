"""What customers want of the data that is kept about them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from kernel.law.clocks import Place
from kernel.law.persons import Right, find_deadlines, find_privacy_law
from scheduling.enums import DataRequestKind
from scheduling.models import DataRequest
from scheduling.types.aftercare.views import RIGHTS, DataRequestView
from tenants.context import current_tenant

MOST_WAITING = 200


def list_requests_of(*, booking_id: int) -> tuple[DataRequestView, ...]:
    """List what was asked with the link of a booking, oldest first; one query."""
    return list_requests_of_all([booking_id])


def list_requests_of_all(booking_ids: Collection[int]) -> tuple[DataRequestView, ...]:
    """List what was asked with the links of several bookings, oldest first; one query."""
    return _view_all(DataRequest.objects.filter(booking_id__in=booking_ids).order_by("asked_at", "pk"))


def list_open_requests() -> tuple[DataRequestView, ...]:
    """List what waits, whatever has waited longest first; one query."""
    waiting = DataRequest.objects.filter(done_at=None, booking__is_test=False)
    return _view_all(waiting.order_by("asked_at", "pk")[:MOST_WAITING])


def is_earlier_open(*, right: Right, booking_id: int | None = None, customer_id: int | None = None) -> bool:
    """Tell whether a right was asked for in the earlier way, by a booking or a customer, and waits; one query."""
    kinds = [kind for kind, each in RIGHTS.items() if each is right]
    whose = Q(booking_id=booking_id) if customer_id is None else Q(booking__customer_id=customer_id)
    return DataRequest.objects.filter(whose, kind__in=kinds, done_at=None).exists()


def _view_all(rows: QuerySet[DataRequest]) -> tuple[DataRequestView, ...]:
    return tuple(map(_view, rows.select_related("booking__location")))


def _view(row: DataRequest) -> DataRequestView:
    kind, location = DataRequestKind(row.kind), row.booking.location
    place = Place(current_tenant().country, location.timezone, location.region)
    return DataRequestView(
        id=row.pk,
        booking_id=row.booking_id,
        kind=kind,
        text=row.text,
        asked_at=row.asked_at,
        done_at=row.done_at,
        answer=row.answer,
        customer_name=row.booking.customer_name,
        reference=row.booking.reference,
        timezone=location.timezone,
        deadline=find_deadlines(RIGHTS[kind], asked_at=row.asked_at, place=place).answer,
        law=find_privacy_law(place.country),
    )
