"""The API as those who build on it meet it: its reference in a browser, and a typed client made of its document."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import expect

from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.sight import NARROW, stays_wide
from tests.e2e.whole.site import Site
from tests.harness.api_client import write_client

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

DRAWN_MS = 120_000
"""So long Swagger UI may take on a busy machine to draw what it was asked for; alone it takes a tenth of that."""

JOURNEY = '''
from __future__ import annotations

from turnero_client import Client, Problem


def book_move_and_cancel(client: Client, first: str, last: str) -> tuple[str, list[str]]:
    """Return the reference, and what became of the booking at each step."""
    service = next(each for each in client.list_services()["results"] if each["approval"] == "instant")
    days = client.get_availability(from_=first, to=last, service=service["id"])["days"]
    starts = [slot["starts_at"] for day in days for slot in day["slots"]]
    held = client.hold_slot({"service": service["id"], "starts_at": starts[0]})
    booked = client.book(
        {
            "hold": held["id"],
            "token": held["token"],
            "customer": {"name": "Laura Jiménez", "email": "laura.cliente@example.com"},
            "asset": {"make": "Nissan", "model": "Versa"},
        }
    )
    token = booked["manage_url"].rstrip("/").rpartition("/")[2]
    moved = client.reschedule(token, {"starts_at": starts[-1]})
    cancelled = client.cancel(token, {"reason": "Voy de viaje"})
    try:
        client.reschedule(token, {"starts_at": starts[0]})
    except Problem as problem:
        refused = problem.code
    steps = [booked["status"], str(moved["starts_at"] == starts[-1]), cancelled["status"], refused]
    return booked["reference"], steps
'''


def list_days() -> tuple[str, str]:
    """From the day after tomorrow on: nothing is too late to cancel."""
    first = datetime.now(tz=UTC).date() + timedelta(days=2)
    return str(first), str(first + timedelta(days=13))


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def test_a_client_made_of_the_document_books_moves_and_cancels(workshop, server_port, tmp_path, monkeypatch):
    site = Site(workshop.primary_host.partition(":")[0], server_port)
    document = json.loads(site.request("GET", "/api/v1/schema/", more={"Accept": "application/json"}).text)
    client, journey = tmp_path / "turnero_client.py", tmp_path / "journey.py"
    client.write_text(write_client(document))
    journey.write_text(JOURNEY)

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", client.name, journey.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, "Success: no issues found in 2 source files\n")

    def send(method: str, path: str, body: str | None) -> tuple[int, str]:
        answer = site.request(method, path, json_body=None if body is None else json.loads(body))
        return answer.status, answer.text

    monkeypatch.setitem(sys.modules, "turnero_client", load(client))
    first, last = list_days()
    reference, steps = load(journey).book_move_and_cancel(sys.modules["turnero_client"].Client(send), first, last)
    assert steps == ["confirmed", "True", "cancelled", "transition_refused"]
    with tenant_scope(workshop):
        assert Booking.objects.get(reference=reference).status == "cancelled"


def test_a_call_is_tried_on_the_page_of_the_reference(workshop, address, open_page, complaints):
    page = open_page()
    page.set_default_timeout(DRAWN_MS)
    page.goto(f"{address}/api/v1/docs/#/business/get_business")  # of many calls, only those in sight are drawn
    call = page.locator("[id$=get_business]")
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()

    expect(call.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(call.locator(".live-responses-table")).to_contain_text(workshop.name)
    assert complaints == []


def test_the_reference_on_a_wide_page_has_columns_for_words(address, open_page):
    page = open_page(viewport={"width": 1280, "height": 900}, is_mobile=False, has_touch=False)
    page.set_default_timeout(DRAWN_MS)
    page.goto(f"{address}/api/v1/docs/#/holds/hold_slot")
    call = page.locator("[id$=hold_slot]")
    call.get_by_role("button", name="Try it out").wait_for()

    heads = call.locator("th, .col_header").evaluate_all("found => found.map(each => each.clientHeight)")
    assert heads != []
    assert max(heads) < 60  # a letter in each line makes it taller


def test_the_reference_is_read_with_large_letters_on_the_narrowest_page(address, open_page):
    page = open_page(viewport=NARROW, is_mobile=False, has_touch=False)
    page.set_default_timeout(DRAWN_MS)
    page.goto(f"{address}/api/v1/docs/#/availability/get_availability")
    call = page.locator("[id$=get_availability]")
    call.get_by_role("button", name="Try it out").click()
    assert not stays_wide(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not stays_wide(page)

    page.evaluate("document.documentElement.style.fontSize = ''")
    page.goto(f"{address}/api/v1/docs/")
    page.locator(".operation-filter-input").fill("waitl")
    expect(page.locator(".opblock-tag")).to_have_count(1)
    expect(page.locator(".opblock-tag")).to_contain_text("waitlist")
