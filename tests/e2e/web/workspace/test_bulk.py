"""Many bookings at once in a real browser, with the keyboard alone: each page in every size and scheme."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Allocation, Booking, BulkAct, TimeOff
from tenants.context import tenant_scope
from tests.e2e.sight import check_everywhere
from tests.e2e.web.workspace.test_board import book_at

pytestmark = pytest.mark.e2e
SHOTS = os.environ.get("TURNERO_SHOTS", "")
"""A folder for pictures of each step, for people to look at."""


def look(page: Page, step: str) -> object:
    if SHOTS:
        for width, height in ((390, 844), (1440, 900)):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(SHOTS) / f"{step}-{width}-{scheme}.png", full_page=True)
    return check_everywhere(page)


@pytest.fixture
def served(houses, unblocked) -> tuple[int, str]:
    """Somebody with an appointment, and its day."""
    with tenant_scope(houses[0]):
        booking_id, on = book_at(houses[0], "Maximiliano Fernández de la Concepción", 3)
        taken = Allocation.objects.filter(booking_id=booking_id, resource__resource_type__is_person=True)
        return taken.first().resource_id, str(on)


@pytest.fixture(autouse=True)
def tidied(houses, unblocked):
    yield
    with tenant_scope(houses[0]):
        BulkAct.objects.all().delete()
        TimeOff.objects.all().delete()
        Booking.objects.filter(customer_name__startswith="Maximiliano").delete()


def test_who_is_away_is_decided_and_undone_with_the_keyboard(houses, open_workspace, served):
    who, on = served
    page = open_workspace(houses[0], "/workspace/bulk/")
    found = {"ways": look(page, "ways")}
    page.locator(".bulk-ways a").first.press("Enter")
    expect(page.locator("#resource")).to_be_visible()
    found["form"] = look(page, "form")
    page.locator("#resource").select_option(str(who))
    page.locator("#from").fill(on)
    page.locator("#from").press("Enter")
    expect(page.locator(".touched .one")).to_have_count(1)
    found["proposals"] = look(page, "proposals")
    page.locator("#line").fill("Carlos está enfermo")
    page.locator(".save-bar .primary").press("Enter")
    expect(page.locator(".bulk-list .badge")).to_have_text("Movida")
    page.locator("main summary").press("Enter")
    found["report"] = look(page, "report")
    page.locator("main button.danger").press("Enter")
    expect(page.locator(".bulk-list .badge")).to_have_text("Deshecha")
    found["undone"] = look(page, "undone")

    assert {step: problems for step, problems in found.items() if problems} == {}


def test_a_day_is_written_to_moved_and_closed(houses, open_workspace, served):
    _, on = served
    with tenant_scope(houses[0]):
        customer = Booking.objects.get(customer_name__startswith="Maximiliano").customer_id
    page = open_workspace(houses[0], f"/workspace/bulk/everyone/?from={on}")
    found = {"everyone": look(page, "everyone")}
    page.locator("#text").fill("Hoy no hay luz; te esperamos igual.")
    page.locator("main form[method=post] .primary").press("Enter")
    expect(page.locator(".bulk-list .badge")).to_have_text("Se le escribió")
    found["written"] = look(page, "written")
    page.goto(page.url.split("/workspace/")[0] + f"/workspace/bulk/together/?customer={customer}")
    found["together"] = look(page, "together")
    page.locator("#at").fill(f"{on}T17:00")
    page.locator("[name=do][value=move]").press("Enter")
    expect(page.locator(".bulk-list .badge")).to_have_text("Movida")
    page.goto(page.url.split("/workspace/")[0] + f"/workspace/bulk/close/?from={on}")
    found["closing"] = look(page, "closing")
    page.locator("#line").fill("Se inundó el local")
    page.locator("main form[method=post] .danger").press("Enter")
    expect(page.locator(".bulk-list .badge")).to_have_text("Cancelada")
    page.locator("main summary").press("Enter")
    page.locator("main button.danger").press("Enter")
    expect(page.locator(".bulk-list .badge")).to_have_text("Deshecha")

    assert {step: problems for step, problems in found.items() if problems} == {}
