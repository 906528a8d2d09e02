"""Whoever is at the desk hears of what customers do, within a second and once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Booking, Service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import submit_booking
from scheduling.types import Actor, CustomerDetails, SlotRequest, VisitDetails
from tenants.context import tenant_scope
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


def listen(page: Page, address: str) -> None:
    """Open a board that counts its sounds, and wait until its first refresh is over."""
    page.add_init_script(COUNT_SOUNDS)
    page.goto(address)
    expect(page.locator("#live.is-on")).to_be_visible()
    page.wait_for_timeout(1000)


def expect_news(page: Page, text: str) -> None:
    page.locator(".toast.news", has_text=text).first.wait_for()


def test_a_booking_is_told_with_a_sound_although_its_hold_is_on_the_board(houses, open_workspace):
    mine, _ = houses
    on = open_day(mine)
    page = open_workspace(mine)
    listen(page, page.url + f"?date={on}")
    with tenant_scope(mine):
        service = Service.objects.filter(seats=None).order_by("position", "id").first()
        starts_at = next_open_day(service.pk)[1][6].starts_at
        now = datetime.now(tz=UTC)
        held = hold_slot(request=SlotRequest(make_wish(service.pk), starts_at), now=now, source="page")
    page.locator(f"#board [data-booking='{held.id}']").first.wait_for(timeout=3000)
    page.wait_for_timeout(1000)
    assert (page.locator(".toast").count(), page.evaluate("sounds")) == (0, 0)
    with tenant_scope(mine):
        details = VisitDetails(CustomerDetails("Laura Paz", "5512345678", None, "es"), {"make": "VW", "model": "Jetta"})
        submit_booking(hold_id=held.id, token=held.token, details=details, now=now)

    expect_news(page, "Laura Paz")
    assert page.evaluate("sounds") == 1
    page.wait_for_timeout(1500)  # told again by nobody
    assert (page.locator(".toast.news").count(), page.evaluate("sounds")) == (1, 1)


def test_other_days_moves_and_cancellations_are_told_and_my_own_acts_are_not(houses, open_workspace):
    mine, _ = houses
    page = open_workspace(mine)
    listen(page, page.url + "?date=2027-01-11")
    with tenant_scope(mine):
        booked = book("Hugo Medina", slot=2)
    expect_news(page, "Hugo Medina")
    with tenant_scope(mine):
        service = Booking.objects.get(pk=booked.booking_id).service_id
        wanted = next_open_day(service)[1][8].starts_at
        move_booking(token=booked.manage_token, starts_at=wanted, now=datetime.now(tz=UTC), by=CUSTOMER)
    expect_news(page, "El cliente movió la cita")
    assert page.evaluate("sounds") == 2
    page.locator(".toast.news [data-booking]").first.click()
    page.locator("#panel form[action$='/arrive/'] button").click()
    page.locator(".toast", has_text="Hugo Medina").last.wait_for()
    page.keyboard.press("Escape")
    page.wait_for_timeout(1200)
    assert page.evaluate("sounds") == 2
    with tenant_scope(mine):
        cancel_booking(token=booked.manage_token, now=datetime.now(tz=UTC), by=Actor("staff", 999), reason="Avisó")
    page.wait_for_timeout(1200)
    assert page.evaluate("sounds") == 2


def test_what_came_while_the_stream_was_down_is_told_afterwards(houses, open_workspace):
    mine, _ = houses
    page = open_workspace(mine)
    listen(page, page.url)

    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    with tenant_scope(mine):
        book("Rita Salas", slot=2)
    page.wait_for_timeout(1000)
    assert page.locator(".toast").count() == 0
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    page.locator(".toast.news", has_text="Rita Salas").wait_for(timeout=3000)
    assert page.evaluate("sounds") == 1
