"""The rest of a customer's way: by taps on a phone, by the keyboard alone at a desk, and without a script."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from kernel.clock import utc_now
from notifications.models import Message
from scheduling.models import Booking, Customer, Feedback, Location, Service, WaitlistEntry
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.levels import set_booking_level
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.catalog.special_days.series import set_holiday
from scheduling.types import AvailabilityQuery, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails, Wish
from tenants.context import tenant_scope
from tests.e2e.sight import DESK
from tests.e2e.web.booking.test_booking_pages import choose_day, tell_details
from tests.e2e.web.booking.test_waitlist_pages import go_to_times, offer
from tests.factories.scheduling import STAFF

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]

DAY = timedelta(days=1)
MOST_STOPS = 120
"""So often Tab is pressed at most to get somewhere."""


@dataclass(frozen=True)
class Manner:
    """How somebody uses a page."""

    name: str
    options: dict[str, object]
    is_by_keyboard: bool = False

    def use(self, target: Locator) -> None:
        """Press something: with a finger, or with Tab and Enter and nothing else."""
        if not self.is_by_keyboard:
            target.click()
            return
        self.reach(target)
        target.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        """Write into a field that is empty."""
        if not self.is_by_keyboard:
            target.fill(text)
            return
        self.reach(target)
        target.page.keyboard.type(text)

    def choose(self, group: Locator, number: int) -> None:
        """Choose one of a group of radio buttons, by its place from 0 on."""
        if self.is_by_keyboard:
            self.reach(group.first)
            group.page.keyboard.press("Space")
            for _ in range(number):
                group.page.keyboard.press("ArrowRight")
        else:
            group.nth(number).check(force=True)  # the label is drawn over it
        expect(group.nth(number)).to_be_checked()

    def tick(self, target: Locator) -> None:
        """Tick a box."""
        if self.is_by_keyboard:
            self.reach(target)
            target.page.keyboard.press("Space")
        else:
            target.check()

    def reach(self, target: Locator) -> None:
        """Go to something with Tab, as far as it takes."""
        expect(target).to_be_visible()
        for _ in range(MOST_STOPS):
            if target.evaluate("each => each === document.activeElement"):
                return
            target.page.keyboard.press("Tab")
        pytest.fail(f"Tab never gets to {target}")


MANNERS = (
    Manner("phone", {"locale": "es-MX"}),
    Manner(
        "keyboard", {"locale": "en-US", "viewport": DESK, "is_mobile": False, "has_touch": False}, is_by_keyboard=True
    ),
    Manner("no script", {"locale": "es-MX", "java_script_enabled": False}),
)
KEYBOARD_ALONE = replace(
    MANNERS[1], name="keyboard, no script", options={**MANNERS[1].options, "java_script_enabled": False}
)
"""The strictest of all."""


@pytest.fixture
def unblocked(django_db_blocker) -> Iterator[None]:
    """What is made is committed: a server of its own shows it."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(params=MANNERS, ids=lambda manner: manner.name)
def manner(request) -> Manner:
    return request.param


@pytest.fixture
def make_booking(workshop, unblocked) -> Callable[..., SubmittedBooking]:
    """Book in three weeks for somebody new."""

    def make(email: str = "") -> SubmittedBooking:
        now = utc_now()
        with tenant_scope(workshop):
            service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk")[0]
            wish = Wish(service_ids=(service.pk,))
            query = AvailabilityQuery(wish, from_on=(now + 20 * DAY).date(), to_on=(now + 27 * DAY).date())
            slots = [slot for day in get_availability(query=query, now=now).days for slot in day.slots]
            return book_slot(
                request=SlotRequest(wish, secrets.choice(slots).starts_at),
                details=VisitDetails(
                    customer=CustomerDetails(
                        "Ana Ruiz", phone=None, email=email or f"ana-{secrets.token_hex(4)}@example.com", locale="es"
                    ),
                    asset={"make": "Nissan", "model": "Versa"},
                    arrival_mode="drop_off",
                ),
                now=now,
                source="page",
                by=STAFF,
            )

    return make


