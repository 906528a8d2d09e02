"""Blocked people and how long things are kept, in a real browser: in every size and scheme, and by keyboard alone."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from privacy.models import BlockedLook, BlockedPerson
from tenants.context import tenant_scope
from tests.e2e.sight import check_everywhere, check_page
from tests.factories.privacy import make_blocked

pytestmark = pytest.mark.e2e

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def blocked(houses):
    with tenant_scope(houses[0]):
        number = make_blocked(name="Maximiliano Fernández de la Concepción")
        yield number
        BlockedPerson.objects.filter(pk=number).delete()


def look(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{page.url.rstrip('/').rpartition('workspace/')[2].replace('/', '-')}-{name}.png",
                        full_page=True)  # fmt: skip


def test_pages_are_whole_in_every_size_and_scheme(houses, open_workspace, blocked):
    page = open_workspace(houses[0], "/workspace/privacy/")
    start = page.url
    found = {}
    for each in ("", "kept/", "blocked/", f"blocked/{blocked}/"):
        page.goto(f"{start}{each}")
        found[each] = check_everywhere(page, look=look)

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_somebody_blocked_is_found_and_read_without_a_mouse(houses, open_workspace, blocked):
    page = open_workspace(houses[0], "/workspace/privacy/blocked/")
    page.locator("[name=words]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    assert check_page(page) == []
    page.locator("[name=words]").fill("maximiliano fernández de la concepción")
    page.keyboard.press("Enter")
    line = page.locator(f"main a[href$='/privacy/blocked/{blocked}/']")
    expect(line).to_be_visible()
    line.focus()
    page.keyboard.press("Enter")
    page.locator("[name=reason]").fill("Juzgado n.º 4")
    page.keyboard.press("Tab")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")

    assert taken.value.suggested_filename == f"blocked-{blocked}.zip"
    with tenant_scope(houses[0]):
        looks = list(BlockedLook.objects.filter(blocked_id=blocked).order_by("pk").values_list("kind", "reason"))
    assert looks == [("found", ""), ("read", "Juzgado n.º 4")]
