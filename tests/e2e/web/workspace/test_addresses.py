"""The page of addresses in a real browser: every state of a domain, in every size and scheme."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tenants.enums import DomainState
from tenants.models import FormerAddress, OwnDomain
from tests.e2e.sight import DESK, NARROW, PHONE, check_everywhere, check_page, resize

pytestmark = pytest.mark.e2e

NOW = datetime(2026, 11, 24, 16, 40, tzinfo=UTC)
LATER = NOW + timedelta(days=900)
LONG = "agenda-de-citas.taller-de-los-hermanos-morales-y-compania.com.mx"
LOOKED = {"checked_at": NOW + timedelta(minutes=5), "answered_at": NOW + timedelta(minutes=5)}
STATES = {
    "typed": {},
    "waiting": {**LOOKED, "has_proof": True, "points_to": "parking.registrador.example"},
    "taken": {**LOOKED, "has_proof": True, "is_pointed": True, "is_taken": True},
    "apex": {**LOOKED, "name": "tallermorales.mx", "our_addresses": "192.0.2.1,2001:db8::1"},
    "verified": {**LOOKED, "has_proof": True, "is_pointed": True, "state": DomainState.VERIFIED},
    "fallen": {**LOOKED, "has_proof": True, "points_to": "parking.registrador.example", "state": DomainState.FALLEN},
}


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        OwnDomain.objects.filter(tenant_id=houses[0].id).delete()
        FormerAddress.objects.filter(tenant_id=houses[0].id).delete()


def test_every_state_of_a_domain_is_whole_in_every_size_and_scheme(houses, open_workspace):
    FormerAddress.objects.create(
        tenant_id=houses[0].id, slug="tallerdeloshermanosmoralesycompania", left_at=NOW, redirects_until=LATER
    )
    page = open_workspace(houses[0], "/workspace/address/")
    page.locator("main summary").click()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    resize(page, NARROW)
    found = {"large": check_page(page)}
    page.evaluate("document.documentElement.style.fontSize = ''")
    found["none"] = check_everywhere(page)
    for name, values in STATES.items():
        given = {"name": LONG, "token": "k" * 20, "state_since": NOW, "asked_at": NOW, **values}
        OwnDomain.objects.filter(tenant_id=houses[0].id).delete()
        OwnDomain.objects.create(tenant_id=houses[0].id, **given)
        page.goto(page.url)
        for summary in page.locator("main summary").all():
            summary.click()
        found[name] = check_everywhere(page, DESK, PHONE)
    page.goto(f"{page.url}change/")
    found["change"] = check_everywhere(page)

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_domain_is_typed_without_a_mouse_and_looked_at_by_itself(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/address/")
    page.locator("#domain [name=name]").focus()
    page.keyboard.type("citas.taller.mx/agenda")
    page.keyboard.press("Enter")
    expect(page.locator("#f-name_error")).to_be_visible()
    expect(page.locator("[name=name]")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("citas.taller.mx/agenda")
    assert check_page(page) == []
    page.keyboard.press("Control+A")
    page.keyboard.type("citas.taller.mx")
    page.keyboard.press("Enter")

    expect(page.locator(".domain-records")).to_contain_text("_turnero.citas")
    OwnDomain.objects.filter(tenant_id=houses[0].id).update(
        checked_at=datetime.now(tz=UTC) + timedelta(minutes=1), points_to="parking.registrador.example"
    )
    expect(page.locator("#domain .findings")).to_contain_text("parking.registrador.example")


def test_what_was_typed_goes_along_to_another_language(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/address/")
    page.locator("#domain [name=name]").fill("citas.taller.mx/agenda")
    page.keyboard.press("Enter")
    expect(page.locator("#f-name_error")).to_be_visible()
    page.locator(".rail [hreflang=en]").click()
    expect(page.locator("h1")).to_have_text("Web address")
    expect(page.locator("#domain [name=name]")).to_have_value("citas.taller.mx/agenda")

    page.goto(page.url.replace("address/", "locations/new/"))
    page.locator("[name=name]").fill("Sucursal Norte")
    page.locator(".rail [hreflang=es]").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("[name=name]")).to_have_value("Sucursal Norte")
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("")
