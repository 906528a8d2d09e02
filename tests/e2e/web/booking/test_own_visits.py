"""Who comes again, at a desk by keyboard in English."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kernel.clock import utc_now
from kernel.ids import hash_token
from scheduling.models import Booking, Service, VisitsLink
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import AvailabilityQuery, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.context import tenant_scope
from tests.factories.scheduling import STAFF

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def email(workshop, django_db_blocker) -> str:
    """Somebody with a visit that is over, and one that comes."""
    email, now = f"laura-{secrets.token_hex(4)}@example.com", utc_now()
    with django_db_blocker.unblock(), tenant_scope(workshop):
        wish = Wish(service_ids=(Service.objects.order_by("position", "pk").values_list("pk", flat=True)[0],))
        details = VisitDetails(
            customer=CustomerDetails("Laura Jiménez", phone=None, email=email, locale="es"),
            asset={"make": "Nissan", "model": "Versa"},
        )
        starts_at = get_availability(
            query=AvailabilityQuery(wish, from_on=(now + 20 * DAY).date(), to_on=(now + 27 * DAY).date()), now=now
        ).next_available
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
    now, tokens = utc_now(), [f"v{secrets.token_hex(8)}" for _ in range(1)]
    with django_db_blocker.unblock(), tenant_scope(workshop):
        for token in tokens:
            VisitsLink.objects.create(
                kind="email", contact=email, token_hash=hash_token(token), created_at=now, told_at=now,
                expires_at=now + DAY,
            )  # fmt: skip
    return tokens


def test_the_keyboard_alone_closes_the_link(address, tokens, open_page, check_page):
    page = open_page(locale="en-US", viewport={"width": 1440, "height": 900}, is_mobile=False, has_touch=False)
    page.goto(f"{address}/visits/{tokens[0]}/")
    expect(page.locator("h1")).to_have_text("Your appointments")
    check_page(page)
    page.locator("form[action$='/end/'] button").focus()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("This link no longer works.")
    check_page(page)
    page.goto(f"{address}/visits/{tokens[0]}/")
    expect(page.locator("[role=alert]")).to_contain_text("This link has ended or is not valid.")
    check_page(page)
