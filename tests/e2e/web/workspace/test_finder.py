"""Bookings are found from any page of the workspace, while one types, by keyboard and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scheduling.models import BookingSearch
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, check_everywhere
from tests.e2e.web.workspace.test_board import book_at

pytestmark = pytest.mark.e2e

FIND, FOUND = "#find-booking", "#quick a[data-booking]"


@pytest.fixture
def booked(houses, unblocked):
    with tenant_scope(houses[0]):
        BookingSearch.objects.all().delete()  # visits of the same name that tests of other files left
    booking_id = book_at(houses[0], "Renée O’Connor", slot=1)[0]
    yield booking_id
    with tenant_scope(houses[0]):
        BookingSearch.objects.all().delete()


def test_results_come_while_one_types(houses, open_workspace, booked):
    # Where nothing lies half behind the results: axe would call that too small to be hit.
    page = open_workspace(houses[0], "/workspace/account/")
    page.keyboard.press("/")
    expect(page.locator(FIND)).to_be_focused()
    page.locator(FIND).press_sequentially("oconor re", delay=20)
    expect(page.locator(FOUND)).to_have_count(1)
    expect(page.locator("#quick")).to_contain_text("Renée O’Connor")
    assert check_everywhere(page, DESK) == []

    page.keyboard.press("Tab")
    expect(page.locator(FOUND)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("Renée O’Connor")
    expect(page.locator("#quick")).to_be_hidden()


@pytest.mark.parametrize("has_script", [True, False])
def test_enter_opens_the_list_which_keeps_the_words(houses, open_workspace, booked, has_script):
    options = {} if has_script else {"java_script_enabled": False}
    page = open_workspace(houses[0], "/workspace/bookings/new/", **options)
    page.fill(FIND, "oconnor")
    page.press(FIND, "Enter")

    page.wait_for_url(re.compile(r"/workspace/bookings/\?q=oconnor"))
    expect(page.locator(f'#found a[data-booking="{booked}"]')).to_be_visible()
    expect(page.locator("#find")).to_have_value("oconnor")


def test_the_list_answers_while_one_types_and_its_address_keeps_it(houses, open_workspace, booked):
    page = open_workspace(houses[0], "/workspace/bookings/")
    page.locator("#find").press_sequentially("renee", delay=20)
    page.wait_for_url(re.compile("q=renee"))
    page.reload()

    expect(page.locator("#find")).to_have_value("renee")
    expect(page.locator(f'#found a[data-booking="{booked}"]')).to_be_visible()
