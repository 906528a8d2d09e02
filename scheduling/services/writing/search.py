"""Keeping the search in step with bookings, in the statement that writes them."""

from __future__ import annotations

from database.connection import write_array
from database.statements import Statement
from kernel.identity.search import Findable, list_keys
from scheduling.models import Booking
from tenants.context import current_tenant
from verticals.registry import get_vertical

KEEP_SQL = """
INSERT INTO scheduling_bookingsearch AS known (booking_id, starts_at, keys)
SELECT booking.id, booking.starts_at, %(search_keys)s::int4[] FROM booking
ON CONFLICT (booking_id) DO UPDATE SET starts_at = EXCLUDED.starts_at, keys = EXCLUDED.keys
WHERE (known.starts_at, known.keys) IS DISTINCT FROM (EXCLUDED.starts_at, EXCLUDED.keys)
"""


def add_search_part(statement: Statement, booking: Booking) -> None:
    """Let a statement with a part ``booking`` write what the booking is found by from now on.

    A hold has no words yet: nobody looks for it.
    """
    findable = describe_booking(booking)
    if findable.texts or findable.email or findable.phone:
        statement.add("search", KEEP_SQL, {"keys": write_array(list_keys(findable))})


def describe_booking(booking: Booking) -> Findable:
    """Return what a booking is found by."""
    asset = get_vertical(current_tenant().vertical).asset
    fields = asset.fields if asset else ()
    marks = (str(booking.asset_data.get(each.key, "")) for each in fields if each.is_identifier)
    return Findable(
        texts=tuple(filter(None, (booking.customer_name, booking.asset_label))),
        marks=tuple(filter(None, marks)),
        email=booking.customer_email,
        phone=booking.customer_phone,
        reference=booking.reference,
    )
