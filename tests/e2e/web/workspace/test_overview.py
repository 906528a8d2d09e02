from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.sight import check_everywhere
from tests.e2e.web.workspace.test_board import book_at

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]


def test_week_and_month_are_whole_and_reached_without_a_mouse(houses, open_workspace):
    booking_id, on = book_at(houses[0], "Maximiliano Fernández de la Concepción")
    page = open_workspace(houses[0], "/workspace/")
    page.locator("input[name=date]").focus()
    page.locator("input[name=date]").fill(on)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"date={on}"))
    found = {}

    for name in ("week", "month"):
        link = page.locator(f".views a[href*='/workspace/{name}/']")
        link.focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/workspace/{name}/\?date={on}"))
        if name == "week":
            expect(page.locator(f".seven a[href$='/bookings/{booking_id}/']")).to_be_visible()
        found[name] = check_everywhere(page)

    assert found == {"week": [], "month": []}
    page.locator(f".month a[href*='date={on}']").click()
    expect(page.locator(f"#board [data-booking='{booking_id}']").first).to_be_visible()
