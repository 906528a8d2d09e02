"""Nights in which the ledger is compared with what the provider has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from billing.errors import CardNotConnected, DifferenceNotFound
from billing.gateway.errors import AccountUnusable, OutcomeUnknown
from billing.models import Difference, Dispute, Payment, PaymentAccount, Refund
from billing.public.models import PaymentAccountOwner
from billing.services.cards import comparing, refunding
from billing.services.differences import find_open_since, settle_difference
from billing.services.refunds import note_refund_elsewhere, refund_payment
from billing.tasks import plan_comparisons
from devtools.stripe_server import money
from tenants.errors import RetryLater
from tenants.jobs import call_in_schema
from tenants.models import DueWork
from tests.factories.billing import add_up
from tests.factories.cards import book_with_deposit, list_payments, list_refunds, outside
from tests.factories.scheduling import STAFF

HOURS = timedelta(hours=3)
OLGA = replace(STAFF, user_id=7)


@pytest.fixture
def booking_id(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    return booking_id


def compare(till) -> list[tuple]:
    """A night passes; what differs then."""
    till.pass_by(HOURS)
    with outside():
        comparing.compare_account(PaymentAccountOwner.objects.get().pk, till.moment)
    rows = Difference.objects.filter(settled_at=None).order_by("pk")
    return list(rows.values_list("kind", "ours_minor", "theirs_minor"))


def find_intent(till, booking_id):
    return till.stand_in.world.things[Payment.objects.get(booking_id=booking_id).provider_payment_id]


def find_charge(till, booking_id):
    return till.stand_in.world.things[find_intent(till, booking_id)["latest_charge"]]


def test_books_that_agree_differ_in_nothing(till, booking_id):
    payment = Payment.objects.get(booking_id=booking_id)
    refund_id = refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Sí", now=till.moment, by=STAFF)
    refunding.send_refund(refund_id, till.moment)

    found = [compare(till), compare(till)]

    assert found == [[], []]
    assert PaymentAccount.objects.get(door="stripe").compared_until == till.moment - timedelta(hours=1)


def test_refund_that_the_business_sent_at_the_provider_is_noted_once(till, booking_id):
    money.refund_intent(till.stand_in.world, find_intent(till, booking_id), 12_000, {}, None)

    found = [compare(till), compare(till)]

    assert found == [[], []]
    assert list_refunds(booking_id) == [(12_000, "done", "provider")]
    assert add_up() == {"stripe": 18_000, "prepaid": -18_000}


def test_refund_at_the_provider_of_more_than_is_left_here_differs(till, booking_id):
    Payment.objects.filter(booking_id=booking_id).update(refunded_minor=25_000)
    money.refund_intent(till.stand_in.world, find_intent(till, booking_id), 12_000, {}, None)

    assert compare(till) == [("amount", 0, 12_000)]
    assert list_refunds(booking_id) == []


def test_account_with_another_currency_is_compared_in_the_one_that_was_paid(till, booking_id):
    money.refund_intent(till.stand_in.world, find_intent(till, booking_id), 12_000, {}, None)
    money.open_dispute(till.stand_in.world, find_charge(till, booking_id))
    for row in till.stand_in.world.things.values():
        if row["object"] == "dispute":
            for moved in row["balance_transactions"]:
                moved.update(amount=moved["amount"] // 20, currency="usd")
        if row["object"] == "balance_transaction":  # Stripe converts to what the account has a balance in
            row.update(amount=row["amount"] // 20, fee=row["fee"] // 20, currency="usd", exchange_rate=0.05)

    found = compare(till)

    assert found == []
    assert Dispute.objects.values_list("amount_minor", "taken_minor", "currency").get() == (18_000, 18_000, "MXN")
    assert list_refunds(booking_id) == [(12_000, "done", "provider")]


def test_refund_that_is_noted_is_not_noted_again(till, booking_id):
    payment = Payment.objects.get(booking_id=booking_id)

    noted = [
        note_refund_elsewhere(payment_id=payment.pk, amount_minor=20_000, provider_refund_id="re_1", now=till.moment)
        for _ in range(2)
    ]

    assert (noted, list_refunds(booking_id)) == ([True, True], [(20_000, "done", "provider")])


def test_refund_that_came_back_differs(till, booking_id):
    payment = Payment.objects.get(booking_id=booking_id)
    refund_id = refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Sí", now=till.moment, by=STAFF)
    refunding.send_refund(refund_id, till.moment)
    sent = till.stand_in.world.things[Refund.objects.get().provider_refund_id]
    before = compare(till)
    till.pass_by(timedelta(days=3))

    money.fail_refund(till.stand_in.world, sent)

    assert (before, compare(till)) == ([], [("refund", 10_000, 0)])


def test_refund_with_another_amount_differs(till, booking_id):
    payment = Payment.objects.get(booking_id=booking_id)
    refund_id = refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Sí", now=till.moment, by=STAFF)
    refunding.send_refund(refund_id, till.moment)
    Refund.objects.update(amount_minor=9_000)

    assert compare(till) == [("amount", 9_000, 10_000)]


def test_payment_of_which_nobody_heard_is_settled(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    payment = Payment.objects.get(booking_id=booking_id)
    Payment.objects.update(
        state="expired", closed_at=till.moment,
        provider_payment_id=till.stand_in.world.things[payment.provider_started_id]["payment_intent"],
    )  # fmt: skip

    assert compare(till) == []
    assert list_payments(booking_id)[0][:3] == ("stripe", "received", 30_000)


def test_payment_with_our_key_and_no_row_differs_and_others_do_not(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    world, schema = till.stand_in.world, connection.schema_name
    for key in (f"{schema}:deposit:999:1", "elsewhere:deposit:1:1", None):
        marks = {} if key is None else {"turnero_key": key}
        intent = money.make_intent(world, account_id, amount=5_000, currency="mxn", metadata=marks)
        method = money.make_method(world, account_id, money.CARDS["visa"])
        money.take(world, intent, method)
        if key is None:  # what the business takes and gives back elsewhere is no matter of ours
            money.refund_intent(world, intent, 1_000, {}, None)
    till.post_all()
    till.work()

    assert compare(till) == [("unknown", 0, 5_000)]
    assert list_refunds(booking_id) == []


def test_other_amount_is_told_until_it_ends_and_a_dispute_is_noted(till, booking_id):
    dispute = money.open_dispute(till.stand_in.world, find_charge(till, booking_id))
    Payment.objects.update(amount_minor=31_000)
    before = compare(till)
    Payment.objects.update(amount_minor=30_000)
    till.pass_by(timedelta(days=4))
    money.close_dispute(till.stand_in.world, dispute, is_won=True)

    after = compare(till)

    assert (before, after) == ([("amount", 31_000, 30_000)], [])
    Payment.objects.update(amount_minor=31_000)
    PaymentAccount.objects.filter(door="stripe").update(compared_until=None)
    assert compare(till) == [("amount", 31_000, 30_000)]


def test_what_the_provider_does_not_have_differs(till, booking_id):
    till.pass_by(timedelta(days=2))
    compare(till)
    payment = Payment.objects.get(booking_id=booking_id)
    for name in ("payment", "refund"):
        moment = till.moment + HOURS - timedelta(hours=2)
        if name == "payment":
            Payment.objects.create(
                booking_id=booking_id, purpose="balance", amount_minor=700, currency="MXN", door="stripe",
                state="received", opened_at=moment, received_at=moment, provider_account_id=payment.provider_account_id,
                provider_payment_id="pi_never",
            )  # fmt: skip
        else:
            Refund.objects.create(
                payment=payment, amount_minor=800, cause="kinder", state="done", asked_at=moment, done_at=moment,
                provider_refund_id="re_never",
            )  # fmt: skip
    PaymentAccount.objects.filter(door="stripe").update(compared_until=till.moment - timedelta(hours=1))

    assert compare(till) == [("missing", 700, 0), ("refund", 800, 0)]


def test_what_moved_before_the_time_compared_is_asked_for(till, booking_id):
    payment = Payment.objects.get(booking_id=booking_id)
    refund_id = refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Sí", now=till.moment, by=STAFF)
    refunding.send_refund(refund_id, till.moment)
    compare(till)
    till.pass_by(timedelta(days=2))
    noted_at = till.moment + timedelta(hours=1)
    Payment.objects.update(received_at=noted_at)
    Refund.objects.update(done_at=noted_at)
    PaymentAccount.objects.filter(door="stripe").update(compared_until=till.moment)

    assert compare(till) == []


def test_what_a_person_looked_into_stays_settled(till, booking_id):
    Payment.objects.update(amount_minor=31_000)
    found = compare(till)
    row = Difference.objects.get()

    for _ in range(2):
        settle_difference(difference_id=row.pk, by=OLGA, now=till.moment)

    assert (found, compare(till)) == ([("amount", 31_000, 30_000)], [])
    assert Difference.objects.get().settled_by_id == 7
    assert str(row).startswith("amount: pi_")
    with pytest.raises(DifferenceNotFound):
        settle_difference(difference_id=0, by=STAFF, now=till.moment)


def test_night_without_an_answer_comes_again(till, booking_id, monkeypatch):
    def fail(*_, **__):
        raise OutcomeUnknown

    monkeypatch.setattr("billing.gateway.doors.stripe_connect.door.StripeDoor.list_movements", fail)

    with pytest.raises(RetryLater) as later:
        compare(till)

    assert later.value.at == till.moment + timedelta(minutes=30)
    assert PaymentAccount.objects.get(door="stripe").compared_until is None


def test_accounts_that_are_gone_are_left_alone(till, booking_id, monkeypatch):
    def refuse(*_, **__):
        raise AccountUnusable

    monkeypatch.setattr("billing.gateway.doors.stripe_connect.door.StripeDoor.list_movements", refuse)
    owner = PaymentAccountOwner.objects.get()
    found = compare(till)
    with outside():
        comparing.compare_account(0, till.moment)
        PaymentAccountOwner.objects.filter(pk=owner.pk).update(provider_account_id="acct_before")
        comparing.compare_account(owner.pk, till.moment)
        PaymentAccountOwner.objects.filter(pk=owner.pk).update(schema_name="nobody")
        comparing.compare_account(owner.pk, till.moment)

    assert (found, Difference.objects.count()) == ([], 0)


def test_account_that_is_disconnected_while_it_is_compared_is_left_alone(till, booking_id, monkeypatch):
    """What was found until then stays."""

    def refuse(**_):
        raise CardNotConnected

    monkeypatch.setattr(comparing, "refresh_payouts", refuse)

    assert compare(till) == []
    assert PaymentAccount.objects.get(door="stripe").compared_until is not None


def test_every_account_is_compared_each_night(till, account_id):
    with outside():
        connection.set_schema_to_public()
        plan_comparisons()

    rows = DueWork.objects.filter(kind=comparing.KIND).values_list("schema_name", "row_id")
    assert list(rows) == [("public", PaymentAccountOwner.objects.get().pk)]


def test_what_differs_in_an_account_is_no_matter_of_another(till, booking_id):
    first = PaymentAccount.objects.get(door="stripe").provider_id
    Payment.objects.update(amount_minor=31_000)
    assert compare(till) == [("amount", 31_000, 30_000)]
    before = Difference.objects.get()
    till.pass_by(timedelta(days=40))
    second = till.stand_in.open_account()
    PaymentAccount.objects.filter(door="stripe").update(provider_id=second, compared_until=None)

    with outside():
        call_in_schema(connection.schema_name, comparing.compare_ledger, second, till.moment)
    asked = (find_open_since(first), find_open_since(second))

    after = Difference.objects.get()
    assert (before.provider_account_id, asked) == (first, (before.happened_at, None))
    assert (after.settled_at, after.found_at) == (None, before.found_at)


def test_difference_of_before_its_account_was_noted_is_found_by_its_payment(till, booking_id):
    Payment.objects.update(amount_minor=31_000)
    compare(till)
    Difference.objects.update(provider_account_id="")  # as the version before left it
    account = PaymentAccount.objects.get(door="stripe").provider_id

    found = (find_open_since(account) is None, find_open_since("acct_of_others") is None)
    Payment.objects.update(amount_minor=30_000)

    assert found == (False, True)
    assert compare(till) == []
