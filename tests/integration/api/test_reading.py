"""What a body and an address may hold: the types of the document, each name once, in the caller's language."""

from __future__ import annotations

import codecs
import json
from dataclasses import replace

import pytest

from keyvalue import throttle
from scheduling.models import Booking
from tests.integration.api.conftest import make_booking_body

LANGUAGES = ("en", "es")
MINUTE_BEGAN = 1_800_000_000.0


def post(client, path: str, body: object, **headers: str):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/api/v1/{path}", raw, content_type="application/json", headers=headers)


def test_a_byte_order_mark_is_passed_over(customer_client, tenant):
    body = json.dumps(make_booking_body(customer_client)).encode()

    answer = post(customer_client, "bookings", codecs.BOM_UTF8 + body)

    assert (answer.status_code, Booking.objects.count()) == (201, 1)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (b"{", ("is not JSON: line 1, column 2.", "no es JSON: línea 1, columna 2.")),
        (b"", None),
        (b'{"a": 1,}', ("is not JSON", "no es JSON")),
        ('{"a": "ñ"}'.encode("latin-1"), ("not text in UTF-8", "no es texto en UTF-8")),
        ('{"a": 1}'.encode("utf-16"), ("not text in UTF-8", "no es texto en UTF-8")),
        (b'{"a": NaN}', ("has a number", "tiene un número")),
        (b'{"a": -Infinity}', ("has a number", "tiene un número")),
        (b'{"a": 1e999}', ("has a number", "tiene un número")),
        (b'{"a": ' + b"9" * 5000 + b"}", ("has a number", "tiene un número")),
        (
            b'{"party_size": 1, "party_size": 2}',
            ("twice in one object: 'party_size'.", "dos veces en un mismo objeto: 'party_size'."),
        ),
        (b'{"customer": {"a": 1, "a": 1}}', ("twice in one object: 'a'.", "dos veces")),
        (b"[" * 3000 + b"]" * 3000, ("nested too deeply", "demasiados niveles")),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(customer_client, body, texts):
    answers = [post(customer_client, "holds", body, **{"Accept-Language": each}) for each in LANGUAGES]

    status = 422 if texts is None else 400
    assert [(answer.status_code, answer.headers["Content-Type"]) for answer in answers] == [
        (status, "application/problem+json")
    ] * 2
    for answer, text in zip(answers, texts or (), strict=False):
        assert (answer.json()["code"], text in answer.json()["detail"]) == ("parse_error", True)


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("service", 1.5),
        ("service", True),
        ("service", "1.0"),
        ("service", -1),
        ("service", 10**30),
        ("service", []),
        ("party_size", "two"),
        ("party_size", "501"),
        ("party_size", 0),
        ("note", "x" * 2001),
        ("arrival_mode", "x" * 41),
        ("add_ons", ["1"] * 21),
        ("consents", ["x" * 41]),
        ("asset", {"make": "x" * 201}),
        ("hold", "x" * 101),
        ("customer", {"name": "x" * 121}),
        ("customer", {"name": "", "email": "x" * 255}),
        ("customer", {"name": "Ana", "locale": "fr"}),
        ("customer", {}),
        ("party_size", 1.5),
        ("party_size", True),
        ("party_size", 10**30),
        ("party_size", -(10**30)),
        ("note", 5),
        ("note", False),
        ("arrival_mode", 1),
        ("consents", "booking"),
        ("consents", [1]),
        ("asset", []),
        ("answers", "x"),
        ("customer", "Ana"),
        ("hold", 5),
    ],
)
def test_a_field_of_another_type_or_size_is_refused_in_the_callers_language(customer_client, tenant, field, sent):
    answers = [
        post(
            customer_client,
            "bookings",
            make_booking_body(customer_client, **{field: sent}),
            **{"Accept-Language": each},
        )
        for each in LANGUAGES
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    named = [next(iter(answer.json()["errors"])).split(".")[0] for answer in answers]
    assert named == [field, field]
    assert answers[0].json()["errors"] != answers[1].json()["errors"]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("field", ["name", "phone", "email"])
@pytest.mark.parametrize("sent", [5, 5.5, True, ["Ana"], {"a": 1}])
def test_a_customers_field_of_another_type_is_refused(customer_client, tenant, field, sent):
    customer = {"name": "Ana", "phone": "+525512345678"} | {field: sent}

    answer = post(customer_client, "bookings", make_booking_body(customer_client, customer=customer))

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [f"customer.{field}"])
    assert not Booking.objects.exists()


