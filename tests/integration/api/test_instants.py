"""An instant has its zone, a date is a date: in every call, and nothing is booked otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from scheduling.models import Booking
from tests.integration.api.conftest import make_booking_body

DAY = "2027-12-01"
NAIVE, WRONG = "zone", "write"
SENT = [
    (f"{DAY}T15:00:00", NAIVE),
    (f"{DAY}T15:00", NAIVE),
    (f"{DAY} 15:00:00", WRONG),
    (f"{DAY}T15:00:00+0600", WRONG),
    (f"{DAY}T24:00:00Z", WRONG),
    (f"{DAY}T15:00:60Z", WRONG),
    ("2027-02-30T15:00:00Z", WRONG),
    ("2027-W48-3T15:00:00Z", WRONG),
    ("2027-335T15:00:00Z", WRONG),
    ("20271201T150000Z", WRONG),
    ("0001-01-01T00:00:00Z", "century"),
    ("9999-12-31T23:59:59Z", "century"),
    ("", WRONG),
]
TYPED = [(1827673200, WRONG), (1827673200.5, WRONG), (True, WRONG), ([], WRONG), ({}, WRONG)]


@pytest.fixture
def calls(customer_client, owner_client, tenant) -> dict[str, Callable[[object], object]]:
    """Every call that takes an instant, as a function of what is sent for it."""
    body = make_booking_body(customer_client)
    booked = customer_client.post("/api/v1/bookings", body, content_type="application/json").json()
    token = booked["manage_url"].rstrip("/").rpartition("/")[2]

    def post(path: str, sent: object, body: dict[str, object]) -> object:
        headers = {"Accept-Language": "en"}
        return customer_client.post(
            f"/api/v1/{path}", {**body, "starts_at": sent}, content_type="application/json", headers=headers
        )

    return {
        "hold": lambda sent: post("holds", sent, {"service": body["service"]}),
        "book": lambda sent: post("bookings", sent, body),
        "reschedule": lambda sent: post(f"manage/{token}/reschedule", sent, {}),
        "explain": lambda sent: owner_client.get(
            "/api/v1/availability/explain",
            {"service": body["service"], "starts_at": sent},
            headers={"Accept-Language": "en"},
        ),
    }


def ask(call: Callable[[object], object], sent: object) -> tuple[int, str]:
    answer = call(sent)
    texts = answer.json()["errors"]["starts_at"]
    assert len(texts) == 1
    return answer.status_code, texts[0].lower()


@pytest.mark.parametrize("call", ["hold", "book", "reschedule", "explain"])
def test_what_is_no_instant_is_refused_in_words(calls, call):
    before = list(Booking.objects.values_list("pk", "starts_at"))

    answers = [(sent, word, *ask(calls[call], sent)) for sent, word in SENT + ([] if call == "explain" else TYPED)]

    assert [(sent, status) for sent, word, status, text in answers if status != 422 or word not in text] == []
    assert list(Booking.objects.values_list("pk", "starts_at")) == before


def write(instant: str, pattern: str, offset_hours: int = 0) -> str:
    """Write an instant of an answer in another way."""
    away = timezone(timedelta(hours=offset_hours))
    return datetime.fromisoformat(instant).astimezone(away).strftime(pattern)


@pytest.mark.parametrize(
    ("pattern", "offset_hours"),
    [
        ("%Y-%m-%dt%H:%M:%Sz", 0),
        ("%Y-%m-%dT%H:%MZ", 0),
        ("%Y-%m-%dT%H:%M:%S-00:00", 0),
        ("%Y-%m-%dT%H:%M:%S.000-06:00", -6),
        ("%Y-%m-%dT%H:%M:%S+14:00", 14),
    ],
)
def test_one_instant_has_several_spellings(customer_client, tenant, pattern, offset_hours):
    body = make_booking_body(customer_client)
    sent = write(body["starts_at"], pattern, offset_hours)

    answer = customer_client.post("/api/v1/bookings", {**body, "starts_at": sent}, content_type="application/json")

    assert answer.status_code == 201
    assert Booking.objects.get().starts_at == datetime.fromisoformat(body["starts_at"])


def test_a_blank_in_an_address_is_the_plus_that_was_meant(owner_client):
    body = make_booking_body(owner_client)
    wall = write(body["starts_at"], "%Y-%m-%dT%H:%M:%S", 12)
    path = f"/api/v1/availability/explain?service={body['service']}&starts_at={wall}"

    answers = [owner_client.get(f"{path}{offset}") for offset in ("+12:00", "%2B12:00", "Z")]

    assert [(answer.status_code, answer.json()["is_offered"]) for answer in answers] == [
        (200, True),
        (200, True),
        (200, False),
    ]


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize(
    "sent", ["2027-02-30", "2027-W48-3", "2027-335", "20271201", "2027-12-01T00:00:00Z", "0001-01-01", "9999-12-31", ""]
)
def test_what_is_no_date_is_refused_in_words(customer_client, name, sent):
    query = {"service": "1", "from": DAY, "to": DAY} | {name: sent}

    answer = customer_client.get("/api/v1/availability", query, headers={"Accept-Language": "es"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])
    assert answer.json()["errors"][name][0].startswith(("Escribe la fecha", "Elige una fecha"))
