"""The sheet of a day on paper and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scheduling.models import Allocation, Booking
from tenants.context import tenant_scope
from tests.e2e.sight import check_everywhere
from tests.e2e.web.workspace.conftest import wait_until_live
from tests.e2e.web.workspace.test_board_look import fill_day, house

__all__ = ["house"]
pytestmark = pytest.mark.e2e


def count_sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_forty_visits_run_over_pages_and_a_dozen_do_not(house, open_workspace):
    found = {}
    for visits in (12, 40):
        on = fill_day(house, [10] * visits)
        page = open_workspace(house, f"/workspace/day-sheet/?date={on}")
        expect(page.locator("main tbody tr")).to_have_count(visits)
        found[visits] = {paper: count_sheets(page.pdf(format=paper)) for paper in ("A4", "Letter")}
        clear(house)

    assert found[12] == {"A4": 1, "Letter": 1}
    assert all(1 < sheets <= 4 for sheets in found[40].values()), found


def clear(house) -> None:
    with tenant_scope(house):
        Allocation.objects.all().delete()
        Booking.objects.update(is_active=False, status="cancelled", hold_expires_at=None)


def test_sheet_is_reached_from_the_board_and_is_whole_everywhere(house, open_workspace):
    on = fill_day(house, [30] * 3)
    page = open_workspace(house, f"/workspace/?date={on}")
    wait_until_live(page)

    page.locator(".bar .print").focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(rf"/workspace/day-sheet/\?date={on}"))
    expect(page.locator("main thead th")).to_have_count(6)
    assert check_everywhere(page) == []
