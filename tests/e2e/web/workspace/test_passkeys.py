"""A real Chromium with a device of its own makes a passkey, and signs in with nothing else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tenants.context import tenant_scope
from tests.conftest import OWNER_PASSWORD
from tests.e2e.conftest import FLAGS

pytestmark = pytest.mark.e2e

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page(houses, board_port, playwright, whole_chromium_path, django_db_blocker):
    """A browser that takes our plain HTTP for safe, as it would TLS, with a device."""
    origin = f"http://{houses[0].primary_host.partition(':')[0]}"
    rules = f"--host-resolver-rules=MAP *.testserver.example 127.0.0.1:{board_port}"
    safe = f"--unsafely-treat-insecure-origin-as-secure={origin}"
    with django_db_blocker.unblock():
        browser = playwright.chromium.launch(executable_path=whole_chromium_path, args=[*FLAGS, rules, safe])
        try:
            made = browser.new_context(base_url=origin, locale="es-MX").new_page()
            devices = made.context.new_cdp_session(made)
            devices.send("WebAuthn.enable")
            devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
            yield made
        finally:
            browser.close()


def test_a_passkey_is_made_and_signs_in(page: Page, houses):
    with tenant_scope(houses[0]):
        email = User.objects.get(role="owner").email
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("form [name=password]", OWNER_PASSWORD)
    page.click("form:has([name=login]) button.primary")
    page.goto("/workspace/account/passkeys/")
    page.fill("[name=name]", "Mostrador")
    page.fill("[name=password]", OWNER_PASSWORD)
    page.click("main button.primary")
    page.click("form[data-passkey] button")
    expect(page.locator("aside")).to_contain_text("Mostrador")

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/workspace/bookings/")
    page.click("form[data-passkey] button")

    page.wait_for_url("**/workspace/bookings/")
