"""What a person takes along: of each of their own visits what its own page gives, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scheduling.selectors.aftercare.own_data import collect_own_data
from scheduling.selectors.bookings.visits import list_visits
from scheduling.types import BookingView
from tenants.context import current_tenant

MOST_PAGES = 200
"""Of past visits: nobody has more of ten each, and no address asks for endless work."""


def describe_own_data(*, contact: str, now: datetime) -> dict[str, object]:
    """Return what is kept about each visit of a contact, the coming ones first, as `collect_own_data` says it."""
    name = current_tenant().name
    return {
        "business": name,
        "contact": contact,
        "made_at": now.isoformat(),
        "visits": [collect_own_data(each, business_name=name) for each in _walk(contact, now)],
    }


def _walk(contact: str, now: datetime) -> Iterator[BookingView]:
    cursor = ""
    for _ in range(MOST_PAGES):
        found = list_visits(contact=contact, now=now, cursor=cursor)
        yield from found.coming
        yield from found.past
        if found.next_cursor is None:
            return
        cursor = found.next_cursor
