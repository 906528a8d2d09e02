"""What programs of others hear about payments and invoices: ids and amounts, and nobody's name."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from billing.enums import PaymentState
from billing.models import InvoiceWish, Payment, Refund
from billing.services.credits.spending import pay_with_own_credit
from billing.services.invoices.wishes import issue_invoice, refuse_invoice, withdraw_invoice
from billing.services.movements import end
from billing.services.payments import miss_deposit, open_deposit, receive_deposit
from billing.services.refunds import mark_refund_sent, refund_payment
from billing.services.webhooks import INVOICE_TYPES, TYPES
from notifications.hooks import list_webhook_types
from notifications.models import WebhookDelivery
from scheduling.models import Booking
from tests.factories.billing import ask_deposits, make_payment, pay, take_transfers, tell_events, want
from tests.factories.credits import book_for, give_credit, open_credit_shop
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop
from tests.factories.webhooks import make_webhook

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def hear(tenant):
    """Subscribe to everything about payments and invoices, and return what was told so far as (type, data)."""
    make_webhook(url="https://hooks.example/", events=[*dict.fromkeys(TYPES.values()), *INVOICE_TYPES], now=NOW)

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
        "payment.succeeded", "payment.refunded", "payment.credited", "payment.failed",
    ]  # fmt: skip


def test_deposit_that_came_and_went_back_in_part_is_told_without_names(hear, booking):
    payment_id = receive_deposit(booking_id=booking.pk, now=SOON, by=STAFF, note="Pagó Eva")
    refund_id = refund_payment(payment_id=payment_id, amount_minor=10_000, reason="Eva esperó", now=SOON, by=STAFF)
    mark_refund_sent(booking_id=booking.pk, refund_id=refund_id, now=SOON, by=STAFF)

    told = hear()

    about = {"id": str(booking.pk), "reference": booking.reference}
    row = {"id": str(payment_id), "purpose": "deposit", "method": "transfer", "amount": money(30_000)}
    row["credited"] = money(0)
    refund = {"id": str(refund_id), "amount": money(10_000), "cause": "kinder"}
    assert told == [
        ("payment.succeeded", {"payment": row | {"refunded": money(10_000)}, "refund": None, "booking": about}),
        ("payment.refunded", {"payment": row | {"refunded": money(10_000)}, "refund": refund, "booking": about}),
    ]
    assert "Eva" not in json.dumps(told)


def test_credit_is_told_when_given_and_when_spent(hear):
    service_id = open_credit_shop()
    given_id = give_credit(service_id)
    spent_id = book_for(service_id, MONDAY + timedelta(hours=2))
    used = pay_with_own_credit(booking_id=spent_id, now=SOON)

    came, credited, spent = hear()

    given, refund = Payment.objects.get(booking_id=given_id), Refund.objects.get()
    row = {"id": str(given.pk), "purpose": "deposit", "method": "transfer", "amount": money(300), "refunded": money(0)}
    about = {"id": str(given_id), "reference": Booking.objects.get(pk=given_id).reference}
    part = {"id": str(refund.pk), "amount": money(300), "cause": "policy"}
    told = {"payment": row | {"credited": money(300)}, "refund": part, "booking": about}
    assert (used, came[0], credited) == (300, "payment.succeeded", ("payment.credited", told))
    assert (spent[0], spent[1]["payment"]["method"], spent[1]["payment"]["amount"], spent[1]["refund"]) == (
        "payment.succeeded", "credit", money(300), None,
    )  # fmt: skip


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


@pytest.fixture
def invoice_id(hear, booking) -> int:
    """An invoice that is wanted for what was paid; of the money itself was told before."""
    pay(booking.pk)
    hear()
    WebhookDelivery.objects.all().delete()
    return want(booking.pk)


def test_types_of_invoices_are_those_of_the_contract():
    assert [each for each in list_webhook_types() if each.startswith("invoice.")] == [
        "invoice.wanted", "invoice.issued", "invoice.corrected", "invoice.refused", "invoice.withdrawn",
    ]  # fmt: skip


def test_invoice_is_told_from_wish_to_number_without_tax_data(hear, booking, invoice_id):
    wanted = hear()
    day = date(2026, 1, 5)
    issue_invoice(invoice_id=invoice_id, number="F-1", issued_on=day, seen=NOW, now=SOON, by=STAFF)
    issued = hear()
    issue_invoice(invoice_id=invoice_id, number="F-2", issued_on=day, seen=SOON, now=SOON, by=STAFF)

    about = {"id": str(booking.pk), "reference": booking.reference}
    made = {"id": str(invoice_id), "state": "issued", "issued_on": "2026-01-05"}
    asked = {"id": str(invoice_id), "state": "asked", "number": None, "issued_on": None}
    assert wanted == [("invoice.wanted", {"invoice": asked, "by": "customer", "booking": about})]
    assert issued[1:] == [("invoice.issued", {"invoice": made | {"number": "F-1"}, "by": "staff", "booking": about})]
    assert hear()[2:] == [("invoice.corrected", {"invoice": made | {"number": "F-2"}, "by": "staff", "booking": about})]
    assert "Ana" not in json.dumps(hear())


def test_invoice_that_is_not_made_is_told_without_the_reason(hear, booking, invoice_id):
    refuse_invoice(invoice_id=invoice_id, reason="Eva no existe", seen=NOW, now=SOON, by=STAFF)
    want(booking.pk)
    withdraw_invoice(booking_id=booking.pk, now=SOON, by=STAFF)

    told = hear()

    assert [(type_, data["invoice"]["state"]) for type_, data in told] == [
        ("invoice.wanted", "asked"), ("invoice.refused", "refused"), ("invoice.wanted", "asked"),
        ("invoice.withdrawn", "withdrawn"),
    ]  # fmt: skip
    assert "Eva" not in json.dumps(told)


@pytest.mark.parametrize("values", [{"is_test": True, "customer": None, "asset": None}, {"is_sample": True}])
def test_invoices_of_tests_and_samples_are_not_told(hear, booking, invoice_id, values):
    Booking.objects.filter(pk=booking.pk).update(**values)

    assert hear() == []


def test_invoice_that_is_gone_is_not_told(hear, invoice_id):
    InvoiceWish.objects.all().delete()

    assert hear() == []
