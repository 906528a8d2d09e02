"""Who comes again: a phone in Spanish, one without JavaScript, and a desk by keyboard in English."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from kernel.clock import utc_now
from kernel.ids import hash_token
from scheduling.models import Booking, Service, VisitsLink
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import AvailabilityQuery, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.context import tenant_scope
from tests.e2e.web.booking.test_booking_pages import tell_details, tell_vehicle
from tests.factories.scheduling import STAFF

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

DAY = timedelta(days=1)
MEXICO = ZoneInfo("America/Mexico_City")


def is_quiet(at: datetime) -> bool:
    """Tell whether nobody else's visit is near that time: it can be booked twice."""
    return not Booking.objects.filter(starts_at__range=(at - DAY / 2, at + DAY / 2)).exists()


@pytest.fixture(scope="module")
def email(workshop, django_db_blocker) -> str:
    """Somebody with a visit that is over, and one that comes."""
    email, now = f"laura-{secrets.token_hex(4)}@example.com", utc_now()
    with django_db_blocker.unblock(), tenant_scope(workshop):
        wish = Wish(service_ids=(Service.objects.order_by("position", "pk").values_list("pk", flat=True)[0],))
        details = VisitDetails(
            customer=CustomerDetails("Laura Jiménez", phone=None, email=email, locale="es"),
            asset={"make": "Nissan", "model": "Versa"},
            arrival_mode="drop_off",
        )
        free = get_availability(
            query=AvailabilityQuery(wish, from_on=(now + 14 * DAY).date(), to_on=(now + 45 * DAY).date()), now=now
        )
        slots = (slot.starts_at for day in free.days for slot in day.slots)
        starts_at = next(each for each in slots if is_quiet(each) and is_quiet(each + DAY * 7))
        made = [
            book_slot(request=SlotRequest(wish, each), details=details, now=now, source="page", by=STAFF).booking_id
            for each in (starts_at, starts_at + DAY * 7)
        ]
        Booking.objects.filter(pk=made[0]).update(
            status="completed", starts_at=now - DAY, ends_at=now - DAY + timedelta(hours=1)
        )
    return email


@pytest.fixture(scope="module")
def tokens(workshop, email, django_db_blocker) -> list[str]:
    """Links that were sent there."""
    now, tokens = utc_now(), [f"v{secrets.token_hex(8)}" for _ in range(3)]
    with django_db_blocker.unblock(), tenant_scope(workshop):
        for token in tokens:
            VisitsLink.objects.create(
                kind="email", contact=email, token_hash=hash_token(token), created_at=now, told_at=now,
                expires_at=now + DAY,
            )  # fmt: skip
    return tokens


COUNT_TAPS = """addEventListener("click", ({ isTrusted }) => {
    if (isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true)"""


def read_taps(page: Page) -> int:
    """Return how often the page was tapped since this was last asked, over all pages since then."""
    return page.evaluate("() => { const { taps } = sessionStorage; sessionStorage.taps = 0; return Number(taps); }")


def test_a_phone_books_with_four_taps_and_again_with_two(
    workshop, address, email, tokens, open_page, check_page, complaints
):
    page = open_page()
    page.add_init_script(COUNT_TAPS)
    page.goto(address)
    page.locator(".pick").first.click()
    tell_vehicle(page)
    page.locator("button.slot:visible").last.click()
    expect(page.locator("#hold")).to_be_visible()
    tell_details(page)
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    assert read_taps(page) == 4

    page.goto(f"{address}/visits/{tokens[0]}/")
    expect(page.locator("h1")).to_have_text("Tus citas")
    check_page(page)
    read_taps(page)
    page.locator("form[action*='/again/'] button").first.click()
    page.wait_for_url("**/details/**")
    expect(page.locator("[name=name]")).to_have_value("Laura Jiménez")
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/b/**")
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    assert read_taps(page) == 2
    with tenant_scope(workshop):
        assert Booking.objects.filter(customer_email=email).latest("pk").proven_contact == "email"
    assert complaints == []


def test_whoever_comes_at_that_time_already_is_asked_first(workshop, address, email, tokens, open_page, check_page):
    with tenant_scope(workshop):
        starts_at = Booking.objects.filter(customer_email=email).latest("starts_at").starts_at
    page = open_page()
    page.goto(f"{address}/visits/{tokens[0]}/")
    page.locator("form[action*='/again/'] button").first.click()
    page.wait_for_url("**/details/**")
    page.click("header .back")
    page.wait_for_url("**/time/**")
    page.goto(f"{page.url}&on={starts_at.astimezone(MEXICO):%Y-%m-%d}")
    page.click(f'button.slot[value="{starts_at.isoformat()}"]')
    page.wait_for_url("**/details/**")
    page.click(".booking-foot .button.primary")

    expect(page.locator("[role=alert] h2")).to_have_text("Ya tienes una cita a esa hora")
    check_page(page)
    page.click(".booking-foot .button.primary")
    page.wait_for_url("**/b/**")
    with tenant_scope(workshop):
        assert Booking.objects.filter(customer_email=email, starts_at=starts_at, status="confirmed").count() == 2


def test_without_javascript_one_asks_for_the_link_and_books_again(address, email, tokens, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(address)
    page.click("a[href='/visits/']")
    page.fill("[name=contact]", "laura")
    page.click("main .button.primary")
    expect(page.locator("[name=contact]")).to_have_attribute("aria-invalid", "true")
    page.fill("[name=contact]", email)
    page.click("main .button.primary")
    expect(page.locator("h1")).to_have_text("Mira tus mensajes")

    page.goto(f"{address}/visits/{tokens[1]}/")
    page.locator("form[action*='/again/'] button").first.click()
    expect(page.locator("[name=name]")).to_have_value("Laura Jiménez")
    page.goto(f"{address}/visits/{tokens[1]}/")
    page.click("text=Cerrar este enlace")
    expect(page.locator("main")).to_contain_text("Este enlace ya no funciona.")


def test_the_keyboard_alone_closes_the_link(address, tokens, open_page, check_page):
    page = open_page(locale="en-US", viewport={"width": 1440, "height": 900}, is_mobile=False, has_touch=False)
    page.goto(f"{address}/visits/{tokens[2]}/")
    expect(page.locator("h1")).to_have_text("Your appointments")
    check_page(page)
    page.locator("form[action$='/end/'] button").focus()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("This link no longer works.")
    check_page(page)
    page.goto(f"{address}/visits/{tokens[2]}/")
    expect(page.locator("[role=alert]")).to_contain_text("This link has ended or is not valid.")
    check_page(page)
