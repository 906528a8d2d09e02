"""What a change touches, in a real browser: as a page and as a dialog, by keyboard, without a script, on a phone."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from kernel.clock import utc_now
from scheduling.engine import Slot
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.models import Allocation, Booking, Resource, ResourceType
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog import services as catalog
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.catalog.resources import add_lanes
from scheduling.types import AvailabilityQuery, CustomerDetails, SlotRequest, VisitDetails
from tenants.context import tenant_scope
from tenants.types import TenantInfo
from tests.e2e.sight import check_everywhere
from tests.factories.scheduling import CUSTOMER, make_wish
from web.workspace.changes.progress import note_progress

pytestmark = pytest.mark.e2e
SAVE = "[data-review] .save-bar .primary"
PROGRESS = re.compile("/progress/$")
KEEP_STATE = """() => {
    const state = document.querySelector(".save-bar .state")
    new MutationObserver(() => { sessionStorage.state = state.innerText.trim() }).observe(state, {childList: true})
}"""
"""A page that waits for another one answers no question of Playwright's; what it showed is asked of the next one."""


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def hire(house: TenantInfo, name: str, bookings: int) -> int:
    """Take on a mechanic with coming appointments, each of another customer; return their id."""
    with tenant_scope(house):
        like = Resource.objects.filter(resource_type__is_person=True).order_by("pk").first()
        service = next(each for each in catalog.list_bookable_services() if each.seats is None)
        who = Resource.objects.create(
            name=name, resource_type=like.resource_type, location=like.location, skills=like.skills, capacity=12
        )
        add_lanes({who.pk: 12})
        made = 0
        for slot in list_slots(service.id) * 2:
            if made == bookings:
                break
            customer = CustomerDetails(f"Cliente {made + 1}", email=f"cliente{made}@example.com", locale="es")
            details = VisitDetails(customer=customer, asset={"make": "Nissan", "model": "Versa"})
            request = SlotRequest(make_wish(service.id, resource_ids=(who.pk,)), starts_at=slot.starts_at)
            with suppress(SlotTaken, SlotUnavailable):
                book_slot(request=request, details=details, now=utc_now(), source="page", by=CUSTOMER)
                made += 1
        assert made == bookings
        taken = Allocation.objects.filter(resource=who).values("booking_id")
        Booking.objects.filter(pk__in=taken).update(chosen_resource=None)
        return who.pk


def list_slots(service_id: int) -> list[Slot]:
    """List the free times of two weeks: a day has not enough bays for all of these tests."""
    now = utc_now()
    first, last = (now.date() + timedelta(days=days) for days in (1, 14))
    query = AvailabilityQuery(make_wish(service_id), from_on=first, to_on=last)
    return [slot for day in get_availability(query=query, now=now).days for slot in day.slots][::3]


def archive(page: Page) -> None:
    page.locator("header form button").click()
    expect(page.locator("h1")).to_contain_text("Este cambio toca")


def test_page_and_dialog_are_accessible(houses, open_workspace):
    many, few = (hire(houses[0], f"Persona {count}", count) for count in (5, 1))
    page = open_workspace(houses[0], f"/workspace/resources/{many}/")
    archive(page)
    expect(page.locator("h1")).to_be_focused()
    found = {"page": check_everywhere(page)}
    page.goto(page.url.replace(f"/{many}/archive/", f"/{few}/"))
    with tenant_scope(houses[0]):
        other = ResourceType.objects.filter(is_person=False).first()
    page.select_option("[name=resource_type_id]", str(other.pk))
    page.click(".setup-form .save-bar .primary")
    expect(page.locator("#review-title")).to_be_focused()
    found["dialog"] = check_everywhere(page)

    assert found == {"page": [], "dialog": []}


def test_twelve_are_decided_by_keyboard_and_saved_in_one_go(houses, open_workspace):
    house = houses[0]
    who = hire(house, "Doce Citas", 12)
    page = open_workspace(house, f"/workspace/resources/{who}/")
    archive(page)
    expect(page.locator("h1")).to_have_text("Este cambio toca 12 citas")
    expect(page.locator(SAVE)).to_contain_text("avisar a 12")
    page.locator("[name=review-all][value=cancel]").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-tally=cancel]")).to_have_text("12")
    expect(page.locator("#said")).to_contain_text("12")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-tally=move]")).to_have_text("12")
    page.locator("li.one").first.locator("[value=cancel]").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-tally=cancel]")).to_have_text("1")
    key, held = page.locator("[name=review-key]").input_value(), list[Route]()
    with tenant_scope(house):
        note_progress(key, 4, 11)
    page.route(re.compile("/archive/$"), lambda route: held.append(route))  # noqa: PLW0108 - it gets a mark
    page.evaluate(KEEP_STATE)
    page.locator(SAVE).focus()
    with page.expect_response(PROGRESS):
        page.keyboard.press("Enter")
    with page.expect_response(PROGRESS):
        pass  # it asked again: the answer before is shown
    held[0].continue_()
    expect(page.locator(".said")).to_contain_text("11 movidas, 1 cancelada")
    assert page.evaluate("sessionStorage.state") == "4 de 11 citas movidas"
    with tenant_scope(house):
        assert Resource.objects.get(pk=who).is_active is False
        assert not Allocation.objects.filter(resource_id=who, is_active=True).exists()


def test_dialog_closes_with_escape_and_keeps_what_was_typed(houses, open_workspace):
    house = houses[0]
    who = hire(house, "Una Cita", 1)
    page = open_workspace(house, f"/workspace/resources/{who}/")
    with tenant_scope(house):
        other = ResourceType.objects.filter(is_person=False).first()
    page.fill("[name=name]", "Otra Cita")
    page.select_option("[name=resource_type_id]", str(other.pk))
    page.click(".setup-form .save-bar .primary")
    expect(page.locator("dialog.review-box:modal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.review-box")).to_have_count(0)
    expect(page.locator("[name=name]")).to_have_value("Otra Cita")
    page.click(".setup-form .save-bar .primary")
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text("1 movida")
    with tenant_scope(house):
        assert Resource.objects.get(pk=who).name == "Otra Cita"


def test_it_works_without_a_script(houses, open_workspace):
    who = hire(houses[0], "Sin Guion", 4)
    page = open_workspace(houses[0], f"/workspace/resources/{who}/", java_script_enabled=False)
    archive(page)
    page.locator("label:has([name=review-all][value=cancel])").click()
    page.click("[name=review-do][value=all]")
    expect(page.locator("[data-tally=cancel]")).to_have_text("4")
    page.click(SAVE)
    expect(page.locator(".said")).to_contain_text("4 canceladas")
