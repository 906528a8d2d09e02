"""By what the bookings of customers are told about outside of this room."""

from __future__ import annotations

from collections.abc import Collection

from scheduling.models import Booking


def list_references(customer_ids: Collection[int]) -> frozenset[str]:
    """Return the references of all bookings of these customers, tests included; one query."""
    rows = Booking.with_tests.filter(customer_id__in=customer_ids).exclude(reference="")
    return frozenset(rows.values_list("reference", flat=True))
