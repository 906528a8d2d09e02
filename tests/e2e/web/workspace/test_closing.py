"""The end of a business in a real browser: before, with mistakes, and while it is kept, in every size and scheme."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.conftest import OWNER_PASSWORD
from tests.e2e.sight import DESK, PHONE, check_everywhere

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        Tenant.objects.filter(pk=houses[0].id).update(status="trial", status_since=utc_now())
        forget_tenants()


def test_closed_and_opened_again_in_every_size_and_scheme(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/closing/")
    found = {"open": check_everywhere(page)}
    page.locator("main .button.danger").click()
    expect(page.locator("#f-typed_name_error")).to_be_visible()
    expect(page.locator("[name=typed_name]")).to_be_focused()
    found["wrong"] = check_everywhere(page, PHONE)
    page.locator("[name=typed_name]").fill(houses[0].slug)
    page.locator("[name=password]").fill(OWNER_PASSWORD)
    page.locator("main .button.danger").click()
    expect(page.locator("#kept")).to_have_text("Quedan 30 días para volver a abrirlo")
    found["closed"] = check_everywhere(page, DESK, PHONE)
    page.locator("main .button.primary").click()
    expect(page.locator("main.day")).to_be_visible()

    assert {state: problems for state, problems in found.items() if problems} == {}
