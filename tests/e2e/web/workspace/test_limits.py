"""An owner limits the work and sets up the team in a real browser: with a script, without one, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import CapacityRule, Resource
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, NARROW, PHONE, check_everywhere, check_page, resize
from tests.e2e.web.workspace.test_catalog import SAVE

pytestmark = pytest.mark.e2e
MOST_STOPS = 60
FIND_COVERED = """() => {
    const at = document.activeElement, { top, bottom } = at.getBoundingClientRect();
    if (!at.closest('main') || at.closest('.save-bar')) return null;
    const bars = [...document.querySelectorAll('.save-bar')].map((bar) => bar.getBoundingClientRect());
    const isCovered = bars.some((bar) => bar.top < bottom && bar.bottom > top);
    return isCovered || top < 0 || bottom > innerHeight ? `${at.name || at.id} ${top}-${bottom}` : null;
}"""


def unpin(page: Page) -> None:
    """Let bars stand in the page: what one half covers at this very moment is no small target once one scrolls."""
    page.evaluate("for (const bar of document.querySelectorAll('.save-bar, .bar')) bar.style.position = 'static'")


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_limits_and_team_are_accessible(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/rules/")
    base = page.url.split("/workspace")[0]
    with tenant_scope(houses[0]):
        resource = Resource.objects.order_by("pk").first()
    found = {}
    for name, path in {
        "limits": "rules/",
        "limit": "rules/new/",
        "types": "resource_types/",
        "type": "resource_types/new/",
        "team": "resources/",
        "resource": f"resources/{resource.pk}/",
        "copy": f"resources/{resource.pk}/copy/",
        "turns": "resources/turns/",
    }.items():
        page.goto(f"{base}/workspace/{path}?lang=en")
        found[name, "en"] = check_page(page)
        page.goto(f"{base}/workspace/{path}?lang=es")
        unpin(page)
        found[name, "es"] = check_everywhere(page, DESK, PHONE, NARROW)
    page.goto(f"{base}/workspace/rules/new/")
    page.fill("[name=limit]", "0")
    page.click(SAVE)
    expect(page.locator("#problems")).to_be_focused()
    unpin(page)
    found["errors", "es"] = check_everywhere(page, DESK, PHONE, NARROW)

    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("path", ["rules/new/", "locations/new/"])
def test_no_bar_covers_what_has_the_focus(houses, open_workspace, path):
    page = open_workspace(houses[0], f"/workspace/{path}")
    covered = []
    for size in (DESK, PHONE, NARROW):
        resize(page, size)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.locator("main input:visible").first.focus()
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            if found := page.evaluate(FIND_COVERED):
                covered.append((size["width"], found))

    assert covered == []


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_limit_is_tried_saved_and_switched_off(houses, open_workspace, script):
    house, limit = houses[0], "37" if script else "38"
    page = open_workspace(house, "/workspace/rules/", java_script_enabled=script)
    page.click(".new-entry")
    page.fill("[name=limit]", limit)
    page.select_option("[name=period]", "week")
    page.locator(".sentence .chip", has_text="lun").click()
    if not script:
        page.locator(".proof button").click()
    expect(page.locator("#proof")).to_contain_text(f"Máximo {limit} citas por semana, los lunes.")
    expect(page.locator("[name=limit]")).to_have_value(limit)
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text(f"Máximo {limit} citas por semana, los lunes.")

    row = page.locator("tr", has_text=f"Máximo {limit} citas")
    row.get_by_role("switch").click()
    expect(page.locator("tr", has_text=f"Máximo {limit} citas").get_by_role("switch")).to_have_attribute(
        "aria-checked", "false"
    )

    with tenant_scope(house):
        rule = CapacityRule.objects.get(limit=int(limit))
        assert (rule.period, rule.weekdays, rule.is_active) == ("week", [0], False)
