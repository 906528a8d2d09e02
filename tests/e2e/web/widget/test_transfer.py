"""A deposit by bank transfer in a widget: the account and the receipt stand in the frame."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from billing.models import Receipt
from files.models import StoredFile
from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.web.widget.conftest import SITE
from tests.e2e.web.widget.test_widget import get_frame, tell_visit
from tests.factories.billing import BANK, ask_deposits, take_transfers
from tests.factories.pictures import make_scene, save

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    """What the server and the test write, both see at once."""
    with django_db_blocker.unblock():
        yield


def test_a_deposit_is_transferred_from_the_frame(open_page, site, ours, shop, complaints):
    with tenant_scope(shop):
        take_transfers()
        ask_deposits(10000)
    site.add(f'<script src="{ours}/embed.js" async></script><turnero-widget></turnero-widget>')
    page = open_page()
    page.goto(f"{SITE}/")
    frame = get_frame(page)
    try:
        tell_visit(frame)
        expect(frame.locator("h1")).to_have_text("Falta el pago")
        expect(frame.locator("section[aria-labelledby=transfer]")).to_contain_text(BANK.number)

        name = f"{secrets.token_hex(3)}.png"
        frame.locator("#receipt").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": save(make_scene(), "PNG")}
        )
        frame.get_by_role("button", name="Enviar el comprobante").click()

        expect(frame.locator("[role=status]")).to_contain_text("el negocio ya tiene tu comprobante")
        assert page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        with tenant_scope(shop):
            ask_deposits(0)
            take_transfers(is_on=False)
    with tenant_scope(shop):
        booking = Booking.objects.latest("pk")
        assert (booking.status, booking.source) == ("pending_payment", "widget")
        receipt = Receipt.objects.get(payment__booking_id=booking.pk)
        assert StoredFile.objects.filter(kind="receipt", owner_id=receipt.pk).count() == 1
    assert complaints == []