def test_null_says_that_a_field_is_left_out(customer_client, tenant):
    names = (
        "resource",
        "location",
        "add_ons",
        "party_size",
        "arrival_mode",
        "hold",
        "token",
        "answers",
        "note",
        "consents",
    )
    body = make_booking_body(
        customer_client,
        customer={"name": "Ana", "phone": "+525512345678", "email": None, "locale": None},
        asset={"make": "Nissan", "model": "Versa", "year": None, "plate": None},
        **dict.fromkeys(names),
    )

    answer = post(customer_client, "bookings", body)

    booking = Booking.objects.get()
    assert answer.status_code == 201
    assert (booking.party_size, booking.note, booking.customer_email, booking.asset_data) == (
        1,
        "",
        "",
        {"make": "Nissan", "model": "Versa"},
    )


@pytest.mark.parametrize("field", ["service", "starts_at", "customer"])
def test_null_for_what_is_needed_is_refused(customer_client, tenant, field):
    answer = post(customer_client, "bookings", make_booking_body(customer_client, **{field: None}))

    assert answer.status_code == 422
    assert not Booking.objects.exists()


def test_a_number_is_taken_for_an_id_and_for_a_year(customer_client, tenant):
    body = make_booking_body(customer_client, asset={"make": "Nissan", "model": "Versa", "year": 2019})

    answer = post(customer_client, "bookings", {**body, "service": int(body["service"])})

    assert (answer.status_code, Booking.objects.get().asset_data["year"]) == (201, "2019")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("service=1&service=2&from=2027-01-01&to=2027-01-02", "service"),
        ("service=1&from=2027-01-01&to=2027-01-02&to=2027-01-03", "to"),
        ("service=1&from=2027-01-01&to=2027-01-02&party_size=1_0", "party_size"),
        ("service=1&from=2027-01-01&to=2027-01-02&party_size=%2B1", "party_size"),
        ("service=1&from=2027-01-01&to=2027-01-02&party_size=1.0", "party_size"),
        ("service=1&from=2027-01-01&to=2027-01-02&party_size=%EF%BC%91", "party_size"),
        ("service=1&from=2027-01-01&to=2027-01-02&timezone=a%00b", "timezone"),
    ],
)
def test_an_address_holds_each_name_once_and_plain_digits(customer_client, query, field):
    answer = customer_client.get(f"/api/v1/availability?{query}")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_repeated_call_gets_the_same_bytes(customer_client, tenant):
    body = make_booking_body(customer_client)
    first, again = (
        post(customer_client, "bookings", body, **{"Idempotency-Key": "k", "Accept-Language": each})
        for each in ("es", "es")
    )
    token = first.json()["manage_url"].rstrip("/").rpartition("/")[2]
    moved, moved_again = (
        post(customer_client, f"manage/{token}/cancel", {"reason": "ñandú 🚗"}, **{"Idempotency-Key": "c"})
        for _ in "12"
    )
    names = set(first.headers) - {"Date", "X-Request-ID"}

    assert (first.status_code, moved.status_code, Booking.objects.count()) == (201, 200, 1)
    for one, other in ((first, again), (moved, moved_again)):
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert {name: one.headers[name] for name in names} == {name: other.headers[name] for name in names}
    assert first.headers["Content-Type"] == "application/json"
    unkeyed = post(customer_client, f"manage/{token}/cancel", {"reason": "ñandú 🚗"})
    assert (unkeyed.status_code, unkeyed.content, unkeyed.headers["Content-Type"]) == (
        200,
        moved.content,
        "application/json",
    )


@pytest.mark.parametrize(("length", "status"), [(255, 201), (256, 422)])
def test_a_key_has_a_length_at_most(customer_client, tenant, length, status):
    answer = post(customer_client, "bookings", make_booking_body(customer_client), **{"Idempotency-Key": "k" * length})

    assert (answer.status_code, Booking.objects.count()) == (status, int(status == 201))
    assert status == 201 or list(answer.json()["errors"]) == ["Idempotency-Key"]


@pytest.mark.parametrize(("second", "wait"), [(0.0, "60"), (0.4, "60"), (30.0, "30"), (59.9, "1")])
def test_whoever_calls_too_often_is_told_when_to_try_again(
    customer_client, tenant, settings, monkeypatch, second, wait
):
    settings.LIMITS = settings.LIMITS | {"writes_tenant": replace(settings.LIMITS["writes_tenant"], size=0)}
    monkeypatch.setattr(throttle.time, "time", lambda: MINUTE_BEGAN + second)

    answers = [post(customer_client, path, {}) for path in ("holds", "bookings", "manage/x/confirm")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(429, "throttled")] * 3
    assert [answer.headers["Retry-After"] for answer in answers] == [wait] * 3


def test_a_key_under_an_address_with_a_zero_byte_is_no_defect(customer_client, tenant):
    answer = post(customer_client, "manage/a%00b/confirm", {}, **{"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["code"]) == (404, "token_unknown")
