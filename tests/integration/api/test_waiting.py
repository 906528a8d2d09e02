"""``POST waitlist``: somebody waits for a time within some dates."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from scheduling.models import WaitlistEntry
from scheduling.services.waitlist.joining import MOST_OPEN
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.fakes.due_work import send_messages
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


def test_the_same_person_waits_once_for_the_same(customer_client, body):
    body["customer"] = {"name": "Ana", "email": "ana@example.com"}
    other = {**body, "asset": {"make": "Kia", "model": "Rio"}}
    first, again, another = (
        customer_client.post(PATH, each, content_type="application/json") for each in (body, body, other)
    )

    assert (first.status_code, another.status_code) == (201, 201)
    assert (again.status_code, again.json()["code"]) == (403, "verification_required")
    assert WaitlistEntry.objects.count() == 2


def test_whoever_shows_whose_the_contact_is_gets_the_link_that_they_have(tenant, customer_client, body):
    body["customer"] = {"name": "Ana", "email": "ana@example.com"}
    url = customer_client.post(PATH, body, content_type="application/json").json()["waitlist_url"]
    customer_client.post(PATH, body, content_type="application/json")
    send_messages(tenant.schema_name)
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].subject + mail.outbox[-1].body)[0]

    proven = {**body, "verification": {"code": code}}
    again = customer_client.post(PATH, proven, content_type="application/json")

    assert (again.status_code, again.json()["waitlist_url"]) == (201, url)
    assert WaitlistEntry.objects.count() == 1


def test_a_program_puts_on_as_many_as_it_likes(tenant, customer_client, body):
    headers = {"Authorization": f"Bearer {make_key({'waitlist': 'write'})}"}
    program = HostClient(tenant.primary_host, headers=headers)
    answers = [program.post(PATH, body, content_type="application/json") for _ in range(MOST_OPEN + 1)]
    refused = customer_client.post(PATH, body, content_type="application/json")

    assert {each.status_code for each in answers} == {201}
    rows = WaitlistEntry.objects.all()
    assert {(row.details["is_proven"], row.log[0]["by"]) for row in rows} == {(False, "staff")}
    assert (rows.count(), refused.json()["code"]) == (MOST_OPEN + 1, "throttled")


def test_whoever_leaves_between_two_pages_hides_nobody(tenant, customer_client, body):
    headers = {"Authorization": f"Bearer {make_key({'waitlist': 'write'})}"}
    program = HostClient(tenant.primary_host, headers=headers)
    for number in range(5):
        customer = {**body["customer"], "name": f"Ana {number}"}
        program.post(PATH, {**body, "customer": customer}, content_type="application/json")
    ids = list(map(str, WaitlistEntry.objects.order_by("pk").values_list("pk", flat=True)))

    def read(**asked) -> tuple[list[str], str | None]:
        page = program.get(PATH, {"limit": 2, **asked}).json()
        return [each["id"] for each in page["results"]], page["next"]

    first, cursor = read()
    program.delete(f"{PATH}/{ids[0]}")
    program.delete(f"{PATH}/{ids[1]}")
    ended, ended_cursor = read(ended="true", limit=1)
    program.delete(f"{PATH}/{ids[4]}")

    assert (first, read(cursor=cursor)) == (ids[:2], (ids[2:4], None))
    assert (ended, read(ended="true", cursor=ended_cursor)) == ([ids[1]], ([ids[0]], None))


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
