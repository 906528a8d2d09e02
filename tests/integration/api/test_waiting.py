"""``POST waitlist``: somebody waits for a time within some dates."""

from __future__ import annotations

import pytest

from scheduling.models import WaitlistEntry
from tests.integration.api.conftest import make_booking_body

PATH = "/api/v1/waitlist"


@pytest.fixture
def body(customer_client) -> dict[str, object]:
    asked = make_booking_body(customer_client)
    day = asked.pop("starts_at")[:10]
    return {**asked, "from_on": day, "to_on": day}


def test_whoever_joins_gets_a_link_to_see_how_they_stand(customer_client, body):
    hours = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "from_minute": 600, "to_minute": 720, "shortest_notice_minutes": 60}

    joined = customer_client.post(PATH, {**body, **hours}, content_type="application/json")

    entry = WaitlistEntry.objects.get()
    answer = joined.json()
    url = answer.pop("waitlist_url")
    assert (joined.status_code, answer) == (201, {"status": "waiting", "ahead": 0})
    assert (entry.from_minute, entry.to_minute, entry.shortest_notice_minutes) == (600, 720, 60)
    assert entry.details["customer"]["phone"] == "+525512345678"
    assert customer_client.get("/w/" + url.partition("/w/")[2]).status_code == 200


def test_the_same_key_joins_once(customer_client, body):
    answers = [
        customer_client.post(PATH, body, content_type="application/json", headers={"idempotency-key": "once"})
        for _ in range(2)
    ]

    assert answers[0].content == answers[1].content
    assert WaitlistEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "status", "fields"),
    [
        ({"customer": {"name": "Ana"}}, 422, ["customer.contact"]),
        ({"customer": {"name": "Ana", "phone": "12"}}, 422, ["customer.phone"]),
        ({"to_on": "2020-01-01"}, 422, ["to_on"]),
        ({"to_on": "9999-12-31"}, 422, ["to_on"]),
        ({"from_on": "soon"}, 422, ["from_on"]),
        ({"from_minute": 600}, 422, ["to_minute"]),
        ({"from_minute": 700, "to_minute": 600}, 422, ["to_minute"]),
        ({"weekdays": [7]}, 422, ["weekdays.0"]),
        ({"shortest_notice_minutes": -1}, 422, ["shortest_notice_minutes"]),
        ({"party_size": 501}, 422, ["party_size"]),
        ({"whenever": True}, 422, ["whenever"]),
        ({"resource": "999999"}, 404, []),
        ({"service": "999999"}, 404, []),
        ({"location": "999999"}, 404, []),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(customer_client, body, wrong, status, fields):
    refused = customer_client.post(PATH, {**body, **wrong}, content_type="application/json")

    assert (refused.status_code, list(refused.json().get("errors", {}))) == (status, fields)
    assert WaitlistEntry.objects.count() == 0


def test_a_party_larger_than_any_room_waits_for_nothing(customer_client, body):
    refused = customer_client.post(PATH, {**body, "party_size": 400}, content_type="application/json")

    assert (refused.status_code, WaitlistEntry.objects.count()) == (422, 0)
