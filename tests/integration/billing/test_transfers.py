"""A deposit by bank transfer, from the booking that waits for it to the money that goes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from audit.models import Entry
from billing.enums import PaymentState
from billing.errors import (
    BankDetailsInvalid,
    PaymentNotFound,
    PaymentStepRefused,
    RefundInvalid,
    RefundNotFound,
    RefundTooLarge,
)
from billing.models import LedgerEntry, Payment, PaymentAccount, Refund
from billing.selectors.accounts import get_bank_data
from billing.selectors.payments import balance_booking, list_payments_of
from billing.services.accounts import change_bank_data
from billing.services.payments import (
    miss_deposit,
    open_deposit,
    receive_deposit,
    record_payment,
    waive_deposit,
)
from billing.services.refunds import mark_refund_sent, refund_payment
from billing.types import BankData
from notifications.models import Event
from scheduling.enums import DepositKind
from scheduling.errors import HoldExpired, SetupInvalid
from scheduling.models import Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.setups import read_service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import decline
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.catalog.services import change_service
from scheduling.services.writing.expiry import expire_hold
from tenants.context import tenant_scope
from tests.factories.billing import BANK, add_up, take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, book, make_shop

SOON = NOW + timedelta(minutes=40)


@pytest.fixture
def taking(tenant):
    take_transfers()


def book_with_deposit(*, starts_at=MONDAY, now=NOW, **values) -> int:
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FIXED, deposit_minor=300, **values)
    made = book(service_id, starts_at, now=now)
    tell_events()
    return made.booking_id


def status_of(booking_id: int) -> str:
    return get_booking(booking_id=booking_id).status.value


def list_payments(booking_id: int) -> list[tuple]:
    rows = Payment.objects.filter(booking_id=booking_id).order_by("pk")
    return list(rows.values_list("purpose", "door", "state", "amount_minor", "refunded_minor"))


def list_refunds() -> list[tuple]:
    return list(Refund.objects.order_by("pk").values_list("amount_minor", "state", "cause"))


def list_told() -> list[str]:
    return list(Event.objects.filter(kind__startswith="payment.").order_by("pk").values_list("kind", flat=True))


def test_place_waits_for_its_deposit_while_the_business_is_open(taking):
    booking_id = book_with_deposit()  # asked at 8:00, open from 9:00 on

    assert get_booking(booking_id=booking_id).hold_expires_at == NOW + timedelta(hours=5)
    assert list_payments(booking_id) == [("deposit", "bank_transfer", "open", 300, 0)]


def test_place_waits_no_longer_than_until_its_visit(taking):
    booking_id = book_with_deposit(starts_at=NOW + timedelta(hours=2))

    assert get_booking(booking_id=booking_id).hold_expires_at == NOW + timedelta(hours=2)


def test_place_waits_half_an_hour_where_nobody_takes_transfers(tenant):
    booking_id = book_with_deposit()

    assert get_booking(booking_id=booking_id).hold_expires_at == NOW + timedelta(minutes=30)


def test_deposit_is_asked_once_however_often(taking):
    booking_id = book_with_deposit()

    assert open_deposit(booking_id=booking_id, now=SOON) == open_deposit(booking_id=booking_id, now=SOON)
    assert (len(list_payments(booking_id)), list_told()) == (1, ["payment.opened"])


def test_booking_without_deposit_asks_for_none(taking):
    service_id, _ = make_shop(price_minor=1000)
    made = book(service_id)
    tell_events()

    assert open_deposit(booking_id=made.booking_id, now=NOW) is None
    assert (list_payments(made.booking_id), status_of(made.booking_id)) == ([], "confirmed")


def test_received_deposit_confirms_and_is_in_the_ledger_once(taking):
    booking_id = book_with_deposit()

    for _ in range(2):
        receive_deposit(booking_id=booking_id, now=SOON, by=STAFF, note=" SPEI 4711 ")

    assert status_of(booking_id) == "confirmed"
    assert list_payments(booking_id) == [("deposit", "bank_transfer", "received", 300, 0)]
    assert add_up() == {"bank_transfer": 300, "prepaid": -300}
    assert list_told() == ["payment.opened", "payment.succeeded"]
    (payment,) = list_payments_of(booking_id=booking_id)
    assert (payment.means, payment.note, payment.received_at, payment.left_minor) == (
        "transfer", "SPEI 4711", SOON, 300,
    )  # fmt: skip


def test_deposit_that_a_worker_has_not_asked_for_yet_can_be_received(taking):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL)
    made = book(service_id)

    receive_deposit(booking_id=made.booking_id, now=SOON, by=STAFF)
    tell_events()

    assert list_payments(made.booking_id) == [("deposit", "bank_transfer", "received", 1000, 0)]


def test_paid_request_waits_for_approval_and_a_declined_one_is_refunded(taking):
    booking_id = book_with_deposit(approval="request")
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    assert status_of(booking_id) == "pending_approval"

    decline(booking_id=booking_id, now=SOON, by=STAFF, reason="Sin piezas")
    tell_events()

    assert list_refunds() == [(300, "pending", "business")]


def test_expired_place_ends_its_payment_and_late_money_goes_back(taking):
    booking_id = book_with_deposit()
    late = NOW + timedelta(hours=5)
    expire_hold(booking_id, late)
    tell_events()
    assert (status_of(booking_id), list_payments(booking_id)[0][2]) == ("expired", "expired")

    for _ in range(2):
        receive_deposit(booking_id=booking_id, now=late, by=STAFF)

    assert status_of(booking_id) == "expired"
    assert list_payments(booking_id) == [("deposit", "bank_transfer", "received", 300, 300)]
    assert list_refunds() == [(300, "pending", "late")]


def test_money_that_comes_before_the_sweeper_is_late_as_well(taking):
    booking_id = book_with_deposit()
    late = NOW + timedelta(hours=5)

    receive_deposit(booking_id=booking_id, now=late, by=STAFF)
    expire_hold(booking_id, late)
    tell_events()

    assert (status_of(booking_id), list_refunds()) == ("expired", [(300, "pending", "late")])


def test_missing_deposit_frees_the_place(taking):
    booking_id = book_with_deposit()

    for _ in range(2):
        miss_deposit(booking_id=booking_id, now=SOON, by=STAFF, reason="No llegó")
    tell_events()

    assert (status_of(booking_id), list_payments(booking_id)[0][2]) == ("cancelled", "failed")
    assert list_told() == ["payment.opened", "payment.failed"]


def test_received_deposit_cannot_be_missing(taking):
    booking_id = book_with_deposit()
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    with pytest.raises(PaymentStepRefused) as refused:
        miss_deposit(booking_id=booking_id, now=SOON, by=STAFF, reason="No llegó")

    assert (status_of(booking_id), refused.value.params) == ("confirmed", {"state": str(PaymentState.RECEIVED.label)})


def test_waived_deposit_confirms_without_money(taking):
    booking_id = book_with_deposit()

    for _ in range(2):
        waive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    assert (status_of(booking_id), list_payments(booking_id)[0][2], add_up()) == ("confirmed", "waived", {})


def test_waiving_after_the_place_was_lost_changes_nothing(taking):
    booking_id = book_with_deposit()

    with pytest.raises(HoldExpired):
        waive_deposit(booking_id=booking_id, now=NOW + timedelta(hours=5), by=STAFF)

    assert list_payments(booking_id)[0][2] == "open"


def test_nobody_receives_what_nobody_asked_for(taking):
    service_id, _ = make_shop(price_minor=1000)
    made = book(service_id)

    with pytest.raises(PaymentNotFound):
        receive_deposit(booking_id=made.booking_id, now=SOON, by=STAFF)

    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("ahead", "by", "reasons", "refunds"),
    [
        (timedelta(hours=24), CUSTOMER, {}, [(300, "pending", "policy")]),
        (timedelta(hours=3), STAFF, {"cause": "told"}, []),
        (timedelta(hours=3), STAFF, {"reason": "Se enfermó Eva"}, [(300, "pending", "business")]),
    ],
)
def test_who_calls_off_and_when_decides_what_goes_back(taking, ahead, by, reasons, refunds):
    booking_id = book_with_deposit(cancel_cutoff_minutes=24 * 60)
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    cancel_booking(booking_id=booking_id, now=MONDAY - ahead, by=by, **reasons)
    tell_events()

    assert list_refunds() == refunds


def test_refund_by_the_policy_is_sent_by_a_person_once(taking):
    booking_id = book_with_deposit()
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    cancel_booking(booking_id=booking_id, now=SOON, by=CUSTOMER)
    tell_events()
    refund = Refund.objects.get()
    assert add_up() == {"bank_transfer": 300, "prepaid": -300}

    for _ in range(2):
        mark_refund_sent(booking_id=booking_id, refund_id=refund.pk, now=SOON, by=STAFF)

    assert (list_refunds(), add_up()) == ([(300, "done", "policy")], {"bank_transfer": 0, "prepaid": 0})
    assert list_told()[-2:] == ["payment.refund_asked", "payment.refunded"]


def test_refund_is_noted_at_its_own_booking_only(taking):
    booking_id, other_id = book_with_deposit(), book_with_deposit(starts_at=MONDAY + timedelta(hours=3))
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    cancel_booking(booking_id=booking_id, now=SOON, by=CUSTOMER)
    tell_events()

    with pytest.raises(RefundNotFound):
        mark_refund_sent(booking_id=other_id, refund_id=Refund.objects.get().pk, now=SOON, by=STAFF)

    assert list_refunds() == [(300, "pending", "policy")]


def test_undone_cancellation_sends_nothing_back_but_what_staff_promised(taking):
    booking_id = book_with_deposit()
    payment_id = receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    refund_payment(payment_id=payment_id, amount_minor=50, reason="Llegó tarde la pieza", now=SOON, by=STAFF)
    cancel_booking(booking_id=booking_id, now=SOON, by=STAFF, reason="Se enfermó Eva")
    tell_events()
    assert list_refunds() == [(50, "pending", "kinder"), (250, "pending", "business")]

    undo_step(booking_id=booking_id, status="cancelled", now=SOON, by=STAFF)
    tell_events()

    assert list_refunds() == [(50, "pending", "kinder"), (250, "dropped", "business")]
    assert list_payments(booking_id) == [("deposit", "bank_transfer", "received", 300, 50)]
    with pytest.raises(RefundNotFound):
        mark_refund_sent(booking_id=booking_id, refund_id=Refund.objects.get(cause="business").pk, now=SOON, by=STAFF)


@pytest.mark.parametrize(
    ("amount_minor", "reason", "error", "said"),
    [
        (0, "", RefundInvalid, ["amount", "reason"]),
        (-5, "Por amable", RefundInvalid, ["amount"]),
        (301, "Por amable", RefundTooLarge, 300),
    ],
)
def test_impossible_refund_is_refused_and_nothing_changes(taking, amount_minor, reason, error, said):
    booking_id = book_with_deposit()
    payment_id = receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    with pytest.raises(error) as refused:
        refund_payment(payment_id=payment_id, amount_minor=amount_minor, reason=reason, now=SOON, by=STAFF)

    assert said in (sorted(getattr(refused.value, "errors", ())), getattr(refused.value, "left_minor", None))
    assert (Refund.objects.count(), list_payments(booking_id)[0][4]) == (0, 0)


def test_refund_of_what_is_not_there_is_not_found(taking):
    for call in (
        lambda: refund_payment(payment_id=0, amount_minor=1, reason="x", now=NOW, by=STAFF),
        lambda: mark_refund_sent(booking_id=0, refund_id=0, now=NOW, by=STAFF),
    ):
        with pytest.raises((PaymentNotFound, RefundNotFound)):
            call()

    assert Refund.objects.count() == 0


def test_open_payment_has_nothing_to_give_back(taking):
    booking_id = book_with_deposit()
    (payment,) = list_payments_of(booking_id=booking_id)

    with pytest.raises(RefundTooLarge) as refused:
        refund_payment(payment_id=payment.id, amount_minor=1, reason="x", now=NOW, by=STAFF)

    assert (refused.value.left_minor, payment.left_minor, Refund.objects.count()) == (0, 0, 0)


def test_balance_counts_deposit_and_what_was_paid_there_but_no_tip(taking):
    booking_id = book_with_deposit()
    booking = get_booking(booking_id=booking_id)
    assert balance_booking(booking, list_payments_of(booking_id=booking_id)).due_minor == 300
    payment_id = receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    refund_payment(payment_id=payment_id, amount_minor=100, reason="Descuento", now=SOON, by=STAFF)
    record_payment(booking_id=booking_id, amount_minor=500, means="cash", now=SOON, by=STAFF)
    record_payment(booking_id=booking_id, amount_minor=90, means="card", now=SOON, by=STAFF, purpose="tip")

    payments = list_payments_of(booking_id=booking_id)

    balance = balance_booking(booking, payments)
    assert (balance.due_minor, balance.held_minor, balance.owed_minor) == (0, 700, 300)
    assert [(each.purpose, each.door, each.means) for each in payments] == [
        ("deposit", "bank_transfer", "transfer"), ("balance", "at_business", "cash"), ("tip", "at_business", "card"),
    ]  # fmt: skip
    assert [each.reason for each in payments[0].refunds] == ["Descuento"]
    assert add_up() == {"bank_transfer": 300, "at_business": 590, "prepaid": -890}


def test_bank_data_is_saved_with_its_author_and_said_once(tenant):
    assert get_bank_data() == BankData()

    for data in (BANK, replace(BANK, holder="  Taller   Ríos SA "), replace(BANK, number="4111")):
        change_bank_data(data=data, by=STAFF, now=NOW)

    assert get_bank_data() == replace(BANK, number="4111")
    row = PaymentAccount.objects.get()
    logged = Entry.objects.filter(noun="payment_account", row_id=row.pk).order_by("version")
    assert list(logged.values_list("version", "action")) == [(1, "created"), (2, "changed")]
    assert logged[1].fields == {"number": [BANK.number, "4111"]}
    assert Event.objects.filter(kind="payment_account.changed").count() == 2


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"holder": " ", "number": ""}, ["holder", "number"]),
        ({"bank": "B" * 81}, ["bank"]),
        ({"wait_minutes": 29}, ["wait_minutes"]),
        ({"wait_minutes": 7 * 24 * 60 + 1}, ["wait_minutes"]),
    ],
)
def test_bank_data_that_nobody_could_pay_to_is_refused(tenant, values, fields):
    with pytest.raises(BankDetailsInvalid) as refused:
        change_bank_data(data=replace(BANK, **values), by=STAFF, now=NOW)

    assert (sorted(refused.value.errors), PaymentAccount.objects.count()) == (fields, 0)


def test_service_asks_for_a_deposit_once_the_business_takes_transfers(tenant):
    service_id, _ = make_shop(price_minor=1000)
    setup = replace(read_service(Service.objects.get(pk=service_id)), deposit_kind=DepositKind.FULL)

    with pytest.raises(SetupInvalid) as refused:
        change_service(service_id=service_id, setup=setup, version=None, by=STAFF, now=NOW)
    take_transfers()
    change_service(service_id=service_id, setup=setup, version=None, by=STAFF, now=NOW)

    assert list(refused.value.errors) == ["deposit_kind"]
    assert Service.objects.get(pk=service_id).deposit_kind == DepositKind.FULL


def run_at_once(tenant, job) -> list[object]:
    """Run a job four times at once, each over a connection of its own; None: it was refused."""

    def run(_: int) -> object:
        try:
            with tenant_scope(tenant):
                return job()
        except RefundTooLarge:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(run, range(4)))


def test_two_refunds_at_once_give_back_no_more_than_came(scratch_tenant):
    with tenant_scope(scratch_tenant):
        take_transfers()
        booking_id = book_with_deposit()
        payment_id = receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    def give():
        return refund_payment(payment_id=payment_id, amount_minor=200, reason="Por amable", now=SOON, by=STAFF)

    given = [each for each in run_at_once(scratch_tenant, give) if each]

    with tenant_scope(scratch_tenant):
        assert (len(given), list_payments(booking_id)[0][4], list_refunds()) == (1, 200, [(200, "pending", "kinder")])


def test_deposit_ticked_by_many_at_once_is_received_once(scratch_tenant):
    with tenant_scope(scratch_tenant):
        take_transfers()
        booking_id = book_with_deposit()

    ids = set(run_at_once(scratch_tenant, lambda: receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)))

    with tenant_scope(scratch_tenant):
        assert (len(ids), LedgerEntry.objects.count(), status_of(booking_id)) == (1, 1, "confirmed")
