"""Customers out of a file in a real browser: each step in every size and scheme; progress follows by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kernel.clock import utc_now
from scheduling.models import Booking, Customer, Import
from scheduling.services.imports.working import work_on
from tenants.jobs import call_in_tenant
from tests.e2e.sight import check_everywhere
from tests.factories.imports import ROWS, make_visit_rows

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
    Booking.objects.filter(source="import").delete()
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
    wide = ",".join(map(str, range(61))).encode()
    page.locator("#file").set_input_files({"name": "ancho.csv", "mimeType": "text/csv", "buffer": wide})
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    expect(page.locator("#problems")).to_contain_text("El archivo tiene más de 60 columnas.")
    found = {"list": look(page, "list")}
    page.locator("#file").set_input_files(
        {"name": "clientes-taller-2026.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    )
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    found["reading"] = look(page, "reading")
    call_in_tenant(schema_name, work)
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


def test_visits_are_chosen_about_and_shown_with_what_clashes(houses, open_workspace):
    schema_name = houses[0].schema_name
    page = open_workspace(houses[0], "/workspace/imports/")
    page.get_by_role("radio", name="Citas por venir").press("Space")
    page.locator("#file").set_input_files(
        {"name": "citas.csv", "mimeType": "text/csv", "buffer": make_visit_rows().encode()}
    )
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    expect(page.locator("#column-2")).to_have_value("date")
    page.get_by_role("radio", name="El recordatorio antes de la visita", exact=True).press("Space")
    page.locator("#service").select_option(index=1)
    found = {"columns": look(page, "visits-columns")}
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    expect(page.locator(".import-rows")).to_contain_text("Esta fecha no existe.")
    found["wrong"] = look(page, "visits-wrong")
    page.get_by_label("Fecha, línea 3").fill("30/02/2027")
    page.get_by_label("Fecha, línea 3").press("Enter")
    expect(page.get_by_label("Fecha, línea 3")).to_have_value("30/02/2027")
    expect(page.locator("#line-3 > p").first).to_be_focused()
    page.get_by_label("Fecha, línea 3").fill(f"24/3/{utc_now().year + 1}")
    page.get_by_label("Fecha, línea 3").press("Enter")
    expect(page.locator("#line-3")).to_contain_text("Esta línea ya se puede importar.")
    expect(page.locator("#import-begin button.primary")).to_contain_text("3")
    found["mended"] = look(page, "visits-mended")
    page.locator(".import-figures a").last.press("Enter")
    expect(page.locator(".import-rows")).to_contain_text("se agenda como")
    found["ready"] = look(page, "visits-ready")
    page.locator("main button.primary").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    page.locator("main summary").press("Enter")
    found["done"] = look(page, "visits-done")
    page.locator("main button.danger").press("Enter")
    expect(page.locator("#import-progress")).to_be_visible()
    call_in_tenant(schema_name, work)
    expect(page.locator("#import-over")).to_contain_text("Deshecha")
    assert call_in_tenant(schema_name, lambda: Booking.objects.filter(source="import").count()) == 0

    assert {step: problems for step, problems in found.items() if problems} == {}
