"""An owner limits the work and sets up the team in a real browser: with a script, without one, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scheduling.models import CapacityRule, Resource
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, check_everywhere, check_page
from tests.e2e.web.workspace.test_catalog import SAVE

pytestmark = pytest.mark.e2e
PHONE, TINY = {"width": 390, "height": 1900}, {"width": 320, "height": 2200}
"""As high as the pages: what the bar at the foot half covers until one scrolls is no small target."""


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
        found[name, "es"] = check_everywhere(page, DESK, PHONE, TINY)
    page.goto(f"{base}/workspace/rules/new/")
    page.fill("[name=limit]", "0")
    page.click(SAVE)
    expect(page.locator("#problems")).to_be_focused()
    found["errors", "es"] = check_everywhere(page, DESK, PHONE, TINY)

    assert {name: faults for name, faults in found.items() if faults} == {}


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
