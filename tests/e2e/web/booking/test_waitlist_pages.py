"""The waitlist in a real browser: joined and taken on a phone, left by the keyboard without JavaScript."""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from kernel.clock import utc_now
from scheduling.models import Booking, WaitlistEntry
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_offer_token
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.e2e.web.booking.test_booking_pages import tell_vehicle

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]


def offer(workshop: TenantInfo, email: str) -> str:
    """Go through the queue, as a worker does; returns the path of the link that the message has."""

    def walk() -> str:
        with tenant_scope(workshop):
            match_waitlist(1, utc_now())
            path = f"/w/{make_offer_token(WaitlistEntry.objects.get(details__customer__email=email))}/"
        connection.close()
        return path

    with ThreadPoolExecutor(1) as pool:  # a connection of its own commits what the server has to see
        return pool.submit(walk).result()


def go_to_times(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    expect(page.locator("a.date").first).to_be_visible()


def test_a_phone_joins_and_takes_what_is_free(workshop, address, open_page, check_page, complaints):
    email = f"laura-{secrets.token_hex(4)}@example.com"
    page = open_page()
    go_to_times(page, address)

    page.click("text=Apúntate a la lista")
    expect(page.locator("h1")).to_have_text("Te avisamos si se libera")
    check_page(page)
    page.fill("[name=email]", email)
    page.click(".booking-foot .button.primary")
    expect(page.locator("[name=name]")).to_be_focused()
    check_page(page)
    page.fill("[name=name]", "Laura 😀 <script>")
    page.select_option("[name=notice]", "30")
    page.click(".booking-foot .button.primary")
    expect(page.locator("h1")).to_have_text("Estás en la lista de espera")
    check_page(page)

    link = offer(workshop, email)
    page.reload()
    expect(page.locator(".note").last).to_contain_text("enlace de ese mensaje")
    page.goto(address + link)
    expect(page.locator("h1")).to_have_text("Se liberó una hora para ti")
    check_page(page)
    page.click(".booking-foot .button.primary")
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    page.goto(address + link)
    expect(page.locator("h1")).to_have_text("Ya tienes cita")
    check_page(page)
    with tenant_scope(workshop):
        booking = Booking.objects.latest("pk")
        assert (booking.status, booking.source, booking.customer_email) == ("confirmed", "waitlist", email)
    assert complaints == []


def test_the_keyboard_alone_passes_and_leaves_without_javascript(workshop, address, open_page, check_page):
    email = f"lou-{secrets.token_hex(4)}@example.com"
    wide = {"viewport": {"width": 1440, "height": 900}, "is_mobile": False, "has_touch": False}
    page = open_page(java_script_enabled=False, locale="en-US", **wide)
    go_to_times(page, address)

    page.get_by_role("link", name=re.compile("Join the waitlist")).last.press("Enter")
    page.locator("[name=name]").fill("Lou")
    page.locator("[name=email]").fill(email)
    page.locator("[name=notice]").select_option("30")
    page.locator("[name=email]").press("Enter")
    expect(page.locator("h1")).to_have_text("You are on the waitlist")

    page.goto(address + offer(workshop, email))
    expect(page.locator("h1")).to_have_text("A time is free for you")
    page.get_by_role("button", name="Not now, stay on the list").press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("You stay on the list")
    page.get_by_role("button", name="Leave the list").press("Enter")
    expect(page.locator("h1")).to_have_text("You are not on the waitlist any more")
    with tenant_scope(workshop):
        entry = WaitlistEntry.objects.get(details__customer__email=email)
        assert (entry.status, [line["step"] for line in entry.log][-2:]) == ("cancelled", ["declined", "left"])