@pytest.fixture
def closed_on(small_workshop, unblocked) -> Iterator[date]:
    """A Wednesday on which the small workshop is closed."""
    soon = (utc_now() + 7 * DAY).date()
    on = soon + (2 - soon.weekday()) % 7 * DAY
    with tenant_scope(small_workshop):
        place = Location.objects.values_list("pk", flat=True).get()

        def close(*, is_closed: bool) -> None:
            set_holiday(location_id=place, on=on, is_closed=is_closed, name="Inventario", by=STAFF, now=utc_now())

        close(is_closed=True)
        yield on
        close(is_closed=False)


def test_everything_behind_the_link(workshop, address, make_booking, open_page, complaints, manner):
    made = make_booking()
    with tenant_scope(workshop):
        soon = utc_now() + 2 * DAY
        Booking.objects.filter(pk=made.booking_id).update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    page = open_page(**manner.options)
    page.goto(f"{address}/b/{made.manage_token}/")

    manner.use(page.locator("form[action$='/confirm/'] button"))
    expect(page.locator(".note.good")).to_be_visible()
    manner.use(page.locator("a[href$='/messages/']"))
    manner.write(page.locator("[name=text]"), "¿Puedo llegar antes?")
    manner.use(page.locator(".booking-foot .button.primary"))
    expect(page.locator(".bubble.mine")).to_contain_text("¿Puedo llegar antes?")
    manner.use(page.locator("header .back"))

    manner.use(page.locator("a[href$='/move/']"))
    manner.use(page.locator(".one-week nav a[href*='on=']:visible, #weeks a[href*='from=']:visible").last)
    manner.use(page.locator("a.date:not(.off):visible").last)
    expect(page.locator("a.date:not(.off):visible").last).to_have_attribute("aria-current", "date")
    manner.use(page.locator("button.slot:visible").first)
    manner.use(page.locator(".booking-foot .button.primary"))
    expect(page.locator(".note.good")).to_be_visible()

    manner.use(page.locator("a[href$='/cancel/']"))
    manner.write(page.locator("[name=reason]"), "Viaje")
    manner.use(page.locator(".booking-foot .danger"))
    expect(page).to_have_url(f"{address}/b/{made.manage_token}/?done=cancelled")
    with tenant_scope(workshop):
        booking = Booking.objects.get(pk=made.booking_id)
        assert (booking.status, booking.cancelled_reason, booking.starts_at > soon) == ("cancelled", "Viaje", True)
    assert complaints == []


@pytest.mark.parametrize("manner", [*MANNERS, KEYBOARD_ALONE], ids=lambda manner: manner.name)
def test_a_visit_is_rated_and_no_longer_published(workshop, address, make_booking, open_page, complaints, manner):
    made = make_booking()
    with tenant_scope(workshop):
        Booking.objects.filter(pk=made.booking_id).update(status="completed", completed_at=utc_now())
    page = open_page(**manner.options)
    page.goto(f"{address}/b/{made.manage_token}/")

    manner.use(page.locator("a[href$='/feedback/']").first)
    manner.write(page.locator("[name=comment]"), "Muy amables")
    manner.use(page.locator(".booking-foot .button.primary"))
    expect(page.locator("[aria-invalid=true], .error").first).to_be_visible()
    expect(page.locator("[name=comment]")).to_have_value("Muy amables")
    manner.choose(page.locator("[name=score]"), 3)
    manner.choose(page.locator("[name=recommend_score]"), 9)
    manner.tick(page.locator("[name=may_publish]"))
    manner.use(page.locator(".booking-foot .button.primary"))
    expect(page.locator(".rating")).to_be_visible()
    manner.use(page.locator("button[name=may_publish]"))
    expect(page.locator(".note.good")).to_be_visible()

    with tenant_scope(workshop):
        said = Feedback.objects.get(booking_id=made.booking_id)
        assert (said.score, said.comment, said.recommend_score) == (4, "Muy amables", 9)
        assert said.may_publish is False
    assert complaints == []


