"""A deposit by card on a phone: on the provider's page and back, whatever happens there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from billing.models import Payment, PaymentAccount, Refund
from billing.services.cards.accounts import connect_card_account, refresh_card_account
from billing.services.cards.looking import look_at_payment
from billing.services.cards.refunding import send_refund
from billing.services.following import follow_booking
from database.transactions import write_transaction
from devtools.stripe_server import accounts, checkout
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from kernel.clock import utc_now
from notifications.models import Event
from notifications.types.messages import EventView
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.writing.expiry import expire_hold
from tenants.context import tenant_scope
from tests.e2e.server import run_browser, run_server
from tests.e2e.web.booking.test_booking_pages import choose_day, tell_details, tell_vehicle
from tests.factories.billing import BANK, ask_deposits, take_transfers
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import CUSTOMER, STAFF

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stripe() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def server_port(workshop, stripe, tmp_path_factory) -> Iterator[int]:
    """Our own web server, whose card provider is the stand-in."""
    told = {
        "TURNERO_STRIPE_KEY": API_KEY,
        "TURNERO_STRIPE_URL": stripe.url,
        "TURNERO_STRIPE_WEBHOOK_SECRETS": SECRET,
        "TURNERO_STRIPE_NOTICE_SECRETS": NOTICE_SECRET,
    }
    with run_server(tmp_path_factory.mktemp("paying"), **told) as port:
        yield port


@pytest.fixture(scope="module")
def browser(server_port, playwright, chromium_path) -> Iterator[Browser]:
    with run_browser(playwright, chromium_path, server_port) as running:
        yield running


@pytest.fixture(autouse=True)
def taking(workshop, stripe, django_db_blocker) -> Iterator[None]:
    """What is confirmed at once asks for a deposit, and the business takes cards."""
    keys = {"STRIPE_KEY": API_KEY, "STRIPE_URL": stripe.url}
    with django_db_blocker.unblock(), override_settings(**keys), tenant_scope(workshop):
        if not any(stripe.world.find_all("v2.core.account", "")):  # the account of another module's stand-in
            PaymentAccount.objects.filter(door="stripe").delete()
        url = "http://taller.example/"
        connect_card_account(email="o@t.example", return_url=url, again_url=url, by=STAFF, now=utc_now())
        (account,) = stripe.world.find_all("v2.core.account", "")
        accounts.change_state(stripe.world, account["id"], "active")
        refresh_card_account(now=utc_now())
        ask_deposits(10000)
        yield
        ask_deposits(0)


def book(page: Page, address: str) -> Booking:
    """Book up to where the deposit is asked for."""
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    choose_day(page)
    page.locator("button.slot").first.click()
    expect(page.locator(".ticket")).to_contain_text("Se confirma con un anticipo de $100, que pagas en el siguiente")
    tell_details(page)
    expect(page.locator("h1")).to_have_text("Falta el pago")
    return Booking.objects.latest("pk")


def pay(page: Page, card: str = "visa") -> None:
    page.check(f"input[value={card}]")
    page.click("button")


def open_payment(page: Page) -> None:
    page.click("text=Pagar $100 con tarjeta")
    page.wait_for_url("**/c/pay/**")


def status_of(booking: Booking) -> tuple[str, list[str]]:
    states = Payment.objects.filter(booking_id=booking.pk).order_by("pk").values_list("state", flat=True)
    return Booking.objects.get(pk=booking.pk).status, list(states)


def test_a_phone_pays_and_comes_back(address, open_page, check_page, complaints):
    page = open_page()
    booking = book(page, address)
    check_page(page)

    open_payment(page)
    pay(page)

    expect(page.locator("h1")).to_have_text("Cita confirmada")
    expect(page.locator("[role=status]")).to_contain_text("Tu anticipo está pagado.")
    expect(page.locator(".ticket")).to_contain_text("Pagado: $100.")
    check_page(page)
    assert (status_of(booking), complaints) == (("confirmed", ["received"]), [])


def test_a_challenge_and_a_declined_card_lose_no_time(address, open_page, complaints):
    page = open_page()
    booking = book(page, address)
    open_payment(page)

    pay(page, "chargeDeclined")
    expect(page.locator("[role=alert]")).to_contain_text("La tarjeta fue rechazada.")
    pay(page, "threeDSecureRequired")
    page.click("text=No")
    expect(page.locator("[role=alert]")).to_be_visible()
    pay(page, "threeDSecureRequired")
    page.click("text=Sí, soy yo")

    expect(page.locator("h1")).to_have_text("Cita confirmada")
    assert (status_of(booking), complaints) == (("confirmed", ["received"]), [])


def test_the_back_button_leads_to_the_same_payment(address, open_page, check_page, complaints):
    page = open_page()
    booking = book(page, address)
    open_payment(page)
    first = page.url

    page.click("text=Volver al negocio")
    expect(page.locator("[role=status]")).to_contain_text("Todavía no se pagó nada.")
    check_page(page)
    open_payment(page)
    assert page.url == first
    page.go_back()
    page.wait_for_url("**/b/**")
    page.goto(first)
    pay(page)
    expect(page.locator("h1")).to_have_text("Cita confirmada")

    assert (status_of(booking), complaints) == (("confirmed", ["received"]), [])


def test_a_tab_that_was_closed_after_paying_is_confirmed_by_a_worker(address, open_page, stripe):
    page = open_page()
    booking = book(page, address)
    open_payment(page)
    page.close()
    payment = Payment.objects.get(booking_id=booking.pk)

    stripe.pay(payment.provider_started_id)
    before = status_of(booking)
    look_at_payment(payment.pk, utc_now())

    assert (before, status_of(booking)) == (("pending_payment", ["open"]), ("confirmed", ["received"]))


def test_a_page_that_waits_hears_of_the_payment(address, open_page, check_page, stripe, complaints):
    page = open_page()
    booking = book(page, address)
    url = page.url.partition("?")[0]
    open_payment(page)
    page.goto(f"{url}paid/")
    expect(page.locator("h1")).to_have_text("Confirmando tu pago")
    check_page(page)

    stripe.pay(Payment.objects.get(booking_id=booking.pk).provider_started_id)

    expect(page.locator("h1")).to_have_text("Cita confirmada")
    assert (status_of(booking), complaints) == (("confirmed", ["received"]), [])


def test_a_page_without_scripts_goes_on_by_itself(address, open_page, stripe):
    page = open_page(java_script_enabled=False)
    booking = book(page, address)
    url = page.url.partition("?")[0]
    open_payment(page)
    page.goto(f"{url}paid/")
    stripe.pay(Payment.objects.get(booking_id=booking.pk).provider_started_id)

    expect(page.locator("h1")).to_have_text("Cita confirmada")


def test_an_expired_page_gives_the_time_back(address, open_page, check_page, stripe):
    page = open_page()
    booking = book(page, address)
    url = page.url.partition("?")[0]
    open_payment(page)
    payment = Payment.objects.get(booking_id=booking.pk)

    checkout.expire_session(stripe.world, stripe.world.things[payment.provider_started_id])
    Booking.objects.filter(pk=booking.pk).update(hold_expires_at=utc_now() - timedelta(seconds=1))
    expire_hold(booking.pk, utc_now())
    look_at_payment(payment.pk, utc_now())
    page.reload()
    expect(page.locator("h1")).to_have_text("Esta página ya no recibe pagos.")
    page.goto(url)

    expect(page.locator("text=con tarjeta")).to_have_count(0)
    check_page(page)
    assert status_of(booking) == ("expired", ["expired"])


def test_a_canceled_visit_is_refunded_at_the_provider(address, open_page, check_page, stripe):
    page = open_page()
    booking = book(page, address)
    url = page.url.partition("?")[0]
    open_payment(page)
    pay(page)
    expect(page.locator("h1")).to_have_text("Cita confirmada")

    cancel_booking(booking_id=booking.pk, now=utc_now(), by=CUSTOMER)
    event = Event.objects.filter(kind="booking.cancelled", subject_id=booking.pk).latest("pk")
    with write_transaction():  # as the outbox hands events on
        follow_booking(EventView(event.pk, event.kind, event.subject_id, event.payload, event.occurred_at))
    send_refund(Refund.objects.get(payment__booking_id=booking.pk).pk, utc_now())
    page.goto(url)

    expect(page.locator("h1")).to_have_text("Cita cancelada")
    check_page(page)
    assert Refund.objects.get(payment__booking_id=booking.pk).state == "done"


def test_the_page_that_asks_for_money_is_light_and_needs_no_mouse(address, open_page):
    booking = book(open_page(), address)
    url = f"{address.rstrip('/')}/b/{make_manage_token(get_booking(booking_id=booking.pk))}/"
    page = open_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(url, wait_until="networkidle")
    assert sum(sizes) <= 60 * 1024
    assert len(sizes) <= 9

    for _ in range(20):
        page.keyboard.press("Tab")
        if "Pagar $100" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")

    page.wait_for_url("**/c/pay/**")


def test_the_page_before_canceling_says_what_goes_back(address, open_page, check_page):
    page = open_page()
    book(page, address)
    url = page.url.partition("?")[0]
    open_payment(page)
    pay(page)
    expect(page.locator("h1")).to_have_text("Cita confirmada")

    page.goto(f"{url}cancel/")

    expect(page.locator(".note")).to_have_text("Te devolvemos tus $100 completos.")
    check_page(page)


def test_who_looked_at_the_card_page_may_transfer(address, open_page, check_page):
    take_transfers()
    page = open_page()
    try:
        booking = book_both(page, address)
        open_payment(page)
        page.click("text=Volver al negocio")
        page.click("text=O transfiere el anticipo")
        expect(page.locator("section[aria-labelledby=transfer]")).to_contain_text(BANK.number)
        check_page(page)

        page.set_input_files(
            "#receipt", {"name": "r.png", "mimeType": "image/png", "buffer": save(make_scene(), "PNG")}
        )
        page.click("text=Enviar el comprobante")

        expect(page.locator(".head")).to_contain_text("El negocio está buscando tu transferencia.")
        expect(page.locator("text=con tarjeta")).to_have_count(0)
        check_page(page)
    finally:
        take_transfers(is_on=False)
    assert status_of(booking) == ("pending_payment", ["closed", "open"])


def book_both(page: Page, address: str) -> Booking:
    """Book where the deposit can be paid both ways."""
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    choose_day(page)
    page.locator("button.slot").first.click()
    tell_details(page)
    return Booking.objects.latest("pk")
