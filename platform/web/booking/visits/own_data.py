"""What a person takes along: of each of their own visits what its own page gives, and their places on the waitlist."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from scheduling.selectors.aftercare.own_data import collect_own_visits
from tenants.context import current_tenant


def describe_own_data(*, token: str, contact: str, cursor: str, now: datetime) -> dict[str, object]:
    """Return what `collect_own_visits` does; ``next`` is the address of the file with earlier ones.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    name, made_at = current_tenant().name, now.isoformat()
    found, following = collect_own_visits(contact=contact, cursor=cursor, business_name=name, made_at=made_at)
    earlier = f"{reverse('booking:own_data', args=[token])}?after={following}" if following else None
    return {**found, "next": earlier}
