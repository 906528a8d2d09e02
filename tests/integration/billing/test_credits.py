"""Credit instead of money: given on request alone, spent once, and taken back when its money is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from billing.enums import LedgerAccount
from billing.errors import (
    CreditNotFound,
    CreditNotOffered,
    CreditTooSmall,
    PaymentStepRefused,
    RefundInvalid,
    RefundNotFound,
)
from billing.models import Credit, CreditUse, LedgerEntry, Payment, PaymentAccount, Refund
from billing.selectors.credits import add_up_owed_credit, find_credit_wish, list_credits_of
from billing.selectors.payments import list_payments_of
from billing.services.credits.offering import cancel_for_credit, switch_credit
from billing.services.credits.spending import apply_credit, pay_with_own_credit
from billing.services.payments import open_deposit, receive_deposit
from billing.services.refunds import (
    mark_refund_sent,
    note_refund_elsewhere,
    pay_out_credit,
    refund_payment,
    share_regained,
    swap_for_credit,
)
from kernel.errors import DomainError
from notifications.models import Message
from notifications.services.outbox import publish
from scheduling.errors import HoldExpired, TransitionRefused
from scheduling.models import Booking
from scheduling.selectors.aftercare.own_data import collect_own_data
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.undoing import undo_step
from tenants.context import current_tenant, tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tests.factories.billing import add_up, correct_price, tell_events
from tests.factories.credits import ANA, book_for, give_credit, open_credit_shop
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, hours_later

OTHER = "eva@example.com"


@pytest.fixture
def service_id(tenant) -> int:
    return open_credit_shop(cancel_cutoff_minutes=24 * 60)


def list_entries() -> list[tuple]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "debit", "credit", "amount_minor"))


def left() -> list[int]:
    return list(Credit.objects.order_by("pk").values_list("left_minor", flat=True))


def list_payments() -> list[tuple]:
    return list(Payment.objects.order_by("pk").values_list("door", "state", "amount_minor", "refunded_minor"))


def paid_booking(service_id: int, starts_at=MONDAY) -> int:
    booking_id = book_for(service_id, starts_at)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    return booking_id


def check_books() -> None:
    """What customers have as credit is what the ledger says, and no row is out of balance."""
    sums = add_up()
    assert sum(sums.values()) == 0
    assert -sums.get(LedgerAccount.CREDIT, 0) == sum(left())
    for credit in Credit.objects.all():
        used = sum(each.amount_minor - each.back_minor for each in credit.uses.all())
        assert credit.amount_minor == credit.left_minor + used + credit.refund.returned_minor
    for payment in Payment.objects.filter(state="received"):
        gone = sum(
            each.amount_minor - each.returned_minor for each in payment.refunds.filter(state__in=("pending", "done"))
        )
        assert gone == payment.refunded_minor


def test_whoever_asks_for_it_has_the_deposit_as_credit(service_id):
    booking_id = give_credit(service_id)

    assert list_entries()[1:] == [("credited", "prepaid", "credit", 300)]
    assert add_up() == {"bank_transfer": 300, "prepaid": 0, "credit": -300}
    assert [(each.left_minor, each.currency) for each in list_credits_of(contact=ANA)] == [(300, "MXN")]
    assert Refund.objects.values_list("state", "is_credit", "cause").get() == ("done", True, "policy")
    assert list_payments_of(booking_id=booking_id)[0].left_minor == 0
    assert add_up_owed_credit() == {"MXN": 300}
    check_books()


def test_visits_that_follow_are_called_off_for_credit_too(service_id):
    booking_id = paid_booking(service_id)

    cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER, is_following=True)
    tell_events()

    assert (get_booking(booking_id=booking_id).status, left()) == ("cancelled", [300])
    check_books()


def test_what_credit_paid_comes_back_as_the_credit_that_it_was(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=100)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER)
    tell_events()

    assert left() == [300, 200]
    check_books()


def test_payment_of_somebody_who_is_forgotten_goes_back_as_money(service_id):
    booking_id = paid_booking(service_id)
    Payment.objects.update(customer_id=None)

    cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER)
    tell_events()

    assert (Refund.objects.values_list("state", "is_credit").get(), left()) == (("pending", False), [])


def test_credit_that_is_gone_before_its_mail_is_not_told(service_id):
    booking_id = paid_booking(service_id)
    cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER)
    tell_events()
    Message.objects.all().delete()
    refund = Refund.objects.get()
    Refund.objects.update(returned_minor=refund.amount_minor)

    publish(
        kind="payment.credited",
        subject_id=refund.payment_id,
        payload={"booking_id": booking_id, "refund_id": refund.pk},
        now=NOW,
    )
    tell_events()

    assert Message.objects.count() == 0


def test_nothing_is_asked_for_a_deposit_that_credit_covers(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=100)
    Payment.objects.filter(booking_id=booking_id, door="bank_transfer").delete()
    Booking.objects.filter(pk=booking_id).update(deposit_minor=80)

    asked = open_deposit(booking_id=booking_id, now=NOW)

    assert (asked, list(Payment.objects.filter(booking_id=booking_id).values_list("door", flat=True))) == (
        None,
        ["credit"],
    )


def test_use_of_credit_is_called_by_what_it_pays():
    assert str(CreditUse(credit_id=3, payment_id=7)) == "credit 3 for payment 7"


def test_whoever_does_not_ask_gets_money(service_id):
    booking_id = paid_booking(service_id)

    cancel_booking(booking_id=booking_id, now=NOW, by=CUSTOMER)
    tell_events()

    assert Refund.objects.values_list("state", "is_credit").get() == ("pending", False)
    assert left() == []


def test_only_what_goes_back_by_the_terms_becomes_credit(tenant):
    service_id = open_credit_shop(cancel_cutoff_minutes=0, refund_free_minutes=24 * 60, refund_kept_percent=40)
    booking_id = paid_booking(service_id)

    cancel_for_credit(booking_id=booking_id, now=MONDAY - timedelta(hours=2), by=CUSTOMER)
    tell_events()

    assert (left(), add_up()["kept"]) == ([180], -120)
    check_books()


def test_business_that_gives_no_credit_cancels_nothing_for_it(service_id):
    booking_id = paid_booking(service_id)
    payments = list_payments_of(booking_id=booking_id)
    was_offered = find_credit_wish(get_booking(booking_id=booking_id), payments)
    switch_credit(is_on=False, by=STAFF, now=NOW)

    with pytest.raises(CreditNotOffered):
        cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER)

    assert get_booking(booking_id=booking_id).status == "confirmed"
    assert (was_offered, find_credit_wish(get_booking(booking_id=booking_id), payments)) == (True, False)


def test_switching_again_changes_nothing(service_id):
    changed_at = PaymentAccount.objects.get(door="credit").changed_at

    switch_credit(is_on=True, by=STAFF, now=NOW + timedelta(days=1))

    assert PaymentAccount.objects.get(door="credit").changed_at == changed_at


def test_booking_that_was_canceled_before_is_not_turned_into_credit(service_id):
    booking_id = paid_booking(service_id)
    cancel_booking(booking_id=booking_id, now=NOW, by=CUSTOMER)

    cancel_for_credit(booking_id=booking_id, now=NOW + timedelta(minutes=1), by=CUSTOMER)
    tell_events()

    assert (left(), Refund.objects.get().is_credit) == ([], False)


def test_credit_pays_a_deposit_and_confirms_the_booking(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))

    used = pay_with_own_credit(booking_id=booking_id, now=NOW)
    tell_events()

    assert (used, get_booking(booking_id=booking_id).status) == (300, "confirmed")
    assert list_payments()[1:] == [("bank_transfer", "closed", 300, 0), ("credit", "received", 300, 0)]
    assert list_entries()[2:] == [("spent", "credit", "prepaid", 300)]
    assert (left(), add_up()) == ([0], {"bank_transfer": 300, "prepaid": -300, "credit": 0})
    check_books()


def test_part_is_paid_with_credit_and_the_rest_another_way(tenant):
    service_id = open_credit_shop()
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))

    pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=100)
    between = get_booking(booking_id=booking_id).status
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    assert (between, get_booking(booking_id=booking_id).status) == ("pending_payment", "confirmed")
    assert list_payments()[2:] == [("credit", "received", 100, 0), ("bank_transfer", "received", 200, 0)]
    assert left() == [200]
    check_books()


def test_price_that_is_corrected_counts_what_credit_paid(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=100)

    correct_price(booking_id, 250)
    tell_events()

    assert list_payments()[3:] == [("bank_transfer", "closed", 200, 0), ("bank_transfer", "open", 150, 0)]


@pytest.mark.parametrize("amount_minor", [100, None])
def test_business_where_nobody_books_takes_no_part_of_a_deposit(service_id, amount_minor):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    with tenant_scope(replace(current_tenant(), status=TenantStatus.CLOSED)), pytest.raises(StatusForbids):
        pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=amount_minor)

    assert Payment.objects.filter(door="credit").count() == 0


def test_visit_that_expires_gives_its_part_back(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=100)

    cancel_booking(booking_id=booking_id, now=NOW, by=STAFF, reason="Enfermos")
    tell_events()

    assert left() == [300]
    assert CreditUse.objects.values_list("amount_minor", "back_minor").get() == (100, 100)
    check_books()


def test_visit_paid_with_credit_gives_it_back_when_canceled(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=booking_id, now=NOW)

    cancel_booking(booking_id=booking_id, now=NOW, by=CUSTOMER)
    for _ in range(2):
        tell_events()

    assert left() == [300]
    assert list_entries()[3:] == [("credited", "prepaid", "credit", 300)]
    assert Credit.objects.count() == 1
    check_books()


@pytest.mark.parametrize("amount_minor", [0, -1, 301, 10**12])
def test_tampered_amount_is_refused(service_id, amount_minor):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))

    with pytest.raises(CreditTooSmall):
        pay_with_own_credit(booking_id=booking_id, now=NOW, amount_minor=amount_minor)

    assert (left(), get_booking(booking_id=booking_id).status) == ([300], "pending_payment")


def test_stranger_who_types_a_contact_sees_and_spends_nothing(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1), is_proven=False)

    with pytest.raises(CreditNotFound):
        pay_with_own_credit(booking_id=booking_id, now=NOW)

    assert (left(), get_booking(booking_id=booking_id).status) == ([300], "pending_payment")


def test_credit_of_another_customer_is_not_there(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1), email=OTHER)

    with pytest.raises(CreditNotFound):
        pay_with_own_credit(booking_id=booking_id, now=NOW)
    with pytest.raises(CreditNotFound):
        pay_with_own_credit(booking_id=booking_id, now=NOW, contact=ANA)
    with pytest.raises(CreditNotFound):
        apply_credit(booking_id=booking_id, now=NOW, by=STAFF)

    assert left() == [300]


def test_link_to_the_visits_proves_whose_it_is(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1), is_proven=False)

    pay_with_own_credit(booking_id=booking_id, now=NOW, contact=ANA)

    assert (left(), get_booking(booking_id=booking_id).status) == ([0], "confirmed")


def test_credit_waits_for_a_deposit_that_is_waited_for(service_id):
    give_credit(service_id)
    booking_id = paid_booking(service_id, hours_later(1))

    with pytest.raises(TransitionRefused):
        pay_with_own_credit(booking_id=booking_id, now=NOW)
    late = book_for(service_id, hours_later(2))
    with pytest.raises(HoldExpired):
        pay_with_own_credit(booking_id=late, now=get_booking(booking_id=late).hold_expires_at)

    assert left() == [300]


def test_money_on_its_way_is_not_paid_twice(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(1))
    Payment.objects.filter(booking_id=booking_id).update(state="processing")

    with pytest.raises(PaymentStepRefused):
        pay_with_own_credit(booking_id=booking_id, now=NOW)

    assert (left(), get_booking(booking_id=booking_id).status) == ([300], "pending_payment")


def test_staff_apply_credit_to_what_is_left_of_the_price(service_id):
    give_credit(service_id)
    booking_id = paid_booking(service_id, hours_later(1))

    used = apply_credit(booking_id=booking_id, now=NOW, by=STAFF)

    assert used == 300
    assert list_payments()[2:] == [("credit", "received", 300, 0)]
    with pytest.raises(CreditNotFound):
        apply_credit(booking_id=booking_id, now=NOW, by=STAFF)
    check_books()


def test_credit_does_not_pay_what_is_reserved_on_a_card(service_id):
    give_credit(service_id)
    booking_id = book_for(service_id, hours_later(24))
    Payment.objects.filter(booking_id=booking_id).update(state="reserved", door="stripe")
    Booking.objects.filter(pk=booking_id).update(status="confirmed", hold_expires_at=None, price_minor=400)

    used = apply_credit(booking_id=booking_id, now=NOW, by=STAFF)

    assert (used, left()) == (100, [200])


def test_staff_apply_credit_to_a_deposit_and_never_to_what_is_over(service_id):
    give_credit(service_id)
    waiting, over = book_for(service_id, hours_later(1)), book_for(service_id, hours_later(2))
    cancel_booking(booking_id=over, now=NOW, by=CUSTOMER)

    with pytest.raises(TransitionRefused):
        apply_credit(booking_id=over, now=NOW, by=STAFF)
    apply_credit(booking_id=waiting, now=NOW, by=STAFF, amount_minor=300)

    assert (get_booking(booking_id=waiting).status, left()) == ("confirmed", [0])


def test_rest_of_a_credit_goes_back_as_money(service_id):
    booking_id = give_credit(service_id)
    other = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=other, now=NOW, amount_minor=100)
    credit = Credit.objects.get()

    refund_id = pay_out_credit(credit_id=credit.pk, reason="Se muda", now=NOW, by=STAFF)
    mark_refund_sent(booking_id=booking_id, refund_id=refund_id, now=NOW, by=STAFF)

    assert left() == [0]
    assert list_entries()[3:] == [("returned", "credit", "prepaid", 200), ("refunded", "prepaid", "bank_transfer", 200)]
    with pytest.raises(CreditNotFound):
        pay_out_credit(credit_id=credit.pk, reason="Se muda", now=NOW, by=STAFF)
    check_books()


@pytest.mark.parametrize(("credit_id", "reason", "error"), [(0, "Se muda", CreditNotFound), (0, " ", RefundInvalid)])
def test_credit_that_nobody_has_is_not_paid_out(service_id, credit_id, reason, error):
    with pytest.raises(error):
        pay_out_credit(credit_id=credit_id, reason=reason, now=NOW, by=STAFF)

    assert list_entries() == []


def test_refund_that_waits_to_be_sent_becomes_credit(service_id):
    booking_id = paid_booking(service_id)
    cancel_booking(booking_id=booking_id, now=NOW, by=STAFF, reason="Enfermos")
    tell_events()
    refund_id = Refund.objects.get().pk

    swap_for_credit(booking_id=booking_id, refund_id=refund_id, now=NOW, by=CUSTOMER)
    with pytest.raises(CreditNotOffered):
        swap_for_credit(booking_id=booking_id, refund_id=refund_id, now=NOW, by=CUSTOMER)
    with pytest.raises(RefundNotFound):
        swap_for_credit(booking_id=booking_id + 1, refund_id=refund_id, now=NOW, by=CUSTOMER)

    assert list(Refund.objects.order_by("pk").values_list("state", "is_credit", "cause")) == [
        ("dropped", False, "business"), ("done", True, "business"),
    ]  # fmt: skip
    assert left() == [300]
    check_books()


def test_staff_give_credit_out_of_kindness_and_it_stays(service_id):
    booking_id = paid_booking(service_id)
    payment_id = Payment.objects.get().pk
    refund_payment(payment_id=payment_id, amount_minor=100, reason="Espera", now=NOW, by=STAFF, is_credit=True)
    cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER)
    tell_events()
    before = left()

    undo_step(booking_id=booking_id, status="cancelled", now=NOW, by=STAFF)
    tell_events()

    assert (before, left()) == ([100, 200], [100, 0])
    assert Payment.objects.get().left_minor == 200
    check_books()


@pytest.mark.parametrize("is_heard", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "gone"),
    [
        (cancel_for_credit, cancel_booking, ([0], [(False, 300, "pending")])),
        (cancel_booking, cancel_for_credit, ([300], [(True, 300, "done")])),
    ],
)
def test_whoever_cancels_again_says_anew_how_it_goes_back(service_id, is_heard, first, second, gone):
    booking_id = paid_booking(service_id)
    first(booking_id=booking_id, now=NOW, by=CUSTOMER)
    tell_events()
    undo_step(booking_id=booking_id, status="cancelled", now=NOW, by=STAFF)
    if is_heard:
        tell_events()

    second(booking_id=booking_id, now=NOW + timedelta(minutes=1), by=CUSTOMER)
    tell_events()

    going = [each for each in Refund.objects.order_by("pk") if each.state != "dropped" and not each.returned_minor]
    credits_left, refunds = gone
    assert left()[-1:] == credits_left
    assert [(each.is_credit, each.amount_minor, each.state) for each in going] == refunds
    check_books()


def test_wish_that_nobody_heard_of_is_forgotten_when_the_visit_is_back(service_id):
    booking_id = paid_booking(service_id)
    cancel_for_credit(booking_id=booking_id, now=NOW, by=CUSTOMER)
    undo_step(booking_id=booking_id, status="cancelled", now=NOW, by=STAFF)

    cancel_booking(booking_id=booking_id, now=NOW + timedelta(minutes=1), by=CUSTOMER)
    tell_events()

    assert left() == []
    assert Refund.objects.exclude(state="dropped").values_list("is_credit", "amount_minor", "state").get() == (
        False, 300, "pending",
    )  # fmt: skip
    check_books()


def test_kind_staff_give_no_credit_where_the_business_gives_none(service_id):
    paid_booking(service_id)
    switch_credit(is_on=False, by=STAFF, now=NOW)

    with pytest.raises(CreditNotOffered):
        refund_payment(
            payment_id=Payment.objects.get().pk, amount_minor=100, reason="Espera", now=NOW, by=STAFF, is_credit=True
        )

    assert (left(), Refund.objects.count()) == ([], 0)


def test_bank_takes_back_what_nobody_has_used_of_the_credit(service_id):
    booking_id = give_credit(service_id)
    other = book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=other, now=NOW, amount_minor=100)
    payment = Payment.objects.get(booking_id=booking_id)
    payment.disputed_minor = 300
    payment.save()

    share_regained(payment, now=NOW)
    taken = left()
    cancel_booking(booking_id=other, now=NOW, by=CUSTOMER)
    tell_events()

    assert (taken, left()) == ([0], [0])
    assert [entry for entry in list_entries() if entry[0] == "returned"] == [
        ("returned", "credit", "prepaid", 200), ("returned", "credit", "prepaid", 100),
    ]  # fmt: skip
    check_books()


def test_dispute_that_is_won_gives_the_credit_again(service_id):
    booking_id = give_credit(service_id)
    payment = Payment.objects.get(booking_id=booking_id)
    for taken in (300, 0):
        payment.disputed_minor = taken
        payment.save()
        share_regained(payment, now=NOW)

    assert left() == [0, 300]
    check_books()


def test_money_that_the_business_sent_elsewhere_ends_the_credit(service_id):
    booking_id = give_credit(service_id)
    payment_id = Payment.objects.get(booking_id=booking_id).pk

    is_noted = note_refund_elsewhere(payment_id=payment_id, amount_minor=300, provider_refund_id="re_1", now=NOW)

    assert (is_noted, left()) == (True, [0])
    check_books()


def test_credit_of_another_currency_pays_nothing(service_id):
    give_credit(service_id)
    Credit.objects.update(currency="USD")
    booking_id = book_for(service_id, hours_later(1))

    with pytest.raises(CreditNotFound):
        pay_with_own_credit(booking_id=booking_id, now=NOW)

    assert left() == [300]


def test_two_visits_at_once_spend_a_credit_once(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service_id = open_credit_shop()
        give_credit(service_id)
        bookings = [book_for(service_id, hours_later(number)) for number in (1, 2)]
    start = Barrier(2)

    def spend(booking_id: int) -> str:
        try:
            with tenant_scope(scratch_tenant):
                start.wait(10)
                return str(pay_with_own_credit(booking_id=booking_id, now=NOW))
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(spend, bookings))

    with tenant_scope(scratch_tenant):
        assert (outcomes[0], left()) == ("300", [0])
        assert outcomes[1] in {"credit_too_small", "credit_not_found"}
        assert sorted(get_booking(booking_id=each).status for each in bookings) == ["confirmed", "pending_payment"]
        check_books()


def test_credit_of_one_business_is_none_at_another(tenants, db):
    with tenant_scope(tenants["taller"]):
        give_credit(open_credit_shop())
    with tenant_scope(tenants["salon"]):
        booking_id = book_for(open_credit_shop())
        with pytest.raises(CreditNotFound):
            pay_with_own_credit(booking_id=booking_id, now=NOW)
        there = get_booking(booking_id=booking_id).status

    with tenant_scope(tenants["taller"]):
        assert (there, left()) == ("pending_payment", [300])


def test_own_data_have_the_credit_that_came_of_the_visit(service_id):
    booking_id, other = give_credit(service_id), book_for(service_id, hours_later(1))
    pay_with_own_credit(booking_id=other, now=NOW, amount_minor=100)

    found, none = collect_own_data([get_booking(booking_id=each) for each in (booking_id, other)], business_name="T")

    assert found["credits"] == [
        {
            "amount": {"amount_minor": 300, "currency": "MXN"},
            "left": {"amount_minor": 200, "currency": "MXN"},
            "used": {"amount_minor": 100, "currency": "MXN"},
            "given_at": NOW.isoformat(),
            "expires_at": None,
        }
    ]
    assert none["credits"] == []
