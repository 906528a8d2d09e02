from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from notifications.models import Message
from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.whole.site import Site
from tests.e2e.whole.slots import list_starts, make_body

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]


def tell_vehicle(page: Page) -> None:
    page.fill('[name="asset.make"]', "nissan")
    page.fill('[name="asset.model"]', "Versa")
    page.fill('[name="asset.plate"]', "nxp 482 a")
    page.click(".booking-foot .button.primary")


OPEN_DAY = "a.date:not(.off)"
"""One that is not full: other tests book at the same business."""


def choose_day(page: Page) -> None:
    """Go to the second week: the first may begin late in the evening."""
    page.click(".row.between a[href*='on=']")
    page.wait_for_url(re.compile(r"on=\d"))
    page.locator(OPEN_DAY).last.click()
    expect(page.locator(OPEN_DAY).last).to_have_attribute("aria-current", "date")


def tell_details(page: Page) -> None:
    """Say who comes, with a number of one's own: the fourth booking of one number in a day asks for a code."""
    page.fill("[name=name]", "Laura Jiménez")
    page.fill("[name=phone]", f"55 12{secrets.randbelow(90) + 10} {secrets.randbelow(9000) + 1000}")
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/b/**")


def test_a_phone_books_moves_and_cancels(workshop, address, open_page, check_page, complaints):
    page = open_page()
    page.goto(address)
    expect(page.locator("h1")).to_have_text("¿Qué necesita tu auto?")
    check_page(page)

    page.locator(".pick").first.click()
    expect(page.locator('[name="asset.make"]')).to_be_visible()
    check_page(page)
    page.click(".booking-foot .button.primary")
    expect(page.locator('[name="asset.make"]')).to_be_focused()
    check_page(page)
    tell_vehicle(page)
    expect(page.locator("h1")).to_have_text("¿Cuándo te queda?")
    check_page(page)
    choose_day(page)
    check_page(page)
    page.locator("button.slot").first.click()

    expect(page.locator("#hold")).to_contain_text("Te guardamos esta hora hasta")
    check_page(page)
    page.fill("[name=phone]", "55 12")
    page.click(".booking-foot .button.primary")
    expect(page.locator("[name=name]")).to_be_focused()
    expect(page.locator("[name=phone]")).to_have_value("55 12")
    check_page(page)
    tell_details(page)
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    check_page(page)

    page.click("text=Cambiar hora")
    choose_day(page)
    page.locator("button.slot:visible").last.click()
    expect(page.locator("h1")).to_have_text("¿Cambiar la hora?")
    check_page(page)
    page.click(".booking-foot .button.primary")
    expect(page.locator(".note.good")).to_contain_text("nueva hora")
    check_page(page)

    page.click("text=Cancelar cita")
    expect(page.locator("[name=reason]")).to_be_visible()
    check_page(page)
    page.fill("[name=reason]", "Viaje")
    page.click(".booking-foot .danger")
    expect(page.locator("h1")).to_have_text("Cita cancelada")
    check_page(page)
    with tenant_scope(workshop):
        booking = Booking.objects.latest("pk")
        assert (booking.status, booking.sequence > 1, booking.cancelled_reason) == ("cancelled", True, "Viaje")
    assert complaints == []


def test_without_javascript_everything_works(workshop, address, open_page):
    page = open_page(java_script_enabled=False, locale="en-US")
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    page.click(".row.between a[href*='on=']")
    page.locator(OPEN_DAY).last.click()
    page.locator("button.slot").first.click()
    page.fill("[name=name]", "Lou")
    page.click("button[value=es]")
    expect(page.locator("[name=name]")).to_have_value("Lou")
    tell_details(page)

    expect(page.locator("h1")).to_have_text("Cita confirmada")
    with tenant_scope(workshop):
        assert Booking.objects.latest("pk").customer_name == "Laura Jiménez"


@pytest.mark.parametrize("has_script", [True, False])
def test_a_code_is_asked_for_on_a_page_of_its_own(
    workshop, address, server_port, open_page, check_page, complaints, has_script
):
    email = f"laura-{secrets.token_hex(4)}@example.com"
    site = Site(workshop.primary_host.partition(":")[0], server_port)
    service_id = site.get("/api/v1/services").json()["results"][0]["id"]
    for starts_at in list_starts(site, service_id)[-3:]:
        asset = {"make": "Nissan", "model": "Versa"}
        body = {**make_body(service_id, starts_at, email), "asset": asset, "may_coincide": True}
        assert site.call("bookings", body).status == 201
    page = open_page(java_script_enabled=has_script)
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    page.click(".row.between a[href*='on=']")
    page.locator(OPEN_DAY).last.click()
    page.locator("button.slot").first.click()
    page.fill("[name=name]", "Laura Jiménez")
    page.fill("[name=email]", email)
    page.click(".booking-foot .button.primary")

    page.wait_for_url("**/verify/**")
    expect(page.locator("h1")).to_have_text("Confirma que eres tú")
    expect(page.locator("main")).to_contain_text(email)
    with tenant_scope(workshop):
        code = re.search(r"\b(\d{6})\b", Message.objects.get(to=email, template="contact_code").body_text)[1]
    if has_script:
        expect(page.locator("[name=code]")).to_be_focused()
        check_page(page)
    page.fill("[name=code]", f"{(int(code) + 1) % 10**6:06}")
    page.click(".booking-foot .button.primary")
    expect(page.locator("#f-code_error")).to_contain_text("no es correcto")
    if has_script:
        check_page(page)
    page.fill("[name=code]", code)
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/b/**")
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    with tenant_scope(workshop):
        assert Booking.objects.filter(customer_email=email).latest("pk").proven_contact == "email"
    assert complaints == []


def test_two_people_want_the_same_time(single_workshop, open_page, check_page):
    pages = [open_page(), open_page()]
    for page in pages:
        page.goto(single_workshop)
        page.locator(".pick").first.click()
        tell_vehicle(page)
        choose_day(page)
    wanted = pages[0].locator("button.slot").first.get_attribute("value")

    for page in pages:
        page.click(f'button.slot[value="{wanted}"]')

    expect(pages[0]).to_have_url(re.compile("/details/"))
    expect(pages[1].locator(".note.warn")).to_contain_text("Alguien acaba de tomar")
    expect(pages[1].locator(".slot.gone").first).to_be_visible()
    check_page(pages[1])
    pages[1].locator(".note.warn button").first.click()
    expect(pages[1].locator(".ticket")).to_contain_text("Nissan Versa · NXP-482-A")

    pages[0].go_back()
    pages[0].click(f'[value="{wanted}"]')
    expect(pages[0]).to_have_url(re.compile("/details/"))


def test_small_phones_and_large_letters_need_no_sideways_scroll(address, open_page):
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto(address)
    steps = {
        ".pick": lambda: None,
        '[name="asset.make"]': page.locator(".pick").first.click,
        "button.slot": lambda: tell_vehicle(page),
        ".date[aria-current]": lambda: choose_day(page),
        "#hold": page.locator("button.slot").first.click,
        "text=Cancelar cita": lambda: tell_details(page),
        "[name=reason]": lambda: page.click("text=Cancelar cita"),
    }
    for shown, step in steps.items():
        step()
        expect(page.locator(shown).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        for width, font in ((320, 16), (320, 32), (390, 32)):
            page.set_viewport_size({"width": width, "height": 640})
            set_letters(page, font)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width, font)
        page.set_viewport_size({"width": 320, "height": 640})
        set_letters(page, 16)


def set_letters(page: Page, pixels: int) -> None:
    page.evaluate("document.fonts.ready")
    page.evaluate("size => document.documentElement.style.setProperty('font-size', size)", f"{pixels}px")


# A part on a new line begins at the edge of its box, with the dot before it cut off.
LEADING_DOTS = """
    () => [...document.querySelectorAll(".dots > * + *")].filter(part => {
        const before = [...part.previousElementSibling.getClientRects()].at(-1)
        const words = document.createRange()
        words.selectNodeContents(part)
        const [first] = words.getClientRects()
        const box = part.parentElement
        const isCutOff = getComputedStyle(box).overflowX === "clip" && first.left - box.getBoundingClientRect().left < 1
        return first.top > before.top + 4 && !isCutOff
    }).length
"""
CRUSHED_ICONS = """
    () => [...document.querySelectorAll("svg.icon")].map(icon => icon.getBoundingClientRect())
        .filter(box => Math.abs(box.width - box.height) > 0.2).length
"""


def test_small_phones_and_large_letters_keep_icons_and_no_lone_dot(address, open_page):
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto(address)
    expect(page.locator(".pick .dots > * + *").nth(1)).to_be_visible()

    for font in (16, 24, 32):
        set_letters(page, font)
        assert (page.evaluate(CRUSHED_ICONS), page.evaluate(LEADING_DOTS)) == (0, 0), font
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), font


def test_the_first_view_is_light(address, open_page):
    page = open_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    page.goto(address, wait_until="networkidle")

    assert sum(sizes) <= 60 * 1024
    assert len(sizes) <= 9
    assert page.locator(".place a[href^='tel:']").bounding_box()["y"] < page.locator("h1").bounding_box()["y"]
    assert (
        sum(box["y"] + box["height"] <= 844 for box in (each.bounding_box() for each in page.locator(".pick").all()))
        >= 4
    )


def test_the_back_button_and_days_work_with_the_address(address, open_page):
    page = open_page()
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    choose_day(page)
    chosen = page.locator(OPEN_DAY).last.locator("b").inner_text()
    expect(page.locator(".date[aria-current] b")).to_have_text(chosen)
    page.locator(OPEN_DAY).first.click()
    expect(page.locator(".date[aria-current] b")).not_to_have_text(chosen)

    page.go_back()

    expect(page.locator(".date[aria-current] b")).to_have_text(chosen)
    page.reload()
    expect(page.locator(".date[aria-current] b")).to_have_text(chosen)
