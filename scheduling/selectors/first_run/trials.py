"""Test bookings that were not deleted yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduling.enums import BookingStatus
from scheduling.models import Booking

MOST = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """A test booking in a list."""

    id: int
    reference: str
    status: BookingStatus
    starts_at: datetime
    timezone: str
    service_name: str


def list_tests() -> tuple[Trial, ...]:
    """List the newest tests; one query."""
    rows = Booking.with_tests.filter(is_test=True).select_related("service", "location").order_by("-pk")[:MOST]
    return tuple(
        Trial(
            id=row.pk,
            reference=row.reference,
            status=BookingStatus(row.status),
            starts_at=row.starts_at,
            timezone=row.location.timezone,
            service_name=row.service.name,
        )
        for row in rows
    )
