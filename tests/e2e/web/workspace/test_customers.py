"""The desk finds a customer while typing, opens the record, changes it, and keeps what the meter shows."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from scheduling.enums import ContactKind
from scheduling.models import Asset, AssetReading, Booking, Contact, Customer
from scheduling.services.customers.records import create_customer
from scheduling.types import SYSTEM, ContactSetup, CustomerSetup
from tenants.context import tenant_scope
from tests.e2e.sight import check_everywhere
from tests.e2e.web.workspace.test_board import book_at

pytestmark = pytest.mark.e2e

NAME = "Renée O’Connor"


@pytest.fixture
def customer_id(houses, unblocked) -> int:
    booking_id = book_at(houses[0], NAME, slot=1)[0]
    with tenant_scope(houses[0]):
        return Booking.objects.get(pk=booking_id).customer_id


def test_a_customer_is_found_opened_and_changed(houses, open_workspace, customer_id):
    page = open_workspace(houses[0], "/workspace/customers/?lang=es")
    page.locator("#find").press_sequentially("oconor re", delay=20)
    expect(page.locator("#entries a.name").first).to_have_text(NAME)
    page.wait_for_url(re.compile("q=oconor"))
    assert check_everywhere(page) == []

    page.locator("#entries a.name").first.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    expect(page.locator("h1")).to_have_text(NAME)
    assert check_everywhere(page) == []

    page.get_by_role("link", name="Cambiar").press("Enter")
    page.fill("[name=tags]", "Flotilla")
    assert check_everywhere(page) == []
    page.press("[name=tags]", "Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    expect(page.locator(".who-is")).to_contain_text("Flotilla")
    with tenant_scope(houses[0]):
        assert Customer.objects.get(pk=customer_id).tags == ["Flotilla"]


def test_a_reading_is_kept_without_scripts_too(houses, open_workspace, customer_id):
    with tenant_scope(houses[0]):
        asset_id = Customer.objects.get(pk=customer_id).assets.latest("pk").pk
    page = open_workspace(houses[0], f"/workspace/customers/assets/{asset_id}/?lang=es", java_script_enabled=False)

    page.fill("[name=reading]", "62480")
    page.press("[name=reading]", "Enter")

    expect(page.locator("main")).to_contain_text("62,480 km")
    with tenant_scope(houses[0]):
        assert AssetReading.objects.filter(asset_id=asset_id).latest("pk").value == 62480


def test_the_page_of_a_vehicle_is_easy_to_see(houses, open_workspace, customer_id):
    with tenant_scope(houses[0]):
        asset_id = Customer.objects.get(pk=customer_id).assets.latest("pk").pk
    page = open_workspace(houses[0], f"/workspace/customers/assets/{asset_id}/?lang=es")

    assert check_everywhere(page) == []


def test_a_vehicle_changes_hands_by_keyboard_and_is_archived(houses, open_workspace, customer_id):
    name = f"Víctor {uuid4().hex[:6]}"
    with tenant_scope(houses[0]):
        asset_id = Customer.objects.get(pk=customer_id).assets.latest("pk").pk
        new_id = create_customer(setup=CustomerSetup(name=name), by=SYSTEM, now=utc_now())
    page = open_workspace(houses[0], f"/workspace/customers/assets/{asset_id}/?lang=es")

    page.get_by_role("link", name="Cambio de dueño").press("Enter")
    page.fill("#find", name)
    page.press("#find", "Enter")
    page.get_by_role("link", name=name).wait_for()
    seen = check_everywhere(page)
    page.get_by_role("link", name=name).press("Enter")
    page.get_by_role("button", name="Cambiar de dueño").wait_for()
    seen += check_everywhere(page)
    page.get_by_role("button", name="Cambiar de dueño").press("Enter")
    expect(page.locator("section[aria-labelledby=owners] li")).to_have_count(2)
    page.get_by_role("button", name="Archivar").press("Enter")
    expect(page.locator(".who-is .badge")).to_have_text("Archivado")
    seen += check_everywhere(page)
    page.goto(f"{page.url.partition('/workspace')[0]}/workspace/customers/{customer_id}/")
    expect(page.locator(".former")).to_contain_text(name)
    seen += check_everywhere(page)

    assert seen == []
    with tenant_scope(houses[0]):
        asset = Asset.objects.get(pk=asset_id)
        assert (asset.owner_id, asset.archived_at is None) == (new_id, False)


def test_two_records_become_one_and_two_again_by_keyboard(houses, open_workspace, customer_id):
    with tenant_scope(houses[0]):
        phone = Contact.objects.get(customer_id=customer_id, kind=ContactKind.PHONE).value
        setup = CustomerSetup(
            name="Renee O Connor G.", contacts=(ContactSetup(ContactKind.PHONE, phone),), notes="Sorda."
        )
        twin = create_customer(setup=setup, by=SYSTEM, now=utc_now())
    page = open_workspace(houses[0], "/workspace/customers/duplicates/?lang=es")
    assert check_everywhere(page) == []

    page.locator(f"a[href$='/{customer_id}/merge/{twin}/']").press("Enter")
    expect(page.locator("h1")).to_have_text("Unir dos fichas")
    assert check_everywhere(page) == []
    page.get_by_role("button", name=re.compile("^Unir en")).press("Enter")
    page.wait_for_url(re.compile(rf"/customers/{customer_id}/$"))
    expect(page.locator("main")).to_contain_text("Sorda.")
    assert check_everywhere(page) == []

    page.get_by_role("button", name=re.compile("^Separarlas otra vez")).press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Separarlas otra vez"))).to_have_count(0)
    with tenant_scope(houses[0]):
        assert Customer.objects.filter(pk__in=(customer_id, twin)).count() == 2
        Customer.objects.filter(pk=twin).delete()
