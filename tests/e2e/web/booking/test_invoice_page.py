"""Asking for an invoice on a phone, with and without scripts: what is wrong is said, what was typed stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from billing.models import InvoiceWish
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tests.factories.billing import pay
from tests.integration.web.workspace.conftest import book

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    """What is made is committed: a server of its own shows it."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_phone_asks_for_an_invoice(workshop, address, open_page, check_page, complaints, has_scripts):
    with tenant_scope(workshop):
        booked = book("Ana Ruiz", slot=5 + has_scripts)
        pay(booked.booking_id, 10_000, now=utc_now())
    check = check_page if has_scripts else lambda _: None
    page = open_page(java_script_enabled=has_scripts)
    page.goto(f"{address}/b/{booked.manage_token}/")
    check(page)

    page.click(".ticket >> text=Factura")
    page.fill("[name=name]", "Transportes y Refacciones de la Concepción SA de CV")
    page.fill("[name=tax_id]", "MAB9307148T9")
    page.select_option("[name=regime]", "601")
    page.select_option("[name=use]", "G03")
    check(page)
    page.click("text=Pedir la factura")

    expect(page.locator(".error")).to_have_count(2)
    expect(page.locator("[name=tax_id]")).to_have_value("MAB9307148T9")
    expect(page.locator("[name=regime]")).to_have_value("601")
    check(page)
    page.fill("[name=tax_id]", "MAB-930714-8T4")
    page.fill("[name=postal_code]", "06700")
    page.click("text=Pedir la factura")

    expect(page.locator("[role=status]")).to_contain_text("tiene tu solicitud")
    check(page)
    with tenant_scope(workshop):
        row = InvoiceWish.objects.get(booking_id=booked.booking_id)
    assert (row.state, row.tax_id, row.postal_code, complaints) == ("asked", "MAB9307148T4", "06700", [])
