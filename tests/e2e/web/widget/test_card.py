"""A deposit by card in a widget on a phone: paid in a new tab, while the frame waits and hears of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from billing.models import Payment
from billing.services.cards.accounts import connect_card_account, refresh_card_account
from devtools.stripe_server import accounts
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from kernel.clock import utc_now
from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.server import run_server
from tests.e2e.web.widget.conftest import SITE
from tests.e2e.web.widget.test_widget import get_frame, tell_visit
from tests.factories.billing import ask_deposits
from tests.factories.scheduling import STAFF

pytestmark = pytest.mark.e2e

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def stripe() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def server_port(shop, stripe, tmp_path_factory) -> Iterator[int]:
    """Our own web server, whose card provider is the stand-in."""
    told = {
        "TURNERO_STRIPE_KEY": API_KEY,
        "TURNERO_STRIPE_URL": stripe.url,
        "TURNERO_STRIPE_WEBHOOK_SECRETS": SECRET,
        "TURNERO_STRIPE_NOTICE_SECRETS": NOTICE_SECRET,
    }
    with run_server(tmp_path_factory.mktemp("paying-widget"), **told) as port:
        yield port


@pytest.fixture(autouse=True)
def taking(shop, stripe, django_db_blocker) -> Iterator[None]:
    """What is confirmed at once asks for a deposit, and the business takes cards."""
    keys = {"STRIPE_KEY": API_KEY, "STRIPE_URL": stripe.url}
    with django_db_blocker.unblock(), override_settings(**keys):
        with tenant_scope(shop):
            url = "http://taller.example/"
            connect_card_account(email="o@t.example", return_url=url, again_url=url, by=STAFF, now=utc_now())
            (account,) = stripe.world.find_all("v2.core.account", "")
            accounts.change_state(stripe.world, account["id"], "active")
            refresh_card_account(now=utc_now())
            ask_deposits(10000)
        yield
        with tenant_scope(shop):
            ask_deposits(0)


def test_the_frame_hears_of_what_was_paid_in_a_new_tab(open_page, site, ours, shop, complaints):
    site.add(f'<script src="{ours}/embed.js" async></script><turnero-widget></turnero-widget>')
    page = open_page(viewport=PHONE)
    page.goto(f"{SITE}/")
    frame = get_frame(page)
    tell_visit(frame)
    expect(frame.locator("h1")).to_have_text("Falta el pago")
    assert page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")

    with page.context.expect_page() as opening:
        frame.get_by_role("button", name="Pagar $100 con tarjeta").click()
    tab = opening.value
    tab.wait_for_url("**/c/pay/**")
    expect(frame.locator("h1")).to_have_text("Falta el pago")
    tab.check("input[value=visa]")
    tab.click("button")
    expect(tab.locator("h1")).to_have_text("Cita confirmada")

    expect(frame.locator("h1")).to_have_text("Cita confirmada", timeout=15_000)
    assert "/embed/" not in tab.url
    with tenant_scope(shop):
        booking = Booking.objects.latest("pk")
        assert (booking.status, booking.source) == ("confirmed", "widget")
        paid = Payment.objects.filter(booking_id=booking.pk)
        assert list(paid.values_list("door", "state")) == [("stripe", "received")]
    assert complaints == []


def test_a_closed_tab_loses_nothing(open_page, site, ours, shop, complaints):
    site.add(f'<script src="{ours}/embed.js" async></script><turnero-widget></turnero-widget>')
    page = open_page(viewport=PHONE)
    page.goto(f"{SITE}/")
    frame = get_frame(page)
    tell_visit(frame)
    button = frame.get_by_role("button", name="Pagar $100 con tarjeta")
    with page.context.expect_page() as opening:
        button.click()
    opening.value.wait_for_url("**/c/pay/**")
    first = opening.value.url
    opening.value.close()

    with page.context.expect_page() as again:
        button.click()
    again.value.wait_for_url("**/c/pay/**")

    assert again.value.url == first
    with tenant_scope(shop):
        assert Booking.objects.latest("pk").status == "pending_payment"
    assert complaints == []
