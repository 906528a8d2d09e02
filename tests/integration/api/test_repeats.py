"""The same visit on several dates, by the API: looked at first, then all of them or none, by whoever has the code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from scheduling.models import Booking
from tests.factories.scheduling import CAR, MONDAY, NOW, book, make_shop
from tests.fakes.due_work import send_messages

WEEK = timedelta(days=7)
STARTS = [MONDAY + WEEK, MONDAY + 2 * WEEK]


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service(tenant) -> str:
    return str(make_shop(most_repeats=4)[0])


def post(client, address: str, body: dict):
    return client.post(f"/api/v1/{address}", body, content_type="application/json")


def write(instant) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def look(client, service_id: str, **more: object):
    query = {"service": service_id, "starts_at": write(MONDAY), "every_weeks": 1, "count": 3, **more}
    return client.get("/api/v1/availability/repeats", query)


def make_body(service: str, starts=STARTS, **more: object) -> dict[str, object]:
    return {
        "service": service,
        "starts_at": write(MONDAY),
        "customer": {"name": "Berta", "email": "berta@example.com"},
        "asset": dict(CAR),
        "repeats": {"every_weeks": 1, "starts": [write(each) for each in starts]},
        **more,
    }


def read_code(tenant) -> dict[str, str]:
    send_messages(tenant.schema_name)
    return {"code": re.search(r"\b(\d{6})\b", mail.outbox[-1].body)[1]}


def test_dates_are_looked_at_before_they_are_booked(customer_client, service):
    book(int(service), STARTS[0])

    dates = look(customer_client, service).json()

    taken, free = ([write(STARTS[0]), write(STARTS[0] + timedelta(hours=1)), False], [write(STARTS[1])] * 2 + [True])
    assert dates["timezone"] == "UTC"
    assert [[each["asked_at"], each["starts_at"], each["is_free"]] for each in dates["dates"]] == [taken, free]
    assert {each["state"] for each in dates["dates"]} == {"free"}


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"count": 5}, 422, "count"),
        ({"count": 1}, 422, "count"),
        ({"every_weeks": 5}, 422, "every_weeks"),
        ({"starts_at": "soon"}, 422, "starts_at"),
        ({"when": "x"}, 422, "when"),
        ({"resource": "999999"}, 404, None),
        ({"service": "999999"}, 404, None),
        ({"location": "999999"}, 404, None),
    ],
)
def test_what_makes_no_series_is_refused(customer_client, service, more, status, field):
    refused = look(customer_client, service, **more)

    assert (refused.status_code, next(iter(refused.json().get("errors", {})), None)) == (status, field)


@pytest.mark.parametrize("is_held", [False, True])
def test_all_dates_are_booked_once_the_code_is_typed(customer_client, tenant, service, is_held):
    body = make_body(service)
    if is_held:
        held = post(customer_client, "holds", {"service": body.pop("service"), "starts_at": body.pop("starts_at")})
        body |= {"hold": held.json()["id"], "token": held.json()["token"]}

    asked = post(customer_client, "bookings", body)
    kept = Booking.objects.exclude(status="held").count()
    booked = post(customer_client, "bookings", body | {"verification": read_code(tenant)})

    assert (asked.status_code, asked.json()["code"], kept) == (403, "verification_required", 0)
    assert booked.status_code == 201
    rows = Booking.objects.filter(status="confirmed").order_by("starts_at")
    assert [each.starts_at for each in rows] == [MONDAY, *STARTS]
    assert (len({each.series_id for each in rows}), {each.source for each in rows}) == (1, {"api"})
    assert rows[0].reference == booked.json()["reference"]


def test_a_date_that_is_not_free_is_named_and_nothing_is_booked(customer_client, tenant, service):
    body = make_body(service)
    post(customer_client, "bookings", body)
    code = read_code(tenant)
    book(int(service), STARTS[1])

    refused = post(customer_client, "bookings", body | {"verification": code})

    assert (refused.status_code, refused.json()["code"]) == (409, "series_conflict")
    assert refused.json()["dates"] == [{"starts_at": STARTS[1].isoformat(), "code": "slot_taken"}]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("starts", "field"),
    [
        ([], "repeats.starts"),
        ([MONDAY], "repeats.starts"),
        ([MONDAY - WEEK], "repeats.starts"),
        ([MONDAY + timedelta(days=8)], "repeats.starts"),
        ([MONDAY + number * WEEK for number in range(1, 5)], "repeats"),
    ],
)
def test_dates_of_no_series_are_refused_at_their_field(customer_client, tenant, service, starts, field):
    body = make_body(service)
    post(customer_client, "bookings", body)

    refused = post(customer_client, "bookings", make_body(service, starts) | {"verification": read_code(tenant)})

    assert (refused.status_code, list(refused.json()["errors"]), Booking.objects.count()) == (422, [field], 0)


def test_without_a_way_to_send_a_code_nothing_is_booked(customer_client, service):
    body = make_body(service, customer={"name": "Berta", "phone": "+525512345678"})

    refused = post(customer_client, "bookings", body)

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["customer.email"])
    assert Booking.objects.count() == 0


def test_whoever_wants_no_reminders_gets_none(customer_client, service):
    body = make_body(service, wants_reminders=False)
    body.pop("repeats")

    post(customer_client, "bookings", body)

    assert Booking.objects.get().wants_reminders is False
