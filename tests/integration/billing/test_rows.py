"""What the tables of money refuse, whoever writes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from billing.models import Credit, LedgerEntry, Payment, PaymentAccount, Receipt, Refund, SavedMethod
from billing.public.models import PaymentAccountOwner, WebhookEvent
from billing.services.forgetting import erase_payers
from tenants.types import ErasedRows
from tests.factories.billing import NOW, make_entry, make_payment, make_received, make_refund

pytestmark = pytest.mark.usefixtures("tenant")


def refuses(constraint: str):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount_minor": 0}, "billing_payment_amount"),
        ({"amount_minor": -5}, "billing_payment_amount"),
        ({"attempt": 0}, "billing_payment_attempt"),
        ({"purpose": "gift"}, "billing_payment_purpose"),
        ({"door": "chest"}, "billing_payment_door"),
        ({"state": "lost"}, "billing_payment_state"),
        ({"means": "shells"}, "billing_payment_means"),
        ({"received_at": NOW}, "billing_payment_received"),
        ({"state": "received"}, "billing_payment_received"),
        ({"refunded_minor": 1}, "billing_payment_refunded"),
        ({"state": "received", "received_at": NOW, "refunded_minor": 30001}, "billing_payment_refunded"),
        ({"state": "received", "received_at": NOW, "refunded_minor": -1}, "billing_payment_refunded"),
    ],
)
def test_impossible_payment_is_refused(values, constraint):
    with refuses(constraint), transaction.atomic():
        make_payment(**values)

    assert Payment.objects.count() == 0


@pytest.mark.parametrize("state", ["open", "processing", "reserved"])
def test_booking_waits_for_one_payment_of_a_purpose_at_a_time(state):
    make_payment(state=state)

    with refuses("billing_payment_one_live"), transaction.atomic():
        make_payment(attempt=2)
    make_payment(purpose="balance")
    make_payment(booking_id=2)

    assert sorted(Payment.objects.values_list("booking_id", "purpose")) == [
        (1, "balance"), (1, "deposit"), (2, "deposit"),
    ]  # fmt: skip


def test_next_attempt_has_its_own_number():
    make_payment(state="expired")

    with refuses("billing_payment_attempts"), transaction.atomic():
        make_payment()
    make_payment(attempt=2)

    assert list(Payment.objects.order_by("attempt").values_list("attempt", flat=True)) == [1, 2]


def test_payment_of_a_provider_is_there_once():
    ids = {"provider_account_id": "acct_1", "provider_payment_id": "pi_1"}
    make_payment(**ids)

    with refuses("billing_payment_provider"), transaction.atomic():
        make_payment(booking_id=2, **ids)
    make_payment(booking_id=3, **ids | {"provider_account_id": "acct_2"})

    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount_minor": 0}, "billing_refund_amount"),
        ({"state": "gone", "done_at": NOW}, "billing_refund_state"),
        ({"cause": "whim"}, "billing_refund_cause"),
        ({"state": "done"}, "billing_refund_done"),
        ({"done_at": NOW}, "billing_refund_done"),
    ],
)
def test_impossible_refund_is_refused(values, constraint):
    payment = make_received()

    with refuses(constraint), transaction.atomic():
        make_refund(payment, **values)

    assert Refund.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount_minor": 0}, "billing_ledger_amount"),
        ({"debit": "prepaid"}, "billing_ledger_accounts"),
        ({"debit": "prepaid", "credit": "bank_transfer"}, "billing_ledger_accounts"),
        ({"credit": "kept"}, "billing_ledger_accounts"),
        ({"kind": "kept", "debit": "bank_transfer", "credit": "kept"}, "billing_ledger_accounts"),
        ({"kind": "credited", "debit": "prepaid", "credit": "kept"}, "billing_ledger_accounts"),
        ({"kind": "released", "debit": "prepaid", "credit": "kept"}, "billing_ledger_accounts"),
        ({"kind": "refunded", "debit": "prepaid", "credit": "bank_transfer"}, "billing_ledger_accounts"),
    ],
)
def test_movement_between_the_wrong_accounts_is_refused(values, constraint):
    payment = make_received()

    with refuses(constraint), transaction.atomic():
        make_entry(payment, **values)

    assert LedgerEntry.objects.count() == 0


def test_payment_and_refund_are_in_the_ledger_once():
    payment = make_received()
    refund = make_refund(payment)
    back = {"kind": "refunded", "debit": "prepaid", "credit": "bank_transfer", "amount_minor": 10000, "refund": refund}
    make_entry(payment)
    make_entry(payment, **back)

    with refuses("billing_ledger_received_once"), transaction.atomic():
        make_entry(payment)
    with refuses("billing_ledger_refunded_once"), transaction.atomic():
        make_entry(payment, **back)

    assert list(LedgerEntry.objects.order_by("id").values_list("kind", "amount_minor")) == [
        ("received", 30000), ("refunded", 10000),
    ]  # fmt: skip


def test_ledger_takes_no_changes():
    entry = make_entry(make_received())
    entry.amount_minor = 1

    for change in (
        entry.save,
        entry.delete,
        lambda: LedgerEntry.objects.update(amount_minor=1),
        lambda: LedgerEntry.objects.filter(pk=entry.pk).delete(),
        lambda: LedgerEntry.objects.bulk_update([entry], ["amount_minor"]),
    ):
        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            change()

    assert list(LedgerEntry.objects.values_list("amount_minor", flat=True)) == [30000]


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"door": "chest"}, "billing_account_door_known"),
        ({"door": "bank_transfer", "is_on": True, "holder": "Ana"}, "billing_account_bank_said"),
        ({"door": "bank_transfer", "is_on": True, "number": "1"}, "billing_account_bank_said"),
        ({"door": "stripe", "is_on": True}, "billing_account_provider_said"),
        ({"door": "at_business", "wait_minutes": 29}, "billing_account_wait"),
        ({"door": "at_business", "wait_minutes": 7 * 24 * 60 + 1}, "billing_account_wait"),
    ],
)
def test_door_without_where_the_money_goes_is_refused(values, constraint):
    with refuses(constraint), transaction.atomic():
        PaymentAccount.objects.create(changed_at=NOW, **values)

    assert PaymentAccount.objects.count() == 0


def test_credit_is_used_up_at_most():
    payment = make_received()
    values = {"customer_id": 1, "payment": payment, "currency": "MXN", "given_at": NOW}

    for amount, left, constraint in ((0, 0, "amount"), (5, -1, "left"), (5, 6, "left")):
        with refuses(f"billing_credit_{constraint}"), transaction.atomic():
            Credit.objects.create(amount_minor=amount, left_minor=left, **values)

    assert Credit.objects.count() == 0


def test_event_is_taken_once_and_an_account_is_one_business():
    WebhookEvent.objects.create(event_id="evt_1", kind="payment", came_at=NOW)
    PaymentAccountOwner.objects.create(provider_account_id="acct_1", schema_name="one", created_at=NOW)

    with refuses("event_id"), transaction.atomic():
        WebhookEvent.objects.create(event_id="evt_1", kind="payment", came_at=NOW)
    with refuses("provider_account_id"), transaction.atomic():
        PaymentAccountOwner.objects.create(provider_account_id="acct_1", schema_name="two", created_at=NOW)

    assert [str(WebhookEvent.objects.get()), str(PaymentAccountOwner.objects.get())] == ["evt_1", "acct_1 of one"]


def test_rows_are_called_by_what_they_are():
    payment = make_received(booking_id=7)
    method = SavedMethod.objects.create(customer_id=3, provider_account_id="a", provider_method_id="m", agreed_at=NOW)
    credit = Credit.objects.create(
        customer_id=3, payment=payment, amount_minor=5, left_minor=5, currency="MXN", given_at=NOW
    )
    account = PaymentAccount.objects.create(door="at_business", changed_at=NOW)
    receipt = Receipt.objects.create(payment=payment, sent_at=NOW)

    rows = (payment, make_refund(payment), make_entry(payment), method, credit, account, receipt)
    assert [str(row) for row in rows] == [
        "deposit of booking 7", f"refund of payment {payment.pk}", "received: prepaid to bank_transfer",
        "card of customer 3", "credit of customer 3", "at_business", f"receipt of payment {payment.pk}",
    ]  # fmt: skip


def test_erased_customer_leaves_the_amounts_and_no_words():
    for customer_id in (1, 2):
        payment = make_received(booking_id=customer_id, customer_id=customer_id, note="Pagó su hermana Eva")
        make_refund(payment, reason="Eva estaba enferma")
        make_entry(payment)
        SavedMethod.objects.create(
            customer_id=customer_id, provider_account_id="a", provider_method_id=f"m{customer_id}", agreed_at=NOW,
            label="Visa ···· 4242", expires_on="2030-04",
        )  # fmt: skip

    erase_payers(ErasedRows(kind="scheduling.Customer", row_ids=(1,), at=NOW))

    rows = Payment.objects.order_by("pk").values_list("amount_minor", "note", "refunds__reason")
    assert list(rows) == [(30000, "", ""), (30000, "Pagó su hermana Eva", "Eva estaba enferma")]
    cards = list(SavedMethod.objects.order_by("pk").values_list("customer_id", "label", "expires_on"))
    assert cards == [(1, "", ""), (2, "Visa ···· 4242", "2030-04")]
    assert LedgerEntry.objects.count() == 2
