"""What stays with the business, and a ledger that adds up to the payments whatever happens to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction

from billing.enums import PaymentMeans, PaymentPurpose
from billing.models import LedgerEntry, Payment, Refund
from billing.services.movements import receive
from billing.services.payments import receive_deposit, record_payment
from billing.services.refunds import mark_refund_sent, refund_payment
from kernel.errors import DomainError
from notifications.models import Event
from notifications.services.outbox import process_event
from scheduling.enums import DepositKind
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import mark_no_show
from scheduling.services.bookings.undoing import undo_step
from tests.factories.billing import add_up, make_payment, make_received, take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, book, make_shop

SOON = NOW + timedelta(minutes=40)
LATE = MONDAY - timedelta(hours=3)
OLGA = replace(STAFF, user_id=7)
AFTER = MONDAY + timedelta(minutes=30)


@pytest.fixture
def taking(tenant):
    take_transfers()


def pay_deposit(*, starts_at=MONDAY, **values) -> tuple[int, int]:
    """A visit whose deposit came: booking and payment."""
    terms = {"price_minor": 1000, "deposit_kind": DepositKind.FIXED, "deposit_minor": 300}
    service_id, _ = make_shop(**terms | {"cancel_cutoff_minutes": 24 * 60} | values)
    booking_id = book(service_id, starts_at, now=NOW).booking_id
    tell_events()
    return booking_id, receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)


def list_entries() -> list[tuple]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "debit", "credit", "amount_minor"))


def kept_of(payment_id: int) -> int:
    return Payment.objects.get(pk=payment_id).kept_minor


def check_books() -> None:
    """Each payment's rows of the ledger say what its columns say."""
    for payment in Payment.objects.all():
        sums = dict.fromkeys(("received", "refunded", "kept", "released", "credited"), 0)
        for entry in payment.entries.all():
            sums[entry.kind] += entry.amount_minor
        sent = sum(refund.amount_minor for refund in payment.refunds.filter(state="done"))
        received = payment.amount_minor if payment.state == "received" else 0
        assert (sums["received"], sums["refunded"], sums["kept"] - sums["released"]) == (
            received, sent, payment.kept_minor,
        )  # fmt: skip
    assert sum(add_up().values()) == 0


def test_late_cancellation_keeps_what_the_policy_keeps(taking):
    booking_id, payment_id = pay_deposit()

    cancel_booking(booking_id=booking_id, now=LATE, by=STAFF, cause="told")
    for _ in range(2):
        tell_events()

    assert list_entries()[1:] == [("kept", "prepaid", "kept", 300)]
    assert (kept_of(payment_id), add_up()) == (300, {"bank_transfer": 300, "prepaid": 0, "kept": -300})


def test_nobody_came_and_half_is_kept_while_the_rest_waits_to_be_sent(taking):
    booking_id, payment_id = pay_deposit(refund_no_show_percent=50)

    mark_no_show(booking_id=booking_id, now=AFTER, by=STAFF)
    tell_events()

    assert (kept_of(payment_id), Refund.objects.get().amount_minor) == (150, 150)
    assert add_up() == {"bank_transfer": 300, "prepaid": -150, "kept": -150}


def test_event_that_is_told_twice_keeps_once(taking):
    booking_id, _ = pay_deposit()
    cancel_booking(booking_id=booking_id, now=LATE, by=STAFF, cause="told")
    tell_events()

    Event.objects.filter(kind="booking.cancelled").update(processed_at=None)
    tell_events()

    assert [entry[0] for entry in list_entries()] == ["received", "kept"]


def test_visit_that_takes_place_after_all_gives_up_what_was_kept(taking):
    booking_id, payment_id = pay_deposit()
    cancel_booking(booking_id=booking_id, now=LATE, by=STAFF, cause="told")
    tell_events()
    kept = kept_of(payment_id)

    undo_step(booking_id=booking_id, status="cancelled", now=LATE, by=STAFF)
    tell_events()

    assert (kept, kept_of(payment_id)) == (300, 0)
    assert list_entries()[1:] == [("kept", "prepaid", "kept", 300), ("released", "kept", "prepaid", 300)]


