"""A new booking beside the board: where it was pressed, what was typed, and the way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, check_axe, check_everywhere
from tests.e2e.web.workspace.conftest import count_drawings, wait_for_drawing, wait_until_live
from tests.e2e.web.workspace.test_board import FREE_PLACE, book_at

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]


def press(page: Page) -> tuple[str, str]:
    """Click on an empty place of the first column; return its time and whose column it is."""
    board = page.locator("#board")
    first, last = (int(board.get_attribute(name)) for name in ("data-from", "data-to"))
    place = page.evaluate(FREE_PLACE)
    page.mouse.click(place["x"], place["y"])
    hour, minute = divmod(int((first + place["part"] * (last - first)) * 4) * 15, 60)
    return f"{hour:02d}:{minute:02d}", page.locator("#board .column").first.get_attribute("data-resource")


def test_pressed_place_opens_beside_the_live_board_and_escape_leads_back(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres")
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    drawer, mark = page.locator("#panel"), page.locator("#board .draft")

    time, resource = press(page)

    expect(page.locator("#who")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"/bookings/new/\?date={on}&time={time}&resource={resource}$"))
    expect(mark).to_be_visible()
    expect(page.locator("#board .visit").first).to_be_in_viewport()
    assert page.evaluate("document.getElementById('panel').matches(':modal')") is False
    page.locator("#f-name").fill("Rosa Lima")
    drawings = count_drawings(page)
    book_at(mine, "Eva Luna", 8)
    wait_for_drawing(page, drawings)
    expect(page.locator("#f-name")).to_have_value("Rosa Lima")
    expect(mark).to_be_visible()
    page.keyboard.press("Escape")

    expect(drawer).to_be_hidden()
    expect(mark).to_be_focused()
    expect(page).to_have_url(re.compile(rf"/workspace/\?date={on}$"))
    page.keyboard.press("Enter")
    expect(page.locator("#f-name")).to_have_value("Rosa Lima")
    assert page.locator("dialog[open]").count() == 1
    page.go_back()
    expect(drawer).to_be_hidden()
    page.go_forward()
    expect(page.locator("#f-name")).to_have_value("Rosa Lima")


def test_booking_in_the_drawer_is_corrected_made_and_shown(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres", 3)
    with tenant_scope(mine):
        service_id = Booking.objects.order_by("-pk").first().service_id
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    drawer = page.locator("#panel")
    page.keyboard.press("n")
    page.locator("#f-service").focus()
    page.locator("#f-service").select_option(str(service_id))
    expect(drawer.locator(".slot").first).to_be_visible()
    expect(page.locator("#f-service")).to_be_focused()
    found = check_everywhere(page, DESK, check=check_axe)
    drawer.locator(".acts .primary").click()

    expect(page.locator("#f-name")).to_be_focused()
    page.locator("#f-name").fill("Rosa Lima")
    day = drawer.locator(".day-choice:not(.full)").nth(2)
    day.click()
    expect(drawer.locator(".day-choice[aria-pressed=true]")).to_be_focused()
    expect(page.locator("#f-name")).to_have_value("Rosa Lima")
    drawer.locator(".slot").first.click()
    page.locator("#f-name").press("Enter")

    expect(drawer.locator("h2#panel-title")).to_have_text("Rosa Lima")
    expect(page.locator(".toast", has_text="Rosa Lima").first).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/workspace/\?date={on}$"))
    with tenant_scope(mine):
        assert Booking.objects.filter(customer_name="Rosa Lima").count() == 1
    assert found == []


COUNT_CLICKS = (
    "window.clicks = 0; addEventListener('click', event => { clicks += event.isTrusted && event.detail > 0; }, true);"
)


def test_who_calls_and_was_here_is_booked_with_one_field_and_four_clicks(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Nadia Flores", 3)
    with tenant_scope(mine):
        Booking.objects.filter(pk=booking_id).update(starts_at="2026-03-02T15:00Z", ends_at="2026-03-02T15:45Z")
        customer_id = Booking.objects.get(pk=booking_id).customer_id
    page = open_workspace(mine, f"/workspace/?date={on}", script=COUNT_CLICKS)
    wait_until_live(page)
    drawer = page.locator("#panel")

    page.locator("#new-one").click()
    page.locator("#who").press_sequentially("nadia flo")
    page.locator("#who-found button[name=customer]", has_text="Nadia Flores").first.click()
    drawer.locator(".known").wait_for()
    drawer.locator(".slot").first.click()
    drawer.locator(".acts .primary").click()

    expect(drawer.locator("h2#panel-title")).to_have_text("Nadia Flores")
    assert page.evaluate("clicks") == 4
    with tenant_scope(mine):
        made = Booking.objects.filter(customer_name="Nadia Flores").latest("pk")
        assert (made.customer_id, made.asset_data["plate"], made.status) == (customer_id, "ABC-12-34", "confirmed")


def test_whoever_stands_there_is_booked_with_two_clicks_when_somebody_is_free(houses, open_workspace):
    mine, _ = houses
    page = open_workspace(mine, "/workspace/", script=COUNT_CLICKS)
    wait_until_live(page)
    drawer = page.locator("#panel")

    page.locator("#walk-in").click()
    expect(drawer.locator("[name=service]")).not_to_have_value("")
    drawer.locator(".acts .primary").click()

    # Whether somebody is free at this hour is the calendar's business: it is booked, or the page says why not.
    expect(drawer.locator("#booking, .note.bad")).to_be_visible()
    assert page.evaluate("clicks") == 2
