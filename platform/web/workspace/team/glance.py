"""What stands beside the form of a resource: its next appointments, and the services that ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduling.selectors.bookings.views import list_bookings
from scheduling.selectors.catalog.needs import ResourceUses, get_resource_uses
from scheduling.services.visits.person_links import make_person_key
from scheduling.types import BookingFilters, BookingRow
from tenants.context import current_tenant
from tenants.hosts import make_base_url

MOST_BOOKINGS = 5


@dataclass(frozen=True, slots=True)
class Glance:
    """A resource at a glance; ``bookings`` are the next ones, ``link`` is the page with nobody else to choose."""

    bookings: tuple[BookingRow, ...]
    uses: ResourceUses
    link: str


def look_at(resource_id: int, *, now: datetime) -> Glance:
    """Return a resource at a glance; four queries."""
    filters = BookingFilters(resource_id=resource_id, starts_after=now, limit=MOST_BOOKINGS)
    return Glance(
        bookings=tuple(list_bookings(filters).rows),
        uses=get_resource_uses(resource_id=resource_id),
        link=f"{make_base_url(current_tenant().primary_host)}/?person={make_person_key(resource_id)}",
    )
