"""A customer changes what their booking is about, on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from scheduling.models import Booking, Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery
from tenants.context import tenant_scope
from tests.factories.scheduling import book, make_wish

pytestmark = pytest.mark.e2e


@pytest.fixture
def booked(workshop, django_db_blocker):
    """A booking of one service, in a week, and another service that fits after it."""
    with django_db_blocker.unblock(), tenant_scope(workshop):
        offered = Service.objects.filter(approval="instant", deposit_kind="none", seats__isnull=True, is_online=True)
        first, second = offered.order_by("duration_minutes", "pk")[:2]
        on = utc_now().date() + timedelta(days=7)
        wish = make_wish((first.pk, second.pk))
        found = get_availability(query=AvailabilityQuery(wish, on, on + timedelta(days=7)), now=utc_now())
        start = next(slot.starts_at for day in found.days for slot in day.slots)
        return book((first.pk,), start, now=utc_now()), first, second


def test_service_is_added_on_a_phone(workshop, booked, address, open_page, check_page, complaints, django_db_blocker):
    made, first, second = booked
    page = open_page()
    page.goto(f"{address}/b/{made.manage_token}/")
    page.click("text=Cambiar servicios")
    expect(page.locator("[name=service_1]")).to_have_value(str(first.pk))
    check_page(page)

    page.select_option("[name=service_2]", str(second.pk))
    page.click("text=Ver extras")
    expect(page.locator("[name=service_3]")).to_be_visible()
    check_page(page)
    page.click(".booking-foot .button.primary")
    expect(page.locator("h1")).to_have_text("¿Cambiar tu cita?")
    check_page(page)
    page.click("text=Elegir de nuevo")
    expect(page.locator("[name=service_2]")).to_have_value(str(second.pk))
    page.keyboard.press("Enter")
    page.click(".booking-foot .button.primary")
    page.click("text=Cambiar cita")

    expect(page.locator("[role=status] p").first).to_contain_text("Tu cita ha cambiado")
    expect(page.locator(".ticket").first).to_contain_text(second.name)
    check_page(page)
    with django_db_blocker.unblock(), tenant_scope(workshop):
        assert Booking.objects.get(pk=made.booking_id).lines.count() == 2
    assert complaints == []
