"""The samples look busy and leave room: whoever tries the booking page finds times for everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password

from notifications.models import Event
from samples.businesses import BUSINESSES, DemoBusiness
from samples.filling import fill_business, provision_business
from scheduling.selectors.aftercare.feedback import list_published
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog.services import list_bookable_services
from scheduling.types import AvailabilityQuery
from tenants.context import tenant_scope
from tests.factories.scheduling import make_wish

LEAST_STARTS = 5
NOW = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
"""A Thursday, about noon in Mexico: a weekend without visits lies in its week."""


def count_starts(now: datetime) -> dict[str, int]:
    """Return how many free starts each service has within the week that its page shows first."""
    found = {}
    for each in list_bookable_services():
        query = AvailabilityQuery(make_wish(each.id), from_on=now.date(), to_on=now.date() + timedelta(days=6))
        found[each.name] = sum(len(day.slots) for day in get_availability(query=query, now=now).days)
    return found


@pytest.mark.parametrize("business", BUSINESSES, ids=[each.slug for each in BUSINESSES])
def test_every_service_has_free_times_in_the_first_week(tenants, db, monkeypatch, business: DemoBusiness):
    monkeypatch.setattr("samples.filling.DAYS_BEFORE", 3)
    provided = replace(business, slug=f"roomy-{business.slug}")
    shop = provision_business(provided, make_password(None), now=NOW)
    with tenant_scope(shop):
        fill_business(business=business, now=NOW)

        starts, praise = count_starts(NOW), list_published()
        waiting = Event.objects.filter(processed_at=None, kind__regex="^(booking|feedback)").count()

    assert {name for name, count in starts.items() if count < LEAST_STARTS} == set()
    assert praise is not None
    words = [each.comment for each in praise.newest]
    assert len(set(words)) >= 4  # visits end in another order than they begin
    assert all(each.author for each in praise.newest)
    assert waiting == 0
