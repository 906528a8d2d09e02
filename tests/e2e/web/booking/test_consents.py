"""The switches of a contact in a browser: by keyboard, in every size and scheme, with and without a script."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from scheduling.enums import ConsentPurpose
from scheduling.models import Contact, Customer
from scheduling.selectors.customers.consents import is_refused
from scheduling.services.consent_links import make_consent_token
from tenants.context import tenant_scope

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]


@pytest.fixture(scope="module")
def email(workshop, django_db_blocker) -> str:
    email = f"eva-{secrets.token_hex(4)}@example.com"
    with django_db_blocker.unblock(), tenant_scope(workshop):
        made = Customer.objects.create(name="Eva", created_at=utc_now())
        Contact.objects.create(customer=made, kind="email", value=email)
    return email


@pytest.mark.parametrize("has_script", [True, False])
def test_somebody_says_no_and_yes_with_the_keyboard_alone(workshop, address, email, open_page, check_page, has_script):
    page = open_page(java_script_enabled=has_script)
    with tenant_scope(workshop):
        page.goto(f"{address}/c/{make_consent_token(email)}/")
    expect(page.locator("h1")).to_have_text("Mensajes y lo que aceptaste")
    if has_script:
        check_page(page)

    was_on = page.locator("[name=feedback]").is_checked()
    page.locator("[name=feedback]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("[role=status]")).to_contain_text("Guardado")
    assert page.locator("[name=feedback]").is_checked() != was_on
    if has_script:
        check_page(page)
    with tenant_scope(workshop):
        assert is_refused(ConsentPurpose.FEEDBACK, email) == was_on
