"""What programs of others hear about payments: ids and amounts, and nobody's name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from billing.enums import PaymentState
from billing.models import Payment, Refund
from billing.services.movements import end
from billing.services.payments import miss_deposit, open_deposit, receive_deposit
from billing.services.refunds import mark_refund_sent, refund_payment
from billing.services.webhooks import TYPES
from notifications.hooks import list_webhook_types
from notifications.models import WebhookDelivery
from scheduling.models import Booking
from tests.factories.billing import ask_deposits, make_payment, pay, take_transfers, tell_events
from tests.factories.scheduling import NOW, STAFF, book, make_shop
from tests.factories.webhooks import make_webhook

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def hear(tenant):
    """Subscribe to everything about payments, and return what was told so far as (type, data)."""
    make_webhook(url="https://hooks.example/", events=list(dict.fromkeys(TYPES.values())), now=NOW)

    def _hear() -> list[tuple[str, dict]]:
        tell_events()
        rows = WebhookDelivery.objects.order_by("event_id").values_list("type", "body")
        return [(type_, json.loads(body)["data"]) for type_, body in rows]

    return _hear


@pytest.fixture
def booking(hear) -> Booking:
    """A visit that waits for its deposit."""
    take_transfers()
    service_id, _ = make_shop(price_minor=100_000)
    ask_deposits(30_000)
    booking_id = book(service_id).booking_id
    tell_events()
    return Booking.objects.get(pk=booking_id)


def money(amount: int) -> dict[str, object]:
    return {"amount_minor": amount, "currency": "MXN"}


def test_types_are_those_of_the_contract():
    assert [each for each in list_webhook_types() if each.startswith("payment.")] == [
        "payment.succeeded", "payment.refunded", "payment.failed",
    ]  # fmt: skip


def test_deposit_that_came_and_went_back_in_part_is_told_without_names(hear, booking):
    payment_id = receive_deposit(booking_id=booking.pk, now=SOON, by=STAFF, note="Pagó Eva")
    refund_id = refund_payment(payment_id=payment_id, amount_minor=10_000, reason="Eva esperó", now=SOON, by=STAFF)
    mark_refund_sent(booking_id=booking.pk, refund_id=refund_id, now=SOON, by=STAFF)

    told = hear()

    about = {"id": str(booking.pk), "reference": booking.reference}
    row = {"id": str(payment_id), "purpose": "deposit", "method": "transfer", "amount": money(30_000)}
    refund = {"id": str(refund_id), "amount": money(10_000), "cause": "kinder"}
    assert told == [
        ("payment.succeeded", {"payment": row | {"refunded": money(10_000)}, "refund": None, "booking": about}),
        ("payment.refunded", {"payment": row | {"refunded": money(10_000)}, "refund": refund, "booking": about}),
    ]
    assert "Eva" not in json.dumps(told)


@pytest.mark.parametrize("state", ["failed", "expired"])
def test_deposit_that_did_not_come_is_told_as_failed(hear, booking, state):
    payment = Payment.objects.get(booking_id=booking.pk)

    end(payment, PaymentState(state), now=SOON)

    assert [(type_, data["payment"]["id"]) for type_, data in hear()] == [("payment.failed", str(payment.pk))]


def test_what_was_paid_at_the_counter_is_told(hear, booking):
    payment_id = pay(booking.pk, 7_000, "card", "tip")

    ((type_, data),) = hear()

    assert (type_, data["payment"]["id"], data["payment"]["method"]) == ("payment.succeeded", str(payment_id), "card")


def test_what_is_only_asked_for_or_called_off_is_not_told(hear, booking):
    payment = Payment.objects.get(booking_id=booking.pk)
    end(payment, PaymentState.CLOSED, now=SOON)

    assert hear() == []
    assert open_deposit(booking_id=booking.pk, now=SOON) is not None
    assert hear() == []


@pytest.mark.parametrize("values", [{"is_test": True, "customer": None, "asset": None}, {"is_sample": True}])
def test_tests_and_samples_are_not_told(hear, booking, values):
    pay(booking.pk)

    Booking.objects.filter(pk=booking.pk).update(**values)

    assert hear() == []


def test_what_is_gone_is_not_told(hear, booking):
    miss_deposit(booking_id=booking.pk, now=SOON, by=STAFF, reason="No llegó")
    gone = make_payment(booking_id=987_654)
    end(gone, PaymentState.FAILED, now=SOON)
    Payment.objects.filter(booking_id=booking.pk).delete()

    assert (hear(), Refund.objects.count()) == ([], 0)
