"""Pages are under the same limits as the API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from scheduling.models import Booking, Service
from tests.integration.web.booking.conftest import MONDAY_MORNING
from tests.integration.web.booking.test_booking import PERSON, book, go_to_details, go_to_time, list_times, service

__all__ = ["service"]


@pytest.fixture
def narrow(settings):
    def set_size(name: str, size: int) -> None:
        settings.LIMITS = settings.LIMITS | {name: replace(settings.LIMITS[name], size=size)}

    return set_size


def test_times_kept_from_one_block_are_limited(customer_client, service, narrow):
    narrow("holds_open", 1)
    go_to_details(customer_client, service)

    url, page = go_to_time(customer_client, service)
    not_kept = customer_client.post(url, {"starts_at": list_times(page)[0]}, REMOTE_ADDR="127.0.0.9")
    assert (not_kept.status_code, Booking.objects.count()) == (302, 1)
    elsewhere = customer_client.post(url, {"starts_at": list_times(page)[0]}, REMOTE_ADDR="198.51.100.1")

    assert (elsewhere.status_code, Booking.objects.count()) == (302, 2)


def test_address_of_before_gives_a_time_back_once(customer_client, service, narrow):
    narrow("holds_open", 2)
    time_url = go_to_details(customer_client, service).replace("/details/", "/time/")
    go_to_details(customer_client, service, number=3)

    refused = [customer_client.post(time_url, {"starts_at": "2026-11-20T15:00:00Z"}).status_code for _ in range(3)]
    for number in (6, 9):
        go_to_details(customer_client, service, number=number)

    assert refused == [409] * 3
    # One of the two was given back: one more is kept beside the other, and the next is not.
    assert Booking.objects.filter(status="held").count() == 2


@pytest.mark.parametrize("minutes", [10, 60])
def test_a_time_counts_for_as_long_as_it_is_kept(customer_client, service, narrow, minutes):
    narrow("holds_open", 1)
    Service.objects.update(hold_minutes=minutes)
    details = go_to_details(customer_client, service, number=-1)  # nothing is kept past its start
    with time_machine.travel(MONDAY_MORNING + timedelta(minutes=minutes - 1)):
        customer_client.post(details, {**PERSON, "go": "keep"})

    with time_machine.travel(MONDAY_MORNING + timedelta(minutes=2 * minutes - 2)):
        go_to_details(customer_client, service, number=3)
        while_it_is_kept = Booking.objects.count()
    with time_machine.travel(MONDAY_MORNING + timedelta(minutes=2 * minutes)):
        go_to_details(customer_client, service, number=3)

    assert (while_it_is_kept, Booking.objects.count()) == (1, 2)


@pytest.mark.parametrize("minutes", [20, 60])
def test_a_time_that_is_kept_for_long_counts_without_being_extended(customer_client, service, narrow, minutes):
    narrow("holds_open", 1)
    Service.objects.update(hold_minutes=minutes)
    go_to_details(customer_client, service)

    with time_machine.travel(MONDAY_MORNING + timedelta(minutes=minutes - 1)):
        go_to_details(customer_client, service, number=3)

    assert Booking.objects.count() == 1


@pytest.mark.parametrize("limit", ["writes_address", "writes_tenant", "writes_contact"])
def test_details_that_are_sent_too_often_are_refused(customer_client, service, narrow, limit):
    url = go_to_details(customer_client, service)
    narrow(limit, 0)

    refused = customer_client.post(url, PERSON)

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert [booking.status for booking in Booking.objects.all()] == ["held"]


@pytest.mark.parametrize("step", ["confirm", "cancel", "move"])
def test_changes_of_a_booking_are_limited(customer_client, service, narrow, step):
    path = book(customer_client, service)
    before = Booking.objects.values().get()
    narrow("writes_address", 0)

    refused = customer_client.post(f"{path}{step}/", {"starts_at": "2026-11-25T15:00:00Z"})

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert Booking.objects.values().get() == before


def test_changes_by_one_link_are_limited_wherever_they_come_from(customer_client, service, narrow):
    path, other = book(customer_client, service), book(customer_client, service, number=3)
    narrow("writes_link", 1)

    pages = [
        customer_client.post(f"{each}confirm/", REMOTE_ADDR=f"198.51.100.{number}").status_code
        for number, each in enumerate((path, path, other))
    ]
    program = customer_client.post(f"/api/v1/manage/{path.split('/')[2]}/confirm", {}, content_type="application/json")

    assert pages == [302, 429, 302]
    assert (program.status_code, 0 < int(program.headers["Retry-After"]) <= 3600) == (429, True)
    assert customer_client.get(path).status_code == 200
