"""Prices in a real browser: in their rows by keyboard alone, and all of them on one page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scheduling.models import Service
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, NARROW, PHONE, check_everywhere, check_page
from tests.e2e.web.workspace.test_catalog import SAVE

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_prices_are_typed_in_their_rows_without_a_mouse(houses, open_workspace):
    house = houses[0]
    page = open_workspace(house, "/workspace/services/")
    costs = page.locator(".cost")
    amount = page.locator(".price-edit [inputmode=decimal]")
    first, second = (page.locator("tbody th[id] .name").nth(number).text_content() for number in (0, 1))
    costs.first.focus()
    page.keyboard.press("Enter")
    expect(amount).to_be_focused()
    page.keyboard.type("12.345")
    page.keyboard.press("Enter")
    expect(page.locator(".price-edit + [role=alert]")).to_contain_text("decimales")
    expect(amount).to_have_value("12.345")
    assert check_page(page) == []
    page.keyboard.press("Escape")
    expect(costs.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(amount).to_be_focused()
    page.keyboard.type("777")
    page.keyboard.press("Tab")
    expect(page.locator(".editing .name")).to_have_text(second)
    expect(amount).to_be_focused()
    page.keyboard.type("888")
    page.keyboard.press("Enter")
    expect(costs.nth(1)).to_be_focused()

    with tenant_scope(house):
        prices = dict(Service.objects.values_list("name", "price_minor"))
        assert (prices[first], prices[second]) == (77_700, 88_800)


def test_the_switch_is_taken_back_in_its_notice(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/services/")
    switch = page.locator(".toggle").first
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()

    page.locator(".toast [data-undo]").last.click()

    expect(switch).to_have_attribute("aria-checked", "true")


def test_a_list_that_cannot_be_loaded_says_so(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/services/")
    # As htmx says it; a request that really failed would be a complaint of the browser as well.
    page.evaluate(
        """() => {
          const form = document.getElementById("find").form;
          form.dispatchEvent(new CustomEvent("htmx:sendError", {bubbles: true, detail: {elt: form}}));
        }"""
    )
    expect(page.locator("#entries [role=alert]")).to_contain_text("No se pudo cargar")
    assert check_page(page) == []

    page.click("[data-again]")

    expect(page.locator("tbody .name")).not_to_have_count(0)


@pytest.mark.parametrize("sizes", [(DESK,), (PHONE, NARROW)], ids=["desk", "phone"])
def test_the_price_list_is_accessible_and_marks_what_changed(houses, open_workspace, sizes):
    page = open_workspace(houses[0], "/workspace/services/prices/", viewport=sizes[0])
    amounts = page.locator(".price-table [inputmode=decimal]")
    amounts.first.fill("999")
    amounts.first.press("ArrowDown")
    expect(amounts.nth(1)).to_be_focused()
    expect(page.locator(".was b").first).to_contain_text("%")
    amounts.nth(1).fill("1.2345")
    found = check_everywhere(page, *sizes)

    page.click(SAVE)

    expect(page.locator("#problems")).to_be_focused()
    expect(amounts.first).to_have_value("999")
    assert (found, check_everywhere(page, *sizes)) == ([], [])
