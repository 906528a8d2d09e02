"""First steps in a real browser: for every eye and size, by keyboard, from a draft to a stranger on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from scheduling.models import Location, Resource, Service
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.types import TenantInfo
from tests.e2e.sight import check_everywhere

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]


@pytest.fixture
def newcomer(houses) -> Iterator[TenantInfo]:
    """A workshop as sign-up leaves it, with its address."""
    house = houses[0]
    before = Tenant.objects.filter(pk=house.id).values("published_at", "guide_ended_at").get()
    Tenant.objects.filter(pk=house.id).update(published_at=None, guide_ended_at=None)
    forget_tenants()
    with tenant_scope(house):
        Service.objects.update(is_sample=True)
        Resource.objects.update(is_sample=True)
        Location.objects.update(address="Av. Coyoacán 1213, Del Valle", phone="+525512345678")
    yield house
    Tenant.objects.filter(pk=house.id).update(**before, shared_at=None)
    forget_tenants()
    with tenant_scope(house):
        Service.objects.update(is_sample=False)
        Resource.objects.update(is_sample=False)


def test_draft_is_published_by_keyboard_and_strangers_follow(newcomer, open_workspace, board_browser):
    page = open_workspace(newcomer, "/workspace/?step=publish")
    page.locator(".guide .next button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#page-state")).to_have_text("Todos pueden reservar")
    expect(page.locator("#page-share")).to_have_text("Compartir tu página")

    stranger = board_browser.new_context(locale="es-MX").new_page()
    stranger.goto(page.url.partition("/workspace")[0])
    expect(stranger.locator("h1")).to_have_text("¿Qué necesita tu auto?")
    stranger.context.close()


def test_first_steps_are_for_everybody(newcomer, open_workspace, board_browser):
    page = open_workspace(newcomer)
    found = check_everywhere(page)
    page.goto(page.url.partition("/workspace")[0] + "/workspace/page/samples/")
    found += check_everywhere(page)
    soon = board_browser.new_context(locale="es-MX").new_page()
    soon.goto(page.url.partition("/workspace")[0])
    expect(soon.locator("h1")).to_contain_text("abre pronto")
    found += check_everywhere(soon)
    soon.context.close()
    Tenant.objects.filter(pk=newcomer.id).update(published_at=Tenant.objects.get(pk=newcomer.id).created_at)
    forget_tenants()
    page.goto(page.url.partition("/workspace")[0] + "/workspace/page/")
    found += check_everywhere(page)

    assert found == []
