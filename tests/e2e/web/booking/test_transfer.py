"""A deposit by bank transfer on a phone, from the booking to the tick in the inbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from billing.models import Payment
from files.enums import FileState
from files.models import StoredFile
from files.services.rendering import render_file
from kernel.clock import utc_now
from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.web.booking.test_booking_pages import choose_day, tell_details, tell_vehicle
from tests.e2e.web.workspace.conftest import sign_in
from tests.factories.billing import BANK, ask_deposits, take_transfers
from tests.factories.pictures import make_scene, save

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    """What the server and the test write, both see at once."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def deposits(workshop) -> Iterator[None]:
    """What is confirmed at once asks for a deposit by transfer."""
    with tenant_scope(workshop):
        take_transfers()
        ask_deposits(10000)
        yield
        ask_deposits(0)
        take_transfers(is_on=False)


def test_a_phone_books_transfers_and_reads_that_it_came(workshop, address, deposits, open_page, check_page, complaints):
    page = open_page()
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    choose_day(page)
    page.locator("button.slot").first.click()
    expect(page.locator(".ticket")).to_contain_text("Se confirma con un anticipo de $100 por transferencia")
    check_page(page)
    tell_details(page)
    expect(page.locator("h1")).to_have_text("Falta el pago")
    for said in ("$100", BANK.holder, BANK.number):
        expect(page.locator("section[aria-labelledby=transfer]")).to_contain_text(said)
    check_page(page)
    page.get_by_role("button", name="Copiar Número de cuenta").press("Enter")
    expect(page.locator("[data-said]")).to_have_text("Copiado: Número de cuenta")
    assert page.evaluate("getSelection().toString().trim()") == BANK.number
    check_page(page)

    page.set_input_files("#receipt", {"name": "pago.txt", "mimeType": "text/plain", "buffer": b"hello"})
    page.click("text=Enviar el comprobante")
    expect(page.locator("[role=alert]")).to_contain_text("no es una imagen que podamos leer")
    check_page(page)
    page.set_input_files("#receipt", {"name": "pago.png", "mimeType": "image/png", "buffer": save(make_scene(), "PNG")})
    page.click("text=Enviar el comprobante")
    expect(page.locator("[role=status]")).to_contain_text("el negocio ya tiene tu comprobante")
    check_page(page)

    with tenant_scope(workshop):
        booking = Booking.objects.latest("pk")
        render_file(StoredFile.objects.filter(kind="receipt", state=FileState.WAITING).latest("pk").pk, utc_now())
    staff = open_page()
    cookies = sign_in(workshop).cookies.items()
    staff.context.add_cookies([{"name": name, "value": each.value, "url": address} for name, each in cookies])
    staff.goto(f"{address}/workspace/voices/waiting/")
    line = staff.locator(f"#deposit-{booking.pk}")
    expect(line.get_by_alt_text("Comprobante de la transferencia")).to_be_visible()
    check_page(staff)
    line.get_by_role("button", name="Anticipo recibido").click()
    expect(line).to_have_count(0)

    staff.goto(f"{address}/workspace/bookings/{booking.pk}/payments/new/")
    expect(staff.locator("h1")).to_have_text("Registrar un pago")
    check_page(staff)
    page.goto(page.url.partition("?")[0])
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    expect(page.locator(".ticket")).to_contain_text("Pagado: $100.")
    check_page(page)
    with tenant_scope(workshop):
        own = Payment.objects.filter(booking_id=booking.pk)
        assert list(own.values_list("state", "amount_minor")) == [("received", 10000)]
    assert complaints == []
