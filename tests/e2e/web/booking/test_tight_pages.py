"""Little room, long words, forced colors, and a page that stays where it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from devtools.scratch.shop import add_service, add_team
from scheduling.models import Location, Service
from tenants.context import tenant_scope
from tenants.services.business import get_business, save_business
from tenants.types import BusinessText
from tests.e2e.web.booking.test_booking_pages import tell_details
from tests.factories.scheduling import NINE_TO_FIVE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

LONG = "Reparaciondelsistemadefrenosantibloqueoconcambiodepastillas" * 2
MAIL = "laura.jimenez.de.la.mora.y.castillo.de.los.reyes.catolicos@correo-electronico-largo-de-la-casa.example.com"
NARROW = {"width": 320, "height": 640}
OVERFLOWING = """() => [...document.querySelectorAll('.slot, .date, .pick, .button, .chip, .ticket, .summary, .fold')]
    .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def group_service(workshop, django_db_blocker) -> int:
    """A class with places for six, whose name is as long as names may be and has no blank; as the business's line."""
    with django_db_blocker.unblock(), tenant_scope(workshop):
        setup, version = get_business()
        save_business(replace(setup, texts=(BusinessText(language="es", about=LONG),)), version=version)
        place = Location.objects.values_list("pk", flat=True).get()
        people = add_team(place, ["Vera"], type_name="Instructora", hours=NINE_TO_FIVE)
        return add_service(people, name=LONG, seats=6, step_minutes=15, approval="link_only")


def check_fits(page: Page) -> None:
    """Assert that nothing overflows, with letters as usual and twice as large."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    for letters in ("200%", ""):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, (page.url, letters)
        assert page.evaluate(OVERFLOWING) == [], (page.url, letters)


def test_nothing_overflows_with_little_room_and_long_words(group_service, address, open_page):
    page = open_page(viewport=NARROW)
    page.goto(address)
    expect(page.locator(".about")).to_have_text(LONG)
    check_fits(page)
    page.goto(f"{address}/?service={group_service}")
    check_fits(page)
    for line in page.locator(".fold summary").all():
        line.click()
    check_fits(page)
    page.fill('[name="asset.make"]', LONG[:40])
    page.fill('[name="asset.model"]', "Versa")
    page.click(".booking-foot .button.primary")
    expect(page.locator(".slot small").first).to_have_text("quedan 6 lugares")
    check_fits(page)
    page.click("text=Apúntate a la lista")
    expect(page.locator("[name=notice]")).to_be_visible()
    check_fits(page)
    page.click("header .back")
    page.locator("button.slot:visible").last.click()
    expect(page.locator("#hold")).to_be_visible()
    check_fits(page)
    page.fill("[name=email]", MAIL)
    tell_details(page)
    check_fits(page)
    visit = page.url.partition("?")[0]
    for beside in ("messages/", "data/"):
        page.goto(f"{visit}{beside}")
        check_fits(page)
    page.goto(visit)
    page.click("text=Cambiar hora")
    expect(page.locator("a.date").first).to_be_visible()
    check_fits(page)


def test_the_vehicle_step_fits_one_screen_of_a_phone(workshop, address, open_page, django_db_blocker):
    with django_db_blocker.unblock(), tenant_scope(workshop):
        service = Service.objects.filter(approval="instant", add_ons__isnull=False).order_by("position", "pk").first()
    page = open_page()
    page.goto(f"{address}/?service={service.pk}")

    expect(page.locator(".fold")).to_have_count(3)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.documentElement.scrollHeight") <= 844
    page.locator(".fold summary").first.click()
    page.locator(".fold .chip").nth(1).click()
    expect(page.locator(".fold summary .soft").first).to_have_text("Mecánico 1")
    page.set_viewport_size({"width": 1440, "height": 900})
    tops = [page.locator(f'[name="asset.{key}"]').bounding_box()["y"] for key in ("make", "model", "year", "plate")]
    assert (tops[0], tops[2], tops[0] < tops[2]) == (tops[1], tops[3], True)


def test_times_beyond_a_dozen_wait_behind_a_line_also_without_a_script(group_service, address, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"{address}/?service={group_service}")
    page.fill('[name="asset.make"]', "Nissan")
    page.fill('[name="asset.model"]', "Versa")
    page.click(".booking-foot .button.primary")
    page.locator("a.date").last.click()
    afternoon = page.locator("section[aria-labelledby=t-afternoon]")

    expect(afternoon.locator("button.slot:visible")).to_have_count(12)
    afternoon.locator("summary").click()
    expect(afternoon.locator("button.slot:visible")).to_have_count(17)
    afternoon.locator("button.slot").last.click()
    expect(page.locator(".booking-foot .summary b").first).to_contain_text("4:00")


def test_the_skip_link_leads_to_the_main_part_and_loads_nothing(address, open_page):
    page = open_page()
    page.goto(f"{address}/?lang=es")
    page.locator("nav.strip a.chip").nth(1).click()
    expect(page.locator("nav.strip [aria-current]")).not_to_have_text("Todo")
    asked = []
    # Chromium may ask for the icon again.
    page.on("request", lambda request: request.url.endswith("icon.svg") or asked.append(request.url))

    page.locator("a.skip").press("Enter")
    page.keyboard.press("Tab")

    expect(page).to_have_url(re.compile("#main$"))
    page.wait_for_function("() => document.querySelector('main').contains(document.activeElement)")
    assert asked == []
    page.go_back()
    page.go_back()
    expect(page.locator("nav.strip [aria-current]")).to_have_text("Todo")


def test_forced_colors_show_every_choice_and_the_progress(group_service, address, open_page):
    page = open_page(forced_colors="active")
    page.goto(f"{address}/?lang=es")
    marks = "outlineStyle"
    assert page.locator("nav.strip [aria-current]").evaluate(f"each => getComputedStyle(each).{marks}") == "solid"
    page.goto(f"{address}/?service={group_service}")
    chosen = page.locator("label:has(:checked)")
    assert {each.evaluate(f"each => getComputedStyle(each).{marks}") for each in chosen.all()} <= {"solid"}
    page.fill('[name="asset.make"]', "Nissan")
    page.fill('[name="asset.model"]', "Versa")
    page.click(".booking-foot .button.primary")
    page.wait_for_url(re.compile("/time/"))

    fills = [
        page.locator(selector).first.evaluate("each => getComputedStyle(each).backgroundColor")
        for selector in (".steps .done", ".steps [aria-current]", ".date[aria-current]")
    ]
    empty = page.locator(".steps li").last.evaluate("each => getComputedStyle(each).backgroundColor")
    assert len(set(fills)) == 1
    assert empty not in fills
