"""Payments, as staff and programs list and read them, and money that goes back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection

from accounts.models import User
from billing.models import LedgerEntry, Payment, Receipt, Refund
from kernel.clock import utc_now
from scheduling.models import Booking
from tenants.context import tenant_scope
from tenants.jobs import call_in_tenant, call_outside
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.billing import make_payment, make_received, make_refund, pay
from tests.factories.scheduling import MONDAY, NOW, book, make_shop

JANUARY = {"since": "2026-01-01T00:00:00Z", "before": "2026-02-01T00:00:00Z"}
GIVEN = {"amount_minor": 20_000, "reason": "La pieza llegó tarde"}


def ask(tenant, token: str, method: str, path: str, body: object = None, **headers: str):
    client = HostClient(
        tenant.primary_host, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en", **headers}
    )
    sent = b"" if body is None else json.dumps(body).encode()
    return client.generic(method, f"/api/v1/payments{path}", sent, "application/json")


@pytest.fixture
def call(tenant):
    token = make_key({"payments": "write"})

    def call_(verb: str, path: str = "", body: object = None, *, headers: dict | None = None, **query: object):
        return ask(tenant, token, verb, f"{path}?{urlencode(query)}", body, **(headers or {}))

    return call_


@pytest.fixture
def shop(tenant) -> int:
    service_id, _ = make_shop(price_minor=100_000)
    return service_id


@pytest.fixture
def paid(shop) -> Payment:
    """Cash for a visit."""
    return Payment.objects.get(pk=pay(book(shop).booking_id))


@pytest.fixture
def three(shop) -> list[int]:
    """Cash, a tip by card a day later, and a transfer that is waited for; each for a booking of its own."""
    first, second, third = (book(shop, MONDAY + timedelta(hours=2 * n)).booking_id for n in range(3))
    payments = [pay(first), pay(second, 7_000, "card", "tip", NOW + timedelta(days=1))]
    return [*payments, make_payment(booking_id=third, amount_minor=30_000).pk]


def list_ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [int(each["id"]) for each in answer.json()["results"]]


def count_refunds() -> tuple[int, int]:
    return Refund.objects.count(), sum(Payment.objects.values_list("refunded_minor", flat=True))


def test_payment_is_read_as_it_stands(call, paid):
    booking = Booking.objects.get(pk=paid.booking_id)
    Payment.objects.filter(pk=paid.pk).update(refunded_minor=30_000, kept_minor=5_000, note="Por Eva")
    sent = make_refund(paid, state="done", done_at=NOW)
    waits = make_refund(paid, amount_minor=20_000, cause="kinder", reason="Esperó mucho")

    answer = call("GET", f"/{paid.pk}")

    money = {"currency": "MXN"}
    at = NOW.isoformat().replace("+00:00", "Z")
    assert answer.json() == {
        "id": str(paid.pk),
        "booking": {"id": str(booking.pk), "reference": booking.reference},
        "purpose": "balance",
        "method": "cash",
        "state": "received",
        "amount": {"amount_minor": 50_000, **money},
        "refunded": {"amount_minor": 10_000, **money},
        "to_send": {"amount_minor": 20_000, **money},
        "kept": {"amount_minor": 5_000, **money},
        "disputed": {"amount_minor": 0, **money},
        "left": {"amount_minor": 20_000, **money},
        "note": "Por Eva",
        "opened_at": at,
        "received_at": at,
        "refunds": [
            {
                "id": str(sent.pk),
                "amount": {"amount_minor": 10_000, **money},
                "state": "done",
                "cause": "policy",
                "is_credit": False,
                "reason": "",
                "asked_at": at,
                "done_at": at,
            },
            {
                "id": str(waits.pk),
                "amount": {"amount_minor": 20_000, **money},
                "state": "pending",
                "cause": "kinder",
                "is_credit": False,
                "reason": "Esperó mucho",
                "asked_at": at,
                "done_at": None,
            },
        ],
    }
    assert call("GET", **JANUARY).json() == {"results": [answer.json()], "next": None}


def test_payment_of_a_booking_that_is_gone_names_none(call, tenant):
    payment = make_received(booking_id=987_654, currency="CLP", amount_minor=900)

    answer = call("GET", f"/{payment.pk}").json()

    assert (answer["booking"], answer["amount"]) == (None, {"amount_minor": 900, "currency": "CLP"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 0]),
        ({"method": "cash"}, [0]),
        ({"method": "transfer"}, [2]),
        ({"method": "online"}, []),
        ({"group": "received"}, [1, 0]),
        ({"group": "waiting"}, [2]),
        ({"group": "refunded"}, []),
        ({"group": "kept"}, []),
        ({"service": "999999"}, []),
        ({"resource": "999999"}, []),
        ({"since": "2026-01-06T08:00:00Z"}, [1]),
        ({"before": "2026-01-06T08:00:00Z"}, [2, 0]),
    ],
    ids=str,
)
def test_list_is_the_newest_first_and_narrowed(call, three, query, found):
    assert list_ids(call("GET", **{**JANUARY, **query})) == [three[n] for n in found]


def test_list_is_narrowed_to_a_service_and_a_person(call, three, shop):
    person = Booking.objects.earliest("pk").allocations.get(resource__resource_type__is_person=True).resource_id

    found = [list_ids(call("GET", **JANUARY, **query)) for query in ({"service": shop}, {"resource": person})]

    assert found == [[three[1], three[2], three[0]]] * 2


def test_without_instants_it_is_the_last_year_and_of_one_booking_all(call, three):
    now = utc_now()
    Payment.objects.filter(pk=three[0]).update(
        opened_at=now - timedelta(days=900), received_at=now - timedelta(days=900)
    )
    Payment.objects.filter(pk=three[1]).update(received_at=now - timedelta(days=364))
    Payment.objects.filter(pk=three[2]).update(opened_at=now - timedelta(days=366))
    old = Payment.objects.get(pk=three[0]).booking_id

    assert list_ids(call("GET")) == [three[1]]
    assert list_ids(call("GET", booking=old)) == [three[0]]
    assert list_ids(call("GET", booking=old, since=now.isoformat())) == []


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2020-01-01T00:00:00Z", "before": "2026-01-01T00:00:00Z"},
        {"since": "2020-01-01T00:00:00Z"},
        {"since": "2026-02-01T00:00:00Z", "before": "2026-01-01T00:00:00Z"},
        {"since": "2026-02-01T00:00:00Z", "before": "2026-01-01T00:00:00Z", "booking": "1"},
    ],
)
def test_more_than_a_year_and_a_span_that_ends_first_are_refused(call, three, query):
    answer = call("GET", **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "span_invalid")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"group": "unheard-of"}, "group"),
        ({"method": "gold"}, "method"),
        ({"since": "yesterday"}, "since"),
        ({"cursor": "webhooks.WzFd"}, "cursor"),
        ({"cursor": "payments.nonsense"}, "cursor"),
        ({"limit": "201"}, "limit"),
        ({"search": "Ana"}, "search"),
    ],
)
def test_what_the_list_does_not_know_is_refused(call, three, query, field):
    answer = call("GET", **{**JANUARY, **query})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_long_list_comes_a_page_at_a_time(call, three):
    whole, found, cursor = list_ids(call("GET", **JANUARY)), [], ""
    while cursor is not None:
        asked = {"cursor": cursor} if cursor else {}
        answer = call("GET", **JANUARY, limit=1, **asked)
        found += list_ids(answer)
        cursor = answer.json()["next"]

    assert (found, len(found)) == (whole, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(call, shop, django_assert_num_queries, count):
    for n in range(count):
        payment = Payment.objects.get(pk=pay(book(shop, MONDAY + timedelta(days=n)).booking_id))
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=10_000)
        make_refund(payment)
        Receipt.objects.create(payment=make_payment(booking_id=payment.booking_id), sent_at=NOW)
    call("GET", **JANUARY)

    with django_assert_num_queries(7):  # what was sent is not read, which nothing here tells
        answer = call("GET", **JANUARY)

    assert len(list_ids(answer)) == 2 * count


def test_part_goes_back_for_a_reason(call, paid):
    answer = call("POST", f"/{paid.pk}/refund", GIVEN)

    refund, body = Refund.objects.get(), answer.json()
    owner = User.objects.get(role="owner").pk
    assert (answer.status_code, body["payment"]) == (201, call("GET", f"/{paid.pk}").json())
    assert body["refund"] == {
        "id": str(refund.pk),
        "amount": {"amount_minor": 20_000, "currency": "MXN"},
        "state": "pending",
        "cause": "kinder",
        "is_credit": False,
        "reason": "La pieza llegó tarde",
        "asked_at": refund.asked_at.isoformat().replace("+00:00", "Z"),
        "done_at": None,
    }
    assert (body["payment"]["to_send"]["amount_minor"], body["payment"]["left"]["amount_minor"]) == (20_000, 30_000)
    assert (refund.payment_id, refund.asked_by_id) == (paid.pk, owner)


def test_giving_back_what_was_kept_waives_it(call, paid):
    Payment.objects.filter(pk=paid.pk).update(kept_minor=50_000)
    LedgerEntry.objects.create(
        at=NOW, kind="kept", debit="prepaid", credit="kept", amount_minor=50_000, currency="MXN", payment=paid
    )

    body = call("POST", f"/{paid.pk}/refund", {**GIVEN, "amount_minor": 50_000}).json()

    assert (body["payment"]["kept"]["amount_minor"], body["payment"]["left"]["amount_minor"]) == (0, 0)
    assert LedgerEntry.objects.get(kind="released").amount_minor == 50_000


def test_refund_is_sent_once_with_a_key_and_twice_without(call, paid):
    path, once = f"/{paid.pk}/refund", {"Idempotency-Key": "refund 1"}

    first, again = (call("POST", path, GIVEN, headers=once) for _ in range(2))
    changed = call("POST", path, {**GIVEN, "amount_minor": 1}, headers=once)

    assert (first.status_code, first.content == again.content, count_refunds()) == (201, True, (1, 20_000))
    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_mismatch")
    assert call("POST", path, GIVEN).status_code == 201
    assert count_refunds() == (2, 40_000)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({**GIVEN, "amount_minor": 0}, ["amount_minor"]),
        ({**GIVEN, "amount_minor": -1}, ["amount_minor"]),
        ({**GIVEN, "amount_minor": 0.5}, ["amount_minor"]),
        ({**GIVEN, "amount_minor": 10**15 + 1}, ["amount_minor"]),
        ({**GIVEN, "amount_minor": None}, ["amount_minor"]),
        ({**GIVEN, "reason": " "}, ["reason"]),
        ({**GIVEN, "reason": "x" * 301}, ["reason"]),
        ({**GIVEN, "currency": "USD"}, ["currency"]),
        ({}, ["amount_minor", "reason"]),
    ],
)
def test_refund_that_nobody_can_mean_changes_nothing(call, paid, body, fields):
    answer = call("POST", f"/{paid.pk}/refund", body)

    said = answer.json()
    assert (answer.status_code, said["code"], list(said["errors"])) == (422, "invalid", fields)
    assert (answer["Content-Type"], count_refunds()) == ("application/problem+json", (0, 0))


@pytest.mark.parametrize("amount_minor", [30_001, 10**12])
def test_more_than_is_left_is_refused_and_says_what_is(call, paid, amount_minor):
    call("POST", f"/{paid.pk}/refund", GIVEN)

    answer = call("POST", f"/{paid.pk}/refund", {**GIVEN, "amount_minor": amount_minor})

    assert answer.json() == {
        "type": "about:blank",
        "title": "refund too large",
        "status": 409,
        "code": "refund_too_large",
        "detail": "So much cannot go back: there is less left of this payment.",
        "left_minor": 30_000,
    }
    assert (answer.status_code, count_refunds()) == (409, (1, 20_000))


@pytest.mark.parametrize("state", ["open", "failed", "expired"])
def test_of_what_never_came_nothing_goes_back(call, tenant, state):
    payment = make_payment(state=state, closed_at=None if state == "open" else NOW)

    answer = call("POST", f"/{payment.pk}/refund", GIVEN)

    assert (answer.status_code, answer.json()["code"], answer.json()["left_minor"]) == (409, "refund_too_large", 0)
    assert count_refunds() == (0, 0)


@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 30])
@pytest.mark.parametrize("path", ["", "/refund"])
def test_unknown_payment_is_not_found(call, paid, number, path):
    answer = call("POST" if path else "GET", f"/{number}{path}", GIVEN if path else None)

    assert (answer.status_code, answer.json()["code"], count_refunds()) == (404, "payment_not_found", (0, 0))


def make_far(tenant) -> str:
    """Make more payments next door than here, so that one of them has a number that nobody has here."""
    while True:
        number = call_outside(call_in_tenant, tenant.schema_name, lambda: make_received(booking_id=1).pk)
        if not Payment.objects.filter(pk=number).exists():
            return str(number)


def test_payment_of_another_business_is_not_found(call, tenant, other_tenant, paid):
    number = make_far(other_tenant)
    theirs = call_outside(call_in_tenant, other_tenant.schema_name, make_key, {"payments": "write"})

    answers = [call("GET", f"/{number}"), call("POST", f"/{number}/refund", GIVEN)]
    strange = [ask(tenant, theirs, "GET", f"/{paid.pk}"), ask(tenant, theirs, "POST", f"/{paid.pk}/refund", GIVEN)]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "payment_not_found")] * 2
    assert [(each.status_code, each.json()["code"]) for each in strange] == [(401, "authentication_failed")] * 2
    assert list_ids(call("GET", **JANUARY)) == [paid.pk]
    assert count_refunds() == call_outside(call_in_tenant, other_tenant.schema_name, count_refunds) == (0, 0)


@pytest.mark.parametrize(
    ("access", "statuses"),
    [
        ({"payments": "read"}, [200, 200, 403]),
        ({"bookings": "write", "customers": "write", "exports": "write"}, [403, 403, 403]),
    ],
    ids=str,
)
def test_key_goes_as_far_as_it_says(tenant, paid, access, statuses):
    token = make_key(access)
    asked = (("GET", "", None), ("GET", f"/{paid.pk}", None), ("POST", f"/{paid.pk}/refund", GIVEN))

    answers = [ask(tenant, token, method, path, body) for method, path, body in asked]

    assert [each.status_code for each in answers] == statuses
    assert {each.json()["code"] for each in answers if each.status_code == 403} == {"permission_denied"}
    assert count_refunds() == (0, 0)


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("manager", [200, 200, 201]),
        ("read_only", [200, 200, 403]),
        ("receptionist", [403, 403, 403]),
        ("provider", [403, 403, 403]),
    ],
)
def test_people_may_what_they_may_in_the_workspace(tenant, paid, role, statuses):
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"{role}@taller.example", name=role, role=role))
    path = "/api/v1/payments"

    answers = [client.get(path), client.get(f"{path}/{paid.pk}")]
    answers.append(client.post(f"{path}/{paid.pk}/refund", GIVEN, content_type="application/json"))

    assert [each.status_code for each in answers] == statuses
    assert count_refunds() == ((1, 20_000) if role == "manager" else (0, 0))


def run_at_once(tenant, job, *, times: int = 4) -> list:
    def run(number: int):
        try:
            return job(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture
def standing(scratch_tenant):
    """A payment of 500 that every connection sees, and a key."""
    with tenant_scope(scratch_tenant):
        return make_received(amount_minor=50_000).pk, make_key({"payments": "write"})


def test_refunds_at_once_give_back_no_more_than_came(scratch_tenant, standing):
    number, token = standing
    body = {**GIVEN, "amount_minor": 30_000}

    answers = run_at_once(scratch_tenant, lambda _: ask(scratch_tenant, token, "POST", f"/{number}/refund", body))

    refused = [each.json() for each in answers if each.status_code != 201]
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert {(each["code"], each["left_minor"]) for each in refused} == {("refund_too_large", 20_000)}
    with tenant_scope(scratch_tenant):
        assert count_refunds() == (1, 30_000)


def test_the_same_refund_at_once_with_one_key_goes_back_once(scratch_tenant, standing):
    number, token = standing

    answers = run_at_once(
        scratch_tenant,
        lambda _: ask(scratch_tenant, token, "POST", f"/{number}/refund", GIVEN, **{"Idempotency-Key": "one"}),
    )

    assert ([each.status_code for each in answers], len({each.content for each in answers})) == ([201] * 4, 1)
    with tenant_scope(scratch_tenant):
        assert count_refunds() == (1, 20_000)


def test_what_a_bank_took_back_is_read_beside_what_is_left(call, paid):
    Payment.objects.filter(pk=paid.pk).update(disputed_minor=50_000)

    body = call("GET", f"/{paid.pk}").json()

    found = (body["state"], body["disputed"], body["left"]["amount_minor"])
    assert found == ("received", {"amount_minor": 50_000, "currency": "MXN"}, 0)
