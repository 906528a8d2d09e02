"""A business with two places, one of them full: the other is one tap away, and nothing that was told is lost."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from devtools.scratch.shop import add_place
from kernel.clock import utc_now
from scheduling.models import Booking, Service
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.conftest import make_tenant
from tests.e2e.web.booking.test_every_manner import MANNERS, Manner
from tests.e2e.web.booking.test_every_manner import unblocked as unblocked  # noqa: PLC0414 - a fixture
from tests.factories.scheduling import make_resource, make_service

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]

A_YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def two_places(tenants, django_db_blocker) -> Iterator[tuple[TenantInfo, int]]:
    """A salon, and the service that it offers in two places; in the first of them nobody is there for a year."""
    with django_db_blocker.unblock():
        info = make_tenant(f"dos-{secrets.token_hex(3)}", "salon")
        now = utc_now()
        with tenant_scope(info):
            Service.objects.update(is_online=False)
            full, free = (add_place(name, timezone="America/Mexico_City") for name in ("Plaza Norte", "Plaza Sur"))
            away = make_resource(full, "Eva", time_off=[(now - timedelta(days=1), now + A_YEAR)])
            service_id = make_service((away, make_resource(free, "Iris")), name="Corte de prueba")
        yield info, service_id


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.name)
def test_where_nothing_is_free_another_place_is_offered(two_places, open_page, complaints, manner: Manner):
    tenant, service_id = two_places
    email = f"ana-{secrets.token_hex(4)}@example.com"
    page = open_page(**manner.options)
    page.goto(f"http://{tenant.primary_host.partition(':')[0]}/?service={service_id}")
    manner.use(page.locator("a.pick", has_text="Plaza Norte"))
    manner.use(page.locator(".booking-foot .button.primary"))
    expect(page.locator("#picker")).to_be_visible()
    expect(page.locator("button.slot")).to_have_count(0)

    manner.use(page.locator("main a[href*='/place/']"))
    manner.use(page.locator("a.pick", has_text="Plaza Sur"))
    manner.use(page.locator("#picker button[name=starts_at]:visible").first)
    manner.write(page.locator("[name=name]"), "Ana Ruiz")
    manner.write(page.locator("[name=email]"), email)
    manner.use(page.locator(".booking-foot .button.primary"))
    page.wait_for_url("**/b/**")

    with tenant_scope(tenant):
        booking = Booking.objects.get(customer_email=email)
        assert (booking.status, booking.location.name) == ("confirmed", "Plaza Sur")
    assert complaints == []
