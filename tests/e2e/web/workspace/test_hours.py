"""The week on one grid in a real browser: by mouse, by keyboard alone, on a phone, without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Resource, WorkingHours
from scheduling.selectors.catalog.calendars import get_resource_week
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, NARROW, PHONE, check_everywhere

pytestmark = pytest.mark.e2e
GRID = "/workspace/hours/"


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def mechanic(houses) -> int:
    """Return a mechanic who follows the location."""
    with tenant_scope(houses[0]):
        row = Resource.objects.filter(resource_type__is_person=True).order_by("pk").first()
        WorkingHours.objects.filter(resource=row).delete()
        return row.pk


def read_hours(house, resource_id: int, weekday: int) -> list[tuple[int, int]]:
    with tenant_scope(house):
        week = get_resource_week(resource_id=resource_id).setup
        return [(each.opens_minute, each.closes_minute) for each in week.hours if each.weekday == weekday]


def wait_for_drawing(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def test_a_night_is_typed_copied_and_saved_by_keyboard_alone(houses, open_workspace, mechanic):
    page = open_workspace(houses[0], GRID)
    friday = page.locator(f"#cell-r{mechanic}-4")
    page.locator(f"#cell-r{mechanic}-0").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(friday).to_be_focused()
    page.keyboard.press("Enter")
    opens = page.locator("[data-list=hours] [data-opens]").first
    expect(opens).to_be_focused()
    opens.fill("18")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notes]")).to_contain_text("sábado")
    expect(friday).to_contain_text("(sáb)")
    page.keyboard.press("Escape")
    expect(friday).to_be_focused()
    expect(page.locator("#week-save")).to_be_visible()
    page.locator("#week-submit").press("Enter")
    expect(page.locator(".said")).to_contain_text("Guardado")

    assert read_hours(houses[0], mechanic, 4) == [(1080, 120)]


def test_several_days_are_chosen_wrong_hours_are_said_and_nothing_is_lost(houses, open_workspace, mechanic):
    page = open_workspace(houses[0], GRID)
    page.click(f"#cell-r{mechanic}-0")
    page.click(f"#cell-r{mechanic}-2", modifiers=["Shift"])
    expect(page.locator("#editor-title")).to_have_text("3 días elegidos")
    page.locator("[data-list=hours] [data-opens]").first.fill("9")
    page.locator("[data-list=hours] [data-closes]").first.fill("99")
    page.locator("[data-list=hours] [data-closes]").first.press("Enter")
    expect(page.locator(f"#cell-r{mechanic}-1 .wrong")).to_be_visible()
    page.click("#week-submit")
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator(f"#cell-r{mechanic}-1")).to_contain_text("99")
    page.click(f"#cell-r{mechanic}-0")
    page.click(f"#cell-r{mechanic}-2", modifiers=["Shift"])
    page.locator("[data-list=hours] [data-closes]").first.fill("17")
    page.locator("[data-list=hours] [data-closes]").first.press("Enter")
    wait_for_drawing(page)
    expect(page.locator(".cell .wrong")).to_have_count(0)
    page.click("#week-submit")
    expect(page.locator(".said")).to_contain_text("Guardado")

    assert [read_hours(houses[0], mechanic, day) for day in (0, 1, 2)] == [[(540, 1020)]] * 3


@pytest.mark.parametrize("sizes", [(DESK,), (PHONE, NARROW)], ids=["desk", "phone"])
def test_the_grid_its_editor_and_the_plain_form_are_accessible(houses, open_workspace, mechanic, sizes):
    page = open_workspace(houses[0], GRID, viewport=sizes[0])
    found = {"grid": check_everywhere(page, *sizes)}
    page.click(f"#cell-r{mechanic}-1")
    page.locator("[data-list=hours] [data-closes]").first.fill("23")
    page.locator("[data-list=hours] [data-closes]").first.press("Enter")
    expect(page.locator("[data-notes] .odd")).to_be_visible()
    found["editor"] = check_everywhere(page, *sizes)
    page.locator("[data-list=hours] [data-closes]").first.fill("x")
    page.locator("[data-list=hours] [data-closes]").first.press("Enter")
    expect(page.locator("[data-notes] .bad")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")  # what the bar at the foot covers by half counts as too small
    found["wrong"] = check_everywhere(page, *sizes)

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_without_a_script_a_day_leads_to_the_plain_form(houses, open_workspace, mechanic):
    page = open_workspace(houses[0], GRID, java_script_enabled=False)
    page.click(f"#cell-r{mechanic}-3")
    page.uncheck(f"[name=follows-r{mechanic}]")
    page.fill(f"[name=hours-r{mechanic}-3]", "8 a 13, 14 a 18")
    page.click(".save-bar .primary")
    expect(page.locator(".said")).to_contain_text("Guardado")

    assert read_hours(houses[0], mechanic, 3) == [(480, 780), (840, 1080)]
