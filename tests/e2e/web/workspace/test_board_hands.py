"""What reception does all day with the keyboard alone, and with a finger: cancel, give to somebody else, approve."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Allocation, Booking, Service
from tenants.context import tenant_scope
from tests.e2e.waiting import assert_soon
from tests.e2e.web.workspace.conftest import save
from tests.e2e.web.workspace.test_board_moves import TABLET, book_at, box_of, open_board, touch, visit_of

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]
MOST_TABS = 120


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus is what is looked for."""
    for _ in range(MOST_TABS):
        if page.evaluate("selector => Boolean(document.activeElement?.matches(selector))", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)


def status_of(house, booking_id: int) -> str:
    with tenant_scope(house):
        return Booking.objects.get(pk=booking_id).status


def people_of(house, booking_id: int) -> list[int]:
    with tenant_scope(house):
        taken = Allocation.objects.filter(
            booking_id=booking_id, is_active=True, resource__resource_type__is_person=True
        )
        return list(taken.values_list("resource_id", flat=True))


def request_at(house, name: str) -> tuple[int, str]:
    with tenant_scope(house):
        Service.objects.update(approval="request")
    try:
        return book_at(house, name, 3)
    finally:
        with tenant_scope(house):
            Service.objects.update(approval="instant")


def test_with_the_keyboard_alone_a_visit_is_canceled(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    page = open_board(open_workspace, mine, on)

    tab_to(page, f"[data-booking='{booking_id}']")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    tab_to(page, "#do-cancel summary")
    page.keyboard.press("Enter")
    tab_to(page, "#do-cancel input[name=cause]")
    page.keyboard.press("Space")
    tab_to(page, "#do-cancel form button")
    page.keyboard.press("Enter")

    assert_soon(lambda: status_of(mine, booking_id), "cancelled")


def test_with_the_keyboard_alone_a_visit_is_given_to_somebody_else(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    before = people_of(mine, booking_id)
    page = open_board(open_workspace, mine, on)
    columns = page.locator("#board .column")
    at = [each.get_attribute("data-resource") for each in columns.all()].index(str(before[0]))

    tab_to(page, f"[data-booking='{booking_id}']")
    for key in ("m", "ArrowLeft" if at else "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#tell[open] button[value=yes]")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".toast [data-undo]").wait_for()

    assert len(before) == len(people_of(mine, booking_id)) == 1
    assert people_of(mine, booking_id) != before


def test_with_the_keyboard_alone_a_request_is_approved(houses, open_workspace):
    mine, _ = houses
    booking_id, on = request_at(mine, "Rubén Soto")
    page = open_board(open_workspace, mine, on)

    tab_to(page, ".aside form[action$='/approve/'] button")
    page.keyboard.press("Enter")

    assert_soon(lambda: status_of(mine, booking_id), "confirmed")


def test_with_a_finger_a_visit_is_canceled(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    page = open_board(open_workspace, mine, on, **TABLET)

    visit_of(page, booking_id).tap()
    page.locator("#do-cancel summary").tap()
    page.locator("#do-cancel label:has(input[name=cause])").first.tap()
    page.locator("#do-cancel form button").tap()

    assert_soon(lambda: status_of(mine, booking_id), "cancelled")


def test_with_a_finger_a_visit_is_given_to_somebody_else(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    before = people_of(mine, booking_id)
    page = open_board(open_workspace, mine, on, **TABLET)
    box = box_of(visit_of(page, booking_id))
    other = box_of(page.locator(f"#board .column:not([data-resource='{before[0]}'])").first)

    touch(page, (box["x"] + 40, box["y"] + 8), (other["x"] + 60, box["y"] + 8))
    save(page, is_told=False)
    page.locator(".toast [data-undo]").wait_for()

    assert people_of(mine, booking_id) != before


def test_with_a_finger_a_request_is_approved(houses, open_workspace):
    mine, _ = houses
    booking_id, on = request_at(mine, "Rubén Soto")
    page = open_board(open_workspace, mine, on, **TABLET)

    page.locator(".aside form[action$='/approve/'] button").first.tap()

    assert_soon(lambda: status_of(mine, booking_id), "confirmed")
