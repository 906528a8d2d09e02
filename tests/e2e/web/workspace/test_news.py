"""Whoever is at the desk hears of what customers do, once; what happened after it says when all was told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Booking, Service
from scheduling.services.aftercare.conversations import write_as_customer
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import submit_booking
from scheduling.types import Actor, CustomerDetails, SlotRequest, VisitDetails
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.e2e.web.workspace.conftest import wait_until_live
from tests.e2e.web.workspace.test_board import open_day
from tests.factories.scheduling import CUSTOMER, make_wish
from tests.integration.web.workspace.conftest import book, next_open_day

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]

COUNT_SOUNDS = """
    localStorage.setItem("sound", "on")
    window.sounds = 0
    const Real = window.AudioContext
    window.AudioContext = class extends Real { constructor(...all) { super(...all); window.sounds += 1 } }
"""


@pytest.fixture
def listen(open_workspace) -> Callable[..., Page]:
    """Open a live board that counts its sounds."""

    def open_board(house: TenantInfo, query: str = "") -> Page:
        page = open_workspace(house, f"/workspace/{query}", script=COUNT_SOUNDS)
        wait_until_live(page)
        return page

    return open_board


def expect_news(page: Page, text: str) -> None:
    expect(page.locator(".toast.news", has_text=text).first).to_be_visible()


def expect_sounds(page: Page, number: int) -> None:
    """Wait for as many sounds; one too many is not forgiven."""
    page.wait_for_function("number => sounds >= number", arg=number)
    assert page.evaluate("sounds") == number


def test_a_booking_is_told_with_a_sound_although_its_hold_is_on_the_board(houses, listen):
    mine, _ = houses
    page = listen(mine, f"?date={open_day(mine)}")
    with tenant_scope(mine):
        service = Service.objects.filter(seats=None).order_by("position", "id").first()
        starts_at = next_open_day(service.pk)[1][6].starts_at
        now = datetime.now(tz=UTC)
        held = hold_slot(request=SlotRequest(make_wish(service.pk), starts_at), now=now, source="page")
    expect(page.locator(f"#board [data-booking='{held.id}']").first).to_be_visible()
    with tenant_scope(mine):
        details = VisitDetails(CustomerDetails("Laura Paz", "5512345678", None, "es"), {"make": "VW", "model": "Jetta"})
        submit_booking(hold_id=held.id, token=held.token, details=details, now=now)

    expect_news(page, "Laura Paz")
    expect_sounds(page, 1)  # of the hold nobody was told
    with tenant_scope(mine):
        book("Rita Salas", slot=2)
    expect_news(page, "Rita Salas")  # and by now nobody told of the first again
    expect(page.locator(".toast.news")).to_have_count(2)
    expect_sounds(page, 2)


def test_a_message_of_a_customer_lights_up_and_leads_to_the_booking(houses, listen):
    mine, _ = houses
    with tenant_scope(mine):
        booked = book("Rita Salas", slot=4)
    page = listen(mine, f"?date={open_day(mine)}")
    with tenant_scope(mine):
        write_as_customer(token=booked.manage_token, text="Llego tarde", now=datetime.now(tz=UTC))

    expect_news(page, "Llego tarde")
    expect_sounds(page, 1)
    page.locator(f".toast.news [data-booking='{booked.booking_id}']").click()
    expect(page.locator("#panel-body")).to_contain_text("Llego tarde")


def test_other_days_moves_and_cancellations_are_told_and_my_own_acts_are_not(houses, listen):
    mine, _ = houses
    page = listen(mine, "?date=2027-01-11")
    with tenant_scope(mine):
        booked = book("Hugo Medina", slot=2)
    expect_news(page, "Hugo Medina")
    with tenant_scope(mine):
        service = Booking.objects.get(pk=booked.booking_id).service_id
        wanted = next_open_day(service)[1][8].starts_at
        move_booking(token=booked.manage_token, starts_at=wanted, now=datetime.now(tz=UTC), by=CUSTOMER)
    expect_news(page, "El cliente movió la cita")
    expect_sounds(page, 2)
    page.locator(".toast.news [data-booking]").first.click()
    page.locator("#panel form[action$='/arrive/'] button").click()
    expect(page.locator("#panel form[action$='/start/'] button")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    with tenant_scope(mine):
        cancel_booking(token=booked.manage_token, now=datetime.now(tz=UTC), by=Actor("staff", 999), reason="Avisó")
        book("Rita Salas", slot=4)
    expect_news(page, "Rita Salas")
    expect_sounds(page, 3)
    expect(page.locator(".toast.news", has_text="canceló")).to_have_count(0)


def test_what_came_while_the_stream_was_down_is_told_afterwards(houses, listen):
    mine, _ = houses
    page = listen(mine)

    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    with tenant_scope(mine):
        book("Rita Salas", slot=2)
    expect(page.locator(".toast")).to_have_count(0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect_news(page, "Rita Salas")
    expect_sounds(page, 1)
