"""What a person takes along: everything that their own visits say of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scheduling.selectors.bookings.visits import list_visits
from scheduling.types import BookingView
from tenants.context import current_tenant

MOST_PAGES = 200
"""Of past visits: nobody has more of ten each, and no address asks for endless work."""


def describe_own_data(*, contact: str, now: datetime) -> dict[str, object]:
    """Return all visits of a contact, the coming ones first, as JSON holds them; instants in UTC."""
    return {
        "business": current_tenant().name,
        "contact": contact,
        "made_at": now.isoformat(),
        "visits": [_describe(each) for each in _walk(contact, now)],
    }


def _walk(contact: str, now: datetime) -> Iterator[BookingView]:
    cursor = ""
    for _ in range(MOST_PAGES):
        found = list_visits(contact=contact, now=now, cursor=cursor)
        if not cursor:
            yield from found.coming
        yield from found.past
        if found.next_cursor is None:
            return
        cursor = found.next_cursor


def _describe(booking: BookingView) -> dict[str, object]:
    return {
        "reference": booking.reference,
        "status": booking.status,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "timezone": booking.timezone,
        "place": booking.location_name,
        "services": [[line.name, *line.add_on_names] for line in booking.lines] or [[booking.service_name]],
        "people": list(booking.people),
        "price_minor": booking.price_minor,
        "currency": booking.currency,
        "party_size": booking.party_size,
        "name": booking.customer_name,
        "phone": booking.customer_phone,
        "email": booking.customer_email,
        "about": dict(booking.asset_data),
        "answers": dict(booking.answers),
        "note": booking.note,
        "wants_reminders": booking.wants_reminders,
        "booked_at": booking.created_at.isoformat(),
    }
