"""The page of the widget in a real browser: the preview is the widget itself, and follows what is chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tenants.models import Tenant
from tests.e2e.sight import DESK, PHONE, check_everywhere

pytestmark = pytest.mark.e2e


def to_rgb(color: str) -> str:
    return f"rgb({', '.join(str(each) for each in bytes.fromhex(color[1:]))})"


@pytest.fixture(autouse=True)
def without_sites(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        Tenant.objects.filter(pk=houses[0].id).update(profile={})


def test_the_preview_follows_what_is_chosen(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/widget/")
    frame = page.frame_locator("turnero-widget iframe")
    expect(frame.locator(".pick").first).to_be_visible()
    found = check_everywhere(page)

    page.locator(".screens label", has_text="Celular").click()
    as_on_a_phone = page.frames[1].evaluate("innerWidth")
    page.locator(".screens label", has_text="Computadora").click()
    page.frames[1].wait_for_function("innerWidth > 700")
    page.locator(".mode-cards label", has_text="Botón").click()
    expect(page.locator("#snippet")).to_contain_text('mode="button"')
    expect(page.locator("turnero-widget button.open")).to_have_text("Reservar cita")
    expect(page.locator("turnero-widget button.open")).to_have_css("background-color", to_rgb(houses[0].accent))
    expect(page.locator("#snippet .code-value", has_text=houses[0].accent)).to_have_count(1)
    page.select_option("[name=theme]", "dark")
    page.locator("turnero-widget[theme=dark] button.open").click()
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    page.locator("[name=is_strict]").check()
    origin = page.evaluate("origin")
    expect(page.locator("#policy")).to_have_value(f"script-src {origin}; frame-src {origin}")
    assert "mode=button" in page.url
    assert "theme=dark" in page.url

    found += check_everywhere(page, DESK, PHONE)
    assert (found, as_on_a_phone < 400) == ([], True)


def test_sites_and_what_blocks_the_widget_are_whole_in_every_size(houses, open_workspace):
    page = open_workspace(houses[0], "/workspace/widget/?mode=floating")
    page.fill("[name=site]", "www.taller-de-los-hermanos-morales-y-compania.com.mx/citas")
    page.click("#sites form .button:not(.danger)")
    expect(page.locator("#sites .error")).to_contain_text("Escribe solo el sitio")
    found = check_everywhere(page, DESK, PHONE)
    page.fill("[name=site]", "www.taller-de-los-hermanos-morales-y-compania.com.mx")
    page.click("#sites form .button:not(.danger)")
    expect(page.locator("#sites li b")).to_have_text("https://www.taller-de-los-hermanos-morales-y-compania.com.mx")
    page.fill("[name=url]", "https://nowhere.invalid/citas")
    page.click("#check form .button")
    expect(page.locator("#check li b")).to_have_text("No podemos leer la página")
    found += check_everywhere(page, DESK, PHONE)

    assert found == []
