"""A card that is left on a phone, a visit that nobody came to, and the fee that one tap charges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from billing.models import Payment, SavedMethod
from billing.services.cards.looking import look_at_payment
from kernel.clock import utc_now
from scheduling.models import Booking, Service
from scheduling.services.bookings.transitions import mark_no_show
from tenants.context import tenant_scope
from tests.e2e.web.booking.test_booking_pages import choose_day, tell_details, tell_vehicle
from tests.e2e.web.booking.test_card import browser, pay, server_port, status_of, stripe, taking  # noqa: F401
from tests.e2e.web.workspace.conftest import sign_in
from tests.factories.scheduling import STAFF

pytestmark = pytest.mark.e2e
NARROW = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def on_card(taking) -> Iterator[None]:  # noqa: F811
    """What asks for a deposit lets a card be left instead."""
    Service.objects.filter(deposit_kind="fixed").update(is_deposit_on_card=True)
    yield
    Service.objects.update(is_deposit_on_card=False)


def test_a_phone_leaves_a_card_and_one_tap_charges_the_fee(workshop, address, open_page, check_page, complaints):
    page = open_page(viewport=NARROW)
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    choose_day(page)
    page.locator("button.slot").first.click()
    expect(page.locator(".ticket")).to_contain_text("ahora no se cobra nada. Garantiza un anticipo de $100.")
    tell_details(page)
    expect(page.locator("h1")).to_have_text("Falta tu tarjeta")
    check_page(page)
    booking = Booking.objects.latest("pk")

    page.click("text=Aceptar y dejar una tarjeta")
    page.wait_for_url("**/c/pay/**")
    pay(page)

    expect(page.locator("h1")).to_have_text("Cita confirmada")
    expect(page.locator("[role=status]")).to_contain_text("Tu tarjeta está guardada. No se cobró nada.")
    expect(page.locator(".ticket")).to_contain_text("Visa ···· 4242 garantiza un anticipo de $100")
    check_page(page)
    url = page.url.partition("?")[0]
    assert status_of(booking) == ("confirmed", ["reserved"])

    begun = utc_now() - timedelta(hours=1)
    Booking.objects.filter(pk=booking.pk).update(starts_at=begun, ends_at=begun + timedelta(minutes=30))
    mark_no_show(booking_id=booking.pk, now=utc_now(), by=STAFF)
    desk = open_page(viewport=NARROW)
    cookies = sign_in(workshop).cookies.items()
    desk.context.add_cookies([{"name": name, "value": each.value, "url": address} for name, each in cookies])
    desk.goto(f"{address}/workspace/bookings/{booking.pk}/")
    desk.click("text=Cobrar el cargo de $100")
    expect(desk.locator("section[aria-labelledby=fee-title]")).to_contain_text("Se están cobrando $100")
    with tenant_scope(workshop):
        look_at_payment(Payment.objects.get(booking_id=booking.pk).pk, utc_now())
    page.goto(url)

    expect(page.locator(".note").first).to_contain_text("El cargo de $100 que se acordó al reservar está pagado.")
    check_page(page)
    assert (status_of(booking), complaints) == (("no_show", ["received"]), [])
    assert SavedMethod.objects.get(payment__booking_id=booking.pk).removed_at is not None
