"""Credit by the API: chosen when canceling, and spent by whoever has shown whose it is, as on the page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from billing.models import Credit, Payment
from billing.services.credits.offering import switch_credit
from billing.services.payments import receive_deposit
from kernel.clock import utc_now
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.factories.billing import tell_events
from tests.factories.credits import ANA, book_for, give_credit, open_credit_shop
from tests.factories.scheduling import STAFF
from tests.integration.web.booking.test_own_visits import ask as ask_for_link

OTHER = "eva@example.com"


@pytest.fixture
def service_id(tenant) -> int:
    return open_credit_shop(deposit_minor=30_000, price_minor=100_000)


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def starts_at(now) -> datetime:
    return (now + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)


def ask(client, booking_id: int, call: str, body: dict, **headers: str):
    token = make_manage_token(get_booking(booking_id=booking_id))
    return client.post(f"/api/v1/manage/{token}/{call}", body, content_type="application/json", headers=headers)


def read(client, booking_id: int) -> dict:
    return client.get(f"/api/v1/manage/{make_manage_token(get_booking(booking_id=booking_id))}").json()


def money(amount: int) -> dict[str, object]:
    return {"amount_minor": amount, "currency": "MXN"}


def left() -> int:
    return Credit.objects.values_list("left_minor", flat=True).get()


def test_proven_customer_pays_all_of_the_deposit(customer_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, now=now)
    before = read(customer_client, booking_id)["payment"]

    answer = ask(customer_client, booking_id, "pay_with_credit", {})
    again = ask(customer_client, booking_id, "pay_with_credit", {})

    assert (before["amount"], before["credit"]) == (money(30_000), money(30_000))
    assert (answer.status_code, answer.json()["status"], "payment" in answer.json()) == (200, "confirmed", False)
    assert (again.status_code, again.json()["code"], left()) == (409, "transition_refused", 0)


def test_part_is_paid_once_however_often_it_is_sent(customer_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, now=now)

    sent = {"Idempotency-Key": "8f14e45f-ceea-467f-9a0b-0d2a4c1f7b11"}
    answers = [ask(customer_client, booking_id, "pay_with_credit", {"amount_minor": 10_000}, **sent) for _ in range(2)]

    said = [(each.status_code, each.json()["payment"]["amount"], each.json()["payment"]["credit"]) for each in answers]
    assert said == [(200, money(20_000), money(20_000))] * 2
    assert left() == 20_000
    assert Payment.objects.filter(booking_id=booking_id, door="credit", state="received").count() == 1


@pytest.mark.parametrize(("amount", "refused"), [(30_001, (409, "credit_too_small")), (0, (422, "invalid"))])
def test_what_cannot_be_paid_is_refused(customer_client, service_id, starts_at, now, amount, refused):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, now=now)

    answer = ask(customer_client, booking_id, "pay_with_credit", {"amount_minor": amount})

    assert (answer.status_code, answer.json()["code"], left()) == (*refused, 30_000)


@pytest.mark.parametrize(("email", "is_proven"), [(ANA, False), (OTHER, True)])
def test_stranger_neither_reads_nor_spends_credit(customer_client, service_id, starts_at, now, email, is_proven):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, email=email, is_proven=is_proven, now=now)

    before = read(customer_client, booking_id)["payment"]
    answer = ask(customer_client, booking_id, "pay_with_credit", {"amount_minor": 10_000})

    assert before["credit"] is None
    assert (answer.status_code, answer.json()["code"]) == (404, "credit_not_found")
    assert (Booking.objects.get(pk=booking_id).status, left()) == ("pending_payment", 30_000)


@pytest.mark.parametrize("call", ["cancel", "cancel_following"])
def test_whoever_cancels_has_credit_where_it_is_offered(customer_client, service_id, starts_at, now, call):
    booking_id = book_for(service_id, starts_at, now=now)
    receive_deposit(booking_id=booking_id, now=now, by=STAFF)
    switch_credit(is_on=False, by=STAFF, now=now)
    refused = ask(customer_client, booking_id, call, {"as_credit": True})
    status = get_booking(booking_id=booking_id).status
    switch_credit(is_on=True, by=STAFF, now=now)

    answer = ask(customer_client, booking_id, call, {"as_credit": True})
    tell_events()

    assert (refused.status_code, refused.json()["code"], status) == (409, "credit_not_offered", "confirmed")
    assert (answer.status_code, get_booking(booking_id=booking_id).status, left()) == (200, "cancelled", 30_000)


def test_link_to_ones_visits_pays_with_credit(customer_client, tenant, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, is_proven=False, now=now)
    other = book_for(service_id, starts_at, email=OTHER, now=now)
    token = ask_for_link(customer_client, tenant, ANA)

    def pay(number: object, body: dict):
        url = f"/api/v1/visits/{token}/pay_with_credit/{number}"
        return customer_client.post(url, body, content_type="application/json")

    refused = [pay(number, {}).json()["code"] for number in (other, 0, "x")]
    part = pay(booking_id, {"amount_minor": 10_000})
    rest = pay(booking_id, {})

    assert refused == ["credit_not_found", "booking_not_found", "booking_not_found"]
    assert (part.json()["status"], part.json()["payment"]["amount"]) == ("pending_payment", money(20_000))
    assert (rest.json()["status"], rest.json()["reference"], left()) == (
        "confirmed", get_booking(booking_id=booking_id).reference, 0,
    )  # fmt: skip
    assert get_booking(booking_id=other).status == "pending_payment"
