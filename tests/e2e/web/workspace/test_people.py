"""Who signs in, and one's own account, in a real browser: in every size and scheme, and by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.services import second_step
from tenants.context import tenant_scope
from tests.e2e.sight import check_everywhere, check_page
from tests.factories.accounts import SECRET, invite

pytestmark = pytest.mark.e2e

PAGES = ("people/", "people/invite/", "people/{ana}/", "people/{ana}/hand-over/", "people/{ana}/second-step/",
         "account/", "account/email/", "account/passkeys/", "account/leave/")  # fmt: skip
LONG = "maria-fernanda.de-la-mora.y.castillo@taller-de-los-hermanos-morales.example"


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def ana(houses) -> int:
    """A colleague with a long e-mail and a second step, one who was switched off, and one who is invited."""
    with tenant_scope(houses[0]):
        person = User.objects.create(email=LONG, name="María Fernanda de la Mora y Castillo", role="provider")
        second_step.seed(LONG, secret=SECRET)
        User.objects.create(email="hugo@taller.example", name="Hugo Paz", role="manager", is_active=False)
        invite("jose@taller.example", token="t")
        return person.pk


def test_pages_are_whole_in_every_size_and_scheme(houses, open_workspace, ana):
    page = open_workspace(houses[0], "/workspace/people/")
    found = {}
    for each in PAGES:
        page.goto(f"http://{houses[0].primary_host.partition(':')[0]}/workspace/{each.format(ana=ana)}")
        found[each] = check_everywhere(page)

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_somebody_is_invited_without_a_mouse(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/people/invite/")
    expect(page.locator("[name=email]")).to_be_focused()
    page.keyboard.type("nadie")
    page.keyboard.press("Enter")
    expect(page.locator("#f-email_error")).to_be_visible()
    expect(page.locator("[name=email]")).to_be_focused()
    assert check_page(page) == []
    page.keyboard.press("Control+A")
    page.keyboard.type("eva@taller.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("eva@taller.example")
