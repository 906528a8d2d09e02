"""What a person takes along: of each of their own visits what its own page gives, and their places on the waitlist."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from scheduling.selectors.aftercare.own_data import collect_own_data, collect_waiting
from scheduling.selectors.bookings.visits import list_all_visits
from scheduling.selectors.waitlist.entries import list_entries_of
from tenants.context import current_tenant


def describe_own_data(*, token: str, contact: str, cursor: str, now: datetime) -> dict[str, object]:
    """Return what is kept about the visits of a contact, the last one first, and of what they wait for.

    Very many visits are several files: ``next`` is the address of the one with earlier ones.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    name = current_tenant().name
    page = list_all_visits(contact=contact, cursor=cursor)
    earlier = f"{reverse('booking:own_data', args=[token])}?after={page.next_cursor}" if page.next_cursor else None
    return {
        "business": name,
        "contact": contact,
        "made_at": now.isoformat(),
        "visits": collect_own_data(page.rows, business_name=name),
        "waitlist": () if cursor else collect_waiting(list_entries_of(contact)),
        "next": earlier,
    }