def test_an_offer_is_taken_once_and_not_too_late(workshop, address, open_page, check_page, complaints, manner):
    first, second = (f"lou-{secrets.token_hex(4)}@example.com" for _ in range(2))
    page = open_page(**manner.options)
    for email in (first, second):
        go_to_times(page, address)
        manner.use(page.locator("a[href*='/waitlist/']:visible").last)
        manner.write(page.locator("[name=name]"), "Lou")
        manner.write(page.locator("[name=email]"), email)
        page.locator("[name=notice]").select_option("30")
        manner.use(page.locator(".booking-foot .button.primary"))
        expect(page).to_have_url(re.compile(r"/w/.*new=1"))
    once, late = (address + offer(workshop, email) for email in (first, second))

    page.goto(once)
    twin = page.context.new_page()
    twin.goto(once)
    for each in (page, twin):
        manner.use(each.locator("[form=accept]"))
        expect(each.locator("h1")).to_be_visible()
    expect(page).to_have_url(re.compile("/b/"))
    assert twin.url.partition("?")[0] == page.url.partition("?")[0]
    page.goto(late)
    with tenant_scope(workshop):
        entry = WaitlistEntry.objects.get(details__customer__email=second)
        over = utc_now()
        Booking.objects.filter(pk=entry.offered_booking_id).update(hold_expires_at=over)
        WaitlistEntry.objects.filter(pk=entry.pk).update(offer_expires_at=over)
    manner.use(page.locator("[form=accept]"))

    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("h1")).to_be_visible()
    with tenant_scope(workshop):
        booked = Booking.objects.filter(customer_email__in=[first, second], status="confirmed")
        assert list(booked.values_list("customer_email", flat=True)) == [first]
    assert complaints == []


def test_two_tabs_with_two_times_lose_nothing(workshop, address, open_page, check_page, complaints):
    page = open_page()
    go_to_times(page, address)
    choose_day(page)
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("button.slot:visible").first.click()
    page.wait_for_url("**/details/**")
    page.fill("[name=name]", "Laura Jiménez")
    other.locator("button.slot:visible").last.click()
    other.wait_for_url("**/details/**")

    tell_details(other)
    expect(other.locator("h1")).to_have_text("Cita confirmada")
    page.fill("[name=email]", f"laura-{secrets.token_hex(4)}@example.com")
    page.click(".booking-foot .button.primary")

    page.wait_for_url("**/b/**")
    expect(page.locator("h1")).to_have_text("Cita confirmada")
    assert page.url != other.url
    assert complaints == []


def test_a_day_without_times_says_why_and_what_else_there_is(
    small_workshop, single_workshop, closed_on, open_page, check_page
):
    page = open_page()
    go_to_times(page, single_workshop)
    page.goto(f"{page.url}&on={closed_on}")

    expect(page.locator("main")).to_contain_text("Ese día está cerrado.")
    expect(page.locator("a[href*='/waitlist/']").last).to_be_visible()
    check_page(page)
    page.goto(f"{page.url}&lang=en")
    expect(page.locator("main")).to_contain_text("It is closed on this day.")


@pytest.mark.parametrize("level", ["refused", "must_prepay", "by_approval"])
def test_a_level_is_honored_with_a_kind_word(workshop, address, make_booking, open_page, check_page, level):
    email = f"ana-{secrets.token_hex(4)}@example.com"
    made = make_booking(email)
    with tenant_scope(workshop):
        customer = Customer.objects.get(bookings=made.booking_id)
        set_booking_level(customer_id=customer.pk, level=level, reason="No vino", now=utc_now(), by=STAFF)
    page = open_page()
    go_to_times(page, address)
    choose_day(page)
    page.locator("button.slot:visible").first.click()
    page.fill("[name=name]", "Ana Ruiz")
    page.fill("[name=email]", email)
    page.click(".booking-foot .button.primary")

    if level == "refused":
        page.wait_for_url("**/verify/**")  # no stranger learns it
        with tenant_scope(workshop):
            text = Message.objects.get(to=email, template="contact_code").body_text
        page.fill("[name=code]", re.search(r"\b(\d{6})\b", text)[1])
        page.click(".booking-foot .button.primary")
        expect(page.locator("[role=alert]").first).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("No vino")
    else:
        expect(page.locator("h1")).to_have_text("Solicitud enviada")
    check_page(page)
