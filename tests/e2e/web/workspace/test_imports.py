"""Customers out of a file in a real browser: each step in every size and scheme; progress follows by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kernel.clock import utc_now
from scheduling.models import Customer, Import
from scheduling.services.imports.working import work_on
from tenants.jobs import call_in_tenant
from tests.e2e.sight import check_everywhere
from tests.factories.imports import ROWS

pytestmark = pytest.mark.e2e
SHOTS = os.environ.get("TURNERO_SHOTS", "")
"""A folder for pictures of each step, for people to look at."""


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        call_in_tenant(houses[0].schema_name, clear)


def clear() -> None:
    Import.objects.all().delete()
    Customer.objects.filter(name__startswith="Maximiliano Fernández").delete()


def work() -> None:
    work_on(Import.objects.latest("pk").pk, utc_now())


def look(page: Page, step: str) -> object:
    if SHOTS:
        for width, height in ((390, 844), (1440, 900)):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(SHOTS) / f"{step}-{width}-{scheme}.png", full_page=True)
    return check_everywhere(page)


def test_every_step_is_whole_and_follows_by_itself(houses, open_workspace):
    schema_name = houses[0].schema_name
    page = open_workspace(houses[0], "/workspace/imports/")
    found = {"list": look(page, "list")}
    page.locator("#file").set_input_files(
        {"name": "clientes-taller-2026.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    )
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#column-0")).to_have_value("name")
    found["columns"] = look(page, "columns")
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    found["at work"] = look(page, "at-work")
    call_in_tenant(schema_name, work)
    expect(page.locator(".import-rows")).to_contain_text("Falta el nombre.")
    found["ready"] = look(page, "ready")
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    expect(page.locator("main summary")).to_be_visible()
    page.locator("main summary").press("Enter")
    found["done"] = look(page, "done")
    page.locator("main button.danger").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    expect(page.locator("#import-over")).to_contain_text("Deshecha")
    found["undone"] = look(page, "undone")

    assert {step: problems for step, problems in found.items() if problems} == {}
