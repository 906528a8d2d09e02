"""Keeping the time once longer while the details are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from scheduling.enums import BookingStatus
from scheduling.models import Booking, Service
from scheduling.services.writing.releases import release
from scheduling.types import CUSTOMER
from tests.integration.web.booking.conftest import MONDAY_MORNING
from tests.integration.web.booking.test_booking import PERSON, go_to_time, list_times, text_of

BUTTON = 'value="keep"'


@pytest.fixture
def details(customer_client, tenant) -> str:
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    url, page = go_to_time(customer_client, service)
    return customer_client.post(url, {"starts_at": list_times(page)[-1]}).url


def test_one_tap_keeps_it_longer_and_what_was_typed(customer_client, details):
    before = Booking.objects.get().hold_expires_at
    with time_machine.travel(MONDAY_MORNING + timedelta(minutes=8), tick=True):
        kept = customer_client.post(details, {**PERSON, "name": "Laura 👩‍🔧", "go": "keep"})
        page = customer_client.get(kept.url)

    assert Booking.objects.get().hold_expires_at >= before + timedelta(minutes=7)
    assert "Laura 👩‍🔧" in page.content.decode()
    assert BUTTON not in page.content.decode()
    assert BUTTON in customer_client.get(details).content.decode()


def test_a_second_tap_from_the_page_before_changes_nothing(customer_client, details):
    customer_client.post(details, {**PERSON, "go": "keep"})
    until = Booking.objects.get().hold_expires_at

    again = customer_client.post(details, {**PERSON, "go": "keep"})

    page = customer_client.get(f"{again.url}&lang=en")
    assert "This time cannot be kept longer once more." in text_of(page)
    assert BUTTON not in page.content.decode()
    assert Booking.objects.get().hold_expires_at == until


def test_what_is_over_says_so_and_is_booked_while_it_is_free(customer_client, details):
    with time_machine.travel(MONDAY_MORNING + timedelta(minutes=30), tick=True):
        over = customer_client.post(details + "&lang=en", {**PERSON, "go": "keep"})
        page = customer_client.get(over.url + "&lang=en")
        made = customer_client.post(over.url, PERSON)

    assert "This time is no longer kept for you." in text_of(page)
    assert BUTTON not in page.content.decode()
    assert made.status_code == 302
    assert Booking.objects.get(status="confirmed").starts_at > datetime.now(tz=UTC)


def test_what_is_booked_is_not_kept_but_shown(customer_client, details):
    made = customer_client.post(details, PERSON)

    again = customer_client.post(details, {**PERSON, "go": "keep"})

    assert (again.status_code, again.url) == (302, made.url.removesuffix("?new=1"))


def test_what_was_given_back_is_not_said_to_be_kept(customer_client, details):
    held = Booking.objects.get()
    release(held, BookingStatus.EXPIRED, by=CUSTOMER, now=held.created_at)

    over = customer_client.post(details, {**PERSON, "go": "keep"})
    page = customer_client.get(f"{over.url}&lang=en")

    assert "This time is no longer kept for you." in text_of(page)
    assert BUTTON not in page.content.decode()
