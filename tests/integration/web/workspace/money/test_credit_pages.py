"""Credit on the pages of the business: offered or not, applied at the counter, given back as money, in lists."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from billing.models import Credit, Payment, Refund
from billing.selectors.credits import offers_credit
from billing.services.payments import receive_deposit
from kernel.clock import utc_now
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.billing import tell_events
from tests.factories.credits import book_for, give_credit, open_credit_shop
from tests.factories.scheduling import STAFF


@pytest.fixture
def service_id(tenant) -> int:
    return open_credit_shop(deposit_minor=30_000, price_minor=100_000)


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def starts_at(now) -> datetime:
    return (now + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)


def read(client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def left() -> list[int]:
    return list(Credit.objects.values_list("left_minor", flat=True))


def test_owner_offers_credit_after_reading_an_example(tenant, owner_client):
    page = read(owner_client, "/workspace/payments/")
    owner_client.post("/workspace/payments/credit/", {"is_on": "yes"})
    was_on = offers_credit()
    owner_client.post("/workspace/payments/credit/", {"is_on": "no"})

    assert "Ana pagó un anticipo de $500 y cancela a tiempo." in page
    assert (was_on, offers_credit()) == (True, False)


def test_desk_pays_what_is_due_with_the_credit_of_the_customer(owner_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, now=now)
    page = read(owner_client, f"/workspace/bookings/{booking_id}/")

    owner_client.post(f"/workspace/bookings/{booking_id}/payments/credit/")
    owner_client.post(f"/workspace/bookings/{booking_id}/payments/credit/")

    assert "Saldo a favor del cliente: $300" in page
    assert (get_booking(booking_id=booking_id).status, left()) == ("confirmed", [0])


def test_credit_of_a_visit_that_is_over_is_refused_with_reason(owner_client, service_id, starts_at, now):
    booking_id = give_credit(service_id, starts_at, now=now)

    answer = owner_client.post(f"/workspace/bookings/{booking_id}/payments/credit/")

    assert (answer.status_code, left()) == (409, [30_000])


def test_desk_gives_as_credit_what_was_to_be_sent_back(owner_client, service_id, starts_at, now):
    booking_id = book_for(service_id, starts_at, now=now)
    receive_deposit(booking_id=booking_id, now=now, by=STAFF)
    cancel_booking(booking_id=booking_id, now=now, by=STAFF, reason="Enfermos")
    tell_events()
    url = f"/workspace/bookings/{booking_id}/refunds/{Refund.objects.get().pk}/credit/"
    page = read(owner_client, f"/workspace/bookings/{booking_id}/")

    answers = [owner_client.post(url).status_code for _ in range(2)]

    assert (url in page, answers, left()) == (True, [302, 409], [30_000])
    assert "Dado como saldo a favor" in read(owner_client, f"/workspace/bookings/{booking_id}/")


def test_kindness_becomes_credit_where_the_business_gives_it(owner_client, service_id, starts_at, now):
    booking_id = book_for(service_id, starts_at, now=now)
    payment_id = receive_deposit(booking_id=booking_id, now=now, by=STAFF)
    typed = {"amount": "100", "reason": "Esperó mucho", "seen": "0", "as_credit": "on"}

    owner_client.post(f"/workspace/payments/{payment_id}/refund/", typed)
    owner_client.post("/workspace/payments/credit/", {"is_on": "no"})
    refused = owner_client.post(f"/workspace/payments/{payment_id}/refund/", typed | {"seen": "10000"})

    assert (refused.status_code, left()) == (409, [10_000])


def test_rest_of_a_credit_is_given_back_as_money(owner_client, service_id, starts_at, now):
    payment_id = Payment.objects.get(booking_id=give_credit(service_id, starts_at, now=now)).pk
    url = f"/workspace/payments/{payment_id}/credits/{Credit.objects.get().pk}/back/"
    page = read(owner_client, f"/workspace/payments/{payment_id}/")

    owner_client.post(url, {"credit_reason": " "})
    kept = left()
    for _ in range(2):
        owner_client.post(url, {"credit_reason": "Se muda"})

    assert ("Quedan $300 de saldo a favor" in page, url in page) == (True, True)
    assert (kept, left()) == ([30_000], [0])
    assert list(Refund.objects.order_by("pk").values_list("is_credit", "amount_minor", "state", "reason")) == [
        (True, 30_000, "done", ""), (False, 30_000, "pending", "Se muda"),
    ]  # fmt: skip


def test_lists_count_money_once(owner_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, now=now)
    owner_client.post(f"/workspace/bookings/{booking_id}/payments/credit/")
    give_credit(service_id, starts_at + timedelta(hours=1), now=now)
    days = f"from={now.date() - timedelta(days=2)}&to={now.date() + timedelta(days=2)}"

    found = owner_client.get(f"/workspace/payments/list/?{days}").context["totals"]
    income = owner_client.get(f"/workspace/payments/income/?{days}&by=method")
    by_credit = owner_client.get(f"/workspace/payments/list/?{days}&method=credit").context["totals"]

    assert [(each.received_minor, each.refunded_minor, each.credited_minor) for each in found] == [(60_000, 0, 60_000)]
    assert [(each.count, each.received_minor) for each in by_credit] == [(1, 0)]
    assert [each.received_minor for each, _ in income.context["totals"]] == [60_000]
    assert "Debes a tus clientes $300 de saldo a favor." in " ".join(income.content.decode().split())


@pytest.mark.parametrize("group", ["credited", "refunded"])
def test_list_is_narrowed_to_what_became_credit(owner_client, service_id, starts_at, now, group):
    give_credit(service_id, starts_at, now=now)
    days = f"from={now.date() - timedelta(days=2)}&to={now.date() + timedelta(days=2)}"

    totals = owner_client.get(f"/workspace/payments/list/?{days}&state={group}").context["totals"]

    assert [each.count for each in totals] == ([1] if group == "credited" else [])


@pytest.mark.parametrize(("role", "sees"), [("manager", True), ("receptionist", False)])
def test_record_of_a_customer_says_what_credit_is_left(staff_client, service_id, starts_at, now, role, sees):
    booking_id = give_credit(service_id, starts_at, now=now)
    customer_id = get_booking(booking_id=booking_id).customer_id

    page = read(staff_client(role), f"/workspace/customers/{customer_id}/")

    assert ('<dt>Saldo a favor</dt><dd class="number">$300</dd>' in page, "No vence." in page) == (sees, sees)


def test_owner_reads_that_credit_does_not_expire(owner_client, service_id):
    assert "El saldo a favor no vence" in read(owner_client, "/workspace/payments/")
