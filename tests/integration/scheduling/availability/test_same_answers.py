"""One question, three doors: the booking page, the API and the workspace give the same free times."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from devtools.drill.offers.doors import read_slots
from kernel.clock import utc_now
from scheduling.models import Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery
from tests.factories.feature_pairs import hold, limit, override
from tests.factories.scheduling import book, make_wish

VISIT = {
    "asset.make": "nissan",
    "asset.model": "Versa",
    "asset.year": "2019",
    "asset.plate": "nxp 482 a",
    "arrival_mode": "drop_off",
    "symptoms": ["brake_noise"],
    "note": "Suena al frenar",
}


@pytest.fixture
def service(tenant) -> Service:
    return Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()


@pytest.fixture
def day(service):
    """A day with many free times, on which much is taken already."""
    now = utc_now()
    first = now.date() + timedelta(days=3)
    answer = get_availability(
        query=AvailabilityQuery(make_wish(service.pk), from_on=first, to_on=first + timedelta(days=6)), now=now
    )
    found = next(each for each in answer.days if len(each.slots) > 6)
    book(service.pk, found.slots[0].starts_at, now=now)
    override(service.pk, found.slots[2].starts_at, now=now)
    hold(service.pk, found.slots[5].starts_at, now=now)
    return found.on


def ask_page(client, service, day):
    started = client.get(f"/?service={service.pk}", follow=True)
    told = client.post(started.request["PATH_INFO"] + "?" + started.request["QUERY_STRING"], VISIT)
    assert told.status_code == 302
    return read_slots(client.get(f"{told.url}&on={day}"), "starts_at")


def ask_api(client, service, day):
    answer = client.get("/api/v1/availability", {"service": service.pk, "from": f"{day}", "to": f"{day}"}).json()
    return [datetime.fromisoformat(slot["starts_at"]) for each in answer["days"] for slot in each["slots"]]


def ask_workspace(client, service, day):
    return read_slots(client.get("/workspace/bookings/new/", {"service": service.pk, "on": f"{day}"}), "starts_at")


def test_page_api_and_workspace_offer_the_same_times(customer_client, owner_client, service, day):
    asked = get_availability(query=AvailabilityQuery(make_wish(service.pk), from_on=day, to_on=day), now=utc_now())
    expected = [slot.starts_at for slot in asked.days[0].slots]

    assert len(expected) > 1
    assert ask_page(customer_client, service, day) == expected
    assert ask_api(customer_client, service, day) == expected
    assert ask_workspace(owner_client, service, day) == expected


def test_page_api_and_workspace_agree_that_nothing_is_free(customer_client, owner_client, service, day):
    limit(service.pk, 0)

    answers = [
        ask_page(customer_client, service, day),
        ask_api(customer_client, service, day),
        ask_workspace(owner_client, service, day),
    ]

    assert answers == [[], [], []]