def test_kinder_refund_comes_out_of_what_was_kept(taking):
    booking_id, payment_id = pay_deposit()
    cancel_booking(booking_id=booking_id, now=LATE, by=STAFF, cause="told")
    tell_events()

    refund_id = refund_payment(payment_id=payment_id, amount_minor=100, reason="Estaba enferma", now=LATE, by=OLGA)
    mark_refund_sent(booking_id=booking_id, refund_id=refund_id, now=LATE, by=STAFF)

    assert list_entries()[2:] == [
        ("released", "kept", "prepaid", 100), ("refunded", "prepaid", "bank_transfer", 100),
    ]  # fmt: skip
    assert add_up() == {"bank_transfer": 200, "prepaid": 0, "kept": -200}
    assert LedgerEntry.objects.get(kind="released").by_id == 7


def test_booking_fee_stays_even_when_called_off_in_time(taking, tenant):
    booking_id, payment_id = pay_deposit(is_deposit_fee=True)

    cancel_booking(booking_id=booking_id, now=SOON, by=CUSTOMER)
    tell_events()

    assert (kept_of(payment_id), Refund.objects.count()) == (300, 0)


def test_fee_for_not_coming_is_kept_as_soon_as_it_is_paid(tenant):
    fee = make_payment(purpose="no_show")

    receive(fee, now=NOW)

    assert (fee.kept_minor, add_up()) == (30000, {"bank_transfer": 30000, "prepaid": 0, "kept": -30000})


@pytest.mark.parametrize("values", [{"kept_minor": -1}, {"kept_minor": 20001, "refunded_minor": 10000}])
def test_no_more_is_kept_than_came_and_did_not_go_back(tenant, values):
    with pytest.raises(IntegrityError, match="billing_payment_kept"), transaction.atomic():
        make_received(**values)

    assert Payment.objects.count() == 0


def test_nothing_is_kept_of_what_did_not_come(tenant):
    with pytest.raises(IntegrityError, match="billing_payment_kept"), transaction.atomic():
        make_payment(kept_minor=1)

    assert Payment.objects.count() == 0


@pytest.mark.parametrize("seed", range(12))
def test_ledger_adds_up_to_the_payments_whatever_happens(taking, seed):
    random = Random(seed)
    booking_id, payment_id = pay_deposit(refund_no_show_percent=50, refund_kept_percent=random.choice([0, 30, 100]))
    acts = {
        "cancel": lambda: cancel_booking(
            booking_id=booking_id, now=LATE, by=STAFF, cause=random.choice(["told", "no_answer"])
        ),
        "nobody": lambda: mark_no_show(booking_id=booking_id, now=AFTER, by=STAFF),
        "undo": lambda: undo_step(
            booking_id=booking_id, status=random.choice(["cancelled", "no_show"]), now=LATE, by=STAFF
        ),
        "refund": lambda: refund_payment(
            payment_id=payment_id, amount_minor=random.choice([1, 70, 300]), reason="Sí", now=LATE, by=STAFF
        ),
        "send": lambda: mark_refund_sent(
            booking_id=booking_id, refund_id=random.choice([0, *Refund.objects.values_list("pk", flat=True)]),
            now=LATE, by=STAFF,
        ),
        "pay": lambda: record_payment(
            booking_id=booking_id, amount_minor=random.choice([10, 700]), means=PaymentMeans.CASH, now=LATE, by=STAFF,
            purpose=random.choice([PaymentPurpose.BALANCE, PaymentPurpose.TIP]),
        ),
        "again": lambda: _tell_again(random),
    }  # fmt: skip

    done = 0
    for _ in range(15):
        try:
            with transaction.atomic():
                acts[random.choice(sorted(acts))]()
            done += 1
        except DomainError:
            pass  # what is refused changes nothing, which the books show
        tell_events()
        check_books()

    assert done >= 3


def _tell_again(random: Random) -> None:
    event = random.choice(list(Event.objects.filter(kind__startswith="booking.")))
    Event.objects.filter(pk=event.pk).update(processed_at=None)
    process_event(event.pk, event.occurred_at)
