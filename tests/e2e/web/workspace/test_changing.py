"""Staff changes what a booking is about: on a phone, seen by everybody, and by keyboard at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from scheduling.models import Booking, Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE, check_everywhere
from tests.factories.scheduling import book, make_wish


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def booked(houses):
    with tenant_scope(houses[0]):
        offered = Service.objects.filter(approval="instant", deposit_kind="none", seats__isnull=True, is_online=True)
        first, second = offered.order_by("duration_minutes", "pk")[:2]
        on = utc_now().date() + timedelta(days=7)
        wish = make_wish((first.pk, second.pk))
        found = get_availability(query=AvailabilityQuery(wish, on, on + timedelta(days=7)), now=utc_now())
        start = next(slot.starts_at for day in found.days for slot in day.slots)
        return book((first.pk,), start, now=utc_now()).booking_id, first, second


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_service_is_added_and_the_history_says_so(houses, booked, open_workspace, size):
    booking_id, first, second = booked
    page = open_workspace(houses[0], f"/workspace/bookings/{booking_id}/", viewport=size)
    page.click("text=Cambiar…")
    expect(page.locator("[name=service_1]")).to_have_value(str(first.pk))
    assert check_everywhere(page) == []

    page.select_option("[name=service_2]", str(second.pk))
    page.locator("[name=service_2]").press("Tab")
    page.locator("button.primary").press("Enter")
    expect(page.locator("#shown h2")).to_have_text("Qué cambia")
    assert check_everywhere(page) == []
    page.set_viewport_size(size)
    page.locator("button.primary").press("Enter")

    expect(page.locator("#booking")).to_contain_text(f"Cambió: {first.name} → {first.name}, {second.name}")
    with tenant_scope(houses[0]):
        assert Booking.objects.get(pk=booking_id).lines.count() == 2
