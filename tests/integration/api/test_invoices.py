"""Invoices that customers want, as staff and programs list, ask for and answer them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from billing.models import InvoiceWish
from billing.services.invoices.wishes import want_invoice
from kernel.clock import utc_now
from scheduling.models import Booking
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.billing import TAX_DATA, pay, want
from tests.factories.scheduling import CUSTOMER, book, make_shop

TYPED = {name: value for name, value in asdict(TAX_DATA).items() if value and name != "id_kind"}


@pytest.fixture
def call(tenant):
    headers = {"Authorization": f"Bearer {make_key({'payments': 'write'})}", "Accept-Language": "en"}
    client = HostClient(tenant.primary_host, headers=headers)

    def call_(verb: str, path: str, body: object = None, *, headers: dict | None = None, **query: object):
        sent = b"" if body is None else json.dumps(body).encode()
        url = f"/api/v1/{path}?{urlencode(query)}"
        return client.generic(verb, url, sent, "application/json", headers=headers or {})

    return call_


@pytest.fixture
def paid(tenant) -> int:
    service_id, _ = make_shop(price_minor=100_000)
    booking_id = book(service_id).booking_id
    pay(booking_id, 40_000, means="cash")
    return booking_id


@pytest.fixture
def wanted(paid) -> int:
    return want(paid, now=utc_now())


def test_invoice_is_read_with_its_tax_data_and_what_was_paid(call, paid, wanted):
    answer = call("GET", f"invoices/{wanted}")

    row = InvoiceWish.objects.get()
    mark = answer.json()["mark"]
    assert (answer.status_code, mark.endswith("Z"), answer.json()["asked_at"]) == (200, True, mark)
    assert {name: value for name, value in answer.json().items() if name not in {"asked_at", "mark", "paid_at"}} == {
        "id": str(wanted),
        "booking": {"id": str(paid), "reference": Booking.objects.get().reference},
        "state": "asked",
        "tax_data": {
            "country": "MX", "name": row.name, "id_kind": "rfc", "tax_id": row.tax_id, "address": "",
            "postal_code": "06700", "city": "", "regime": "612", "use": "G03", "activity": "",
            "email": "facturas@example.com",
        },
        "paid": {"amount_minor": 40_000, "currency": "MXN"},
        "methods": ["cash"],
        "number": "",
        "issued_on": None,
        "reason": "",
        "closed_at": None,
    }  # fmt: skip
    assert call("GET", "invoices/0").json()["code"] == call("GET", "invoices/x").json()["code"] == "invoice_not_found"


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(call, paid, wanted, count, django_assert_max_num_queries):
    for _ in range(count - 1):
        InvoiceWish.objects.update(state="withdrawn", closed_at=utc_now())
        want(paid, now=utc_now())
    call("GET", "invoices")

    with django_assert_max_num_queries(14):
        answer = call("GET", "invoices")

    assert len(answer.json()["results"]) == count


def test_list_is_narrowed_and_comes_in_pages(call, paid, wanted):
    other = book(Booking.objects.get().service_id, Booking.objects.get().starts_at + timedelta(days=1)).booking_id
    pay(other, 10_000)
    want(other, now=utc_now(), name="Eva Ríos")

    def list_ids(**query: object) -> list[str]:
        return [each["booking"]["id"] for each in call("GET", "invoices", **query).json()["results"]]

    first = call("GET", "invoices", limit=1).json()
    assert [each["booking"]["id"] for each in first["results"]] == [str(other)]
    assert list_ids(limit=1, cursor=first["next"]) == [str(paid)]
    assert (list_ids(booking=paid), list_ids(q="ríos"), list_ids(state="issued")) == ([str(paid)], [str(other)], [])
    refused = [call("GET", "invoices", **query).status_code for query in ({"state": "x"}, {"cursor": "x"}, {"page": 2})]
    assert refused == [422, 422, 422]


def test_invoice_is_asked_for_and_put_right(call, paid):
    first = call("POST", f"bookings/{paid}/invoice", TYPED)
    again = call("POST", f"bookings/{paid}/invoice", TYPED | {"name": "Ana Gómez"})

    assert (first.status_code, again.status_code, first.json()["id"]) == (200, 200, again.json()["id"])
    assert again.json()["tax_data"]["name"] == InvoiceWish.objects.get().name == "Ana Gómez"
    assert InvoiceWish.objects.get().asked_by_id is not None


@pytest.mark.parametrize(
    ("changes", "status", "code", "fields"),
    [
        ({"use": "D10", "regime": "626"}, 422, "tax_data_invalid", ["use"]),
        ({"postal_code": "", "regime": "999"}, 422, "tax_data_invalid", ["postal_code", "regime"]),
        ({"shoe_size": 9}, 422, "invalid", ["shoe_size"]),
        ({"tax_id": "VACE460910SX6"}, 422, "tax_data_invalid", ["tax_id"]),
    ],
)
def test_wrong_data_is_told_by_field_and_nothing_is_kept(call, paid, changes, status, code, fields):
    answer = call("POST", f"bookings/{paid}/invoice", TYPED | changes)

    assert (answer.status_code, answer.json()["code"], sorted(answer.json()["errors"])) == (status, code, fields)
    assert InvoiceWish.objects.count() == 0


def test_number_that_is_right_all_the_same_is_sent_with_its_doubt(call, paid):
    doubted = {"tax_id": "VACE460910SX6", "doubted": "VACE460910SX6"}

    answer = call("POST", f"bookings/{paid}/invoice", TYPED | doubted)

    assert (answer.status_code, InvoiceWish.objects.get().tax_id) == (200, "VACE460910SX6")


def test_nothing_is_asked_for_where_nothing_was_paid(call, tenant):
    service_id, _ = make_shop(price_minor=100_000)

    answer = call("POST", f"bookings/{book(service_id).booking_id}/invoice", TYPED)

    assert (answer.status_code, answer.json()["code"], InvoiceWish.objects.count()) == (409, "invoice_not_offered", 0)


def test_made_invoice_is_noted_corrected_and_final(call, paid, wanted):
    today = utc_now().date().isoformat()
    made = {"number": "F-1042", "issued_on": today}

    first = call("POST", f"invoices/{wanted}/issue", made)
    again = call("POST", f"invoices/{wanted}/issue", made)
    corrected = call("POST", f"invoices/{wanted}/issue", made | {"number": "F-1043", "mark": first.json()["mark"]})
    refused = call("POST", f"invoices/{wanted}/refuse", {"reason": "No"})
    typed = call("POST", f"bookings/{paid}/invoice", TYPED | {"name": "Otra"})

    assert [each.status_code for each in (first, again, corrected, refused, typed)] == [200, 200, 200, 409, 409]
    assert (corrected.json()["state"], corrected.json()["number"], corrected.json()["issued_on"]) == (
        "issued", "F-1043", today,
    )  # fmt: skip
    assert (refused.json()["code"], typed.json()["code"]) == ("invoice_closed", "invoice_closed")
    assert InvoiceWish.objects.get().number == "F-1043"


def test_refusal_says_why(call, wanted):
    empty = call("POST", f"invoices/{wanted}/refuse", {"reason": " "})

    answer = call("POST", f"invoices/{wanted}/refuse", {"reason": "El RFC no está activo"})

    assert (empty.status_code, answer.status_code) == (422, 200)
    assert (answer.json()["state"], answer.json()["reason"]) == ("refused", "El RFC no está activo")


def test_invoice_is_not_made_with_data_of_before(call, paid, wanted):
    mark = call("GET", f"invoices/{wanted}").json()["mark"]
    data = TAX_DATA.__class__(**asdict(TAX_DATA) | {"name": "Ana Gómez"})
    want_invoice(booking_id=paid, typed=data, now=utc_now() + timedelta(seconds=1), by=CUSTOMER)

    answer = call(
        "POST", f"invoices/{wanted}/issue", {"number": "1", "issued_on": utc_now().date().isoformat(), "mark": mark}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_changed")
    assert InvoiceWish.objects.get().state == "asked"


def test_same_key_does_it_once(call, wanted):
    sent = {"reason": "El RFC no está activo"}

    answers = [call("POST", f"invoices/{wanted}/refuse", sent, headers={"Idempotency-Key": "k1"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
