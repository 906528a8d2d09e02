"""More than one service at one time: on a phone in Spanish, and four weeks beside the times by keyboard in English."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from kernel.clock import utc_now
from notifications.models import Message
from scheduling.models import Booking, Service, VisitPhoto
from tenants.context import tenant_scope
from tests.e2e.web.booking.test_booking_pages import choose_day, tell_vehicle
from tests.factories.pictures import make_scene, save

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

ALMOST_OVER = timedelta(minutes=8, seconds=30)
"""After it, less than two of the ten minutes are left for which a time is kept."""


@pytest.fixture(scope="module")
def services(workshop, django_db_blocker) -> Iterator[tuple[Service, Service]]:
    """Two services that are booked up to three times at once; the first has extras."""
    with django_db_blocker.unblock(), tenant_scope(workshop):
        offered = Service.objects.filter(approval="instant", deposit_kind="none", seats__isnull=True, is_online=True)
        first = offered.filter(add_ons__isnull=False).order_by("position", "pk")[0]
        second = offered.filter(add_ons__isnull=True).order_by("position", "pk")[0]
        both = Service.objects.filter(pk__in=[first.pk, second.pk])
        both.update(most_repeats=3)
        yield first, second
        both.update(most_repeats=0)


def send_photo(page: Page, check: Callable[[Page], None]) -> None:
    """Send a photo on the page of its own, from the step about the visit and back to it."""
    page.click("[name=go][value=photos]")
    expect(page.locator("h1")).to_have_text("Fotos para tu cita")
    check(page)
    page.set_input_files("#photos", {"name": "freno.png", "mimeType": "image/png", "buffer": save(make_scene(), "PNG")})
    page.click("form[data-sending] .button")
    expect(page.locator("[name=remove]")).to_have_count(1)
    check(page)
    page.click(".booking-foot .button.primary")
    page.locator(".fold summary").last.click()
    expect(page.locator("[value=photos]")).to_contain_text("1 foto")
    check(page)


def choose_dates(page: Page, check: Callable[[Page], None]) -> int:
    """Repeat the visit on every date that is offered; return how many there are beside the first."""
    page.click("text=Repetir la cita")
    expect(page.locator("h1")).to_have_text("Repetir la cita")
    check(page)
    page.click("text=Ver las fechas")
    expect(page.locator("[name=on]").first).to_be_visible()
    check(page)
    page.locator("[name=on]").last.check()
    dates = page.locator("[name=on]:checked").count()
    page.click("text=Tomar estas fechas")
    expect(page.locator(".ticket")).to_contain_text(f"Y {dates} cita")
    check(page)
    return dates


def test_a_phone_books_two_services_three_times_with_an_extra_and_a_photo(
    workshop, address, services, open_page, check_page, complaints
):
    email = f"laura-{secrets.token_hex(4)}@example.com"
    first, second = services
    page = open_page()
    page.goto(f"{address}/?service={first.pk}")
    total = page.locator("#total")
    before = total.text_content()
    page.locator(".fold summary").nth(1).click()
    page.locator("[name=add_ons]").first.check()
    expect(total).not_to_have_text(before)
    page.locator(".fold summary").last.click()
    check_page(page)
    send_photo(page, check_page)
    tell_vehicle(page)

    page.click("text=Agregar otro servicio")
    page.locator(f'[name=further][value="{second.pk}"]').check()
    expect(total).to_contain_text(f"{first.name} + 1")
    check_page(page)
    page.click(".booking-foot .button.primary")
    expect(page.locator("main")).to_contain_text("Cambiar los servicios de esta cita")
    choose_day(page)
    page.locator("button.slot:visible").first.click()
    expect(page.locator("#hold")).to_be_visible()
    expect(page.locator("#longer")).to_be_hidden()
    page.clock.set_fixed_time(utc_now() + ALMOST_OVER)
    page.reload()
    expect(page.locator("#longer")).to_be_visible()
    check_page(page)
    page.click("#longer button")
    expect(page.locator("#longer")).to_have_count(0)
    check_page(page)

    dates = choose_dates(page, check_page)
    page.fill("[name=name]", "Laura Jiménez")
    page.fill("[name=email]", email)
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/verify/**")
    with tenant_scope(workshop):
        text = Message.objects.get(to=email, template="contact_code").body_text
    page.fill("[name=code]", re.search(r"\b(\d{6})\b", text)[1])
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/b/**")

    check_page(page)
    with tenant_scope(workshop):
        made = Booking.objects.filter(customer_email=email, status="confirmed")
        assert {tuple(each.lines.order_by("position").values_list("service_id", flat=True)) for each in made} == {
            (first.pk, second.pk)
        }
        assert (made.count(), VisitPhoto.objects.filter(booking__in=made).count()) == (dates + 1, 1)
    assert complaints == []


def test_the_keyboard_alone_chooses_among_four_weeks(address, services, open_page, check_page, complaints):
    page = open_page(locale="en-US", viewport={"width": 1440, "height": 900}, is_mobile=False, has_touch=False)
    page.goto(f"{address}/?service={services[0].pk}")
    page.locator('[name="asset.make"]').focus()
    page.keyboard.type("Nissan")
    page.locator('[name="asset.model"]').focus()
    page.keyboard.type("Versa")
    page.keyboard.press("Enter")
    weeks = page.locator("#weeks")
    expect(weeks.locator("[aria-current]")).to_be_visible()
    check_page(page)
    weeks.get_by_role("link", name="Four weeks later").press("Enter")
    earlier = weeks.get_by_role("link", name="Four weeks earlier")
    expect(earlier).to_be_focused()
    check_page(page)
    day = weeks.locator("a.date").first
    chosen = day.locator("b").inner_text()
    day.press("Enter")
    expect(weeks.locator("[aria-current] b")).to_have_text(chosen)
    expect(weeks.locator("[aria-current]")).to_be_focused()
    expect(page.locator(".times-column")).to_be_visible()
    check_page(page)
    page.locator("button.slot:visible").first.press("Enter")

    expect(page.locator("#hold")).to_contain_text("We keep this time for you until")
    check_page(page)
    page.locator("[name=name]").focus()
    page.keyboard.type("Lou")
    page.locator("[name=email]").focus()
    page.keyboard.type(f"lou-{secrets.token_hex(4)}@example.com")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Appointment confirmed")
    assert complaints == []
