"""Money that the provider sends back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.errors import RefundNotFound
from billing.gateway.enums import RefundState as Found
from billing.gateway.types import RefundFacts
from billing.models import Payment, Refund
from billing.services.cards import refunding
from billing.services.refunds import drop_refunds, mark_refund_sent, refund_payment
from devtools.stripe_server import money
from devtools.stripe_server.server import Fault
from kernel.money import Money
from notifications.models import Message
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.billing import add_up, make_received, make_refund
from tests.factories.cards import book_with_deposit, count_captured, list_payments, list_refunds
from tests.factories.scheduling import CUSTOMER, NOW, STAFF


@pytest.fixture
def booking_id(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    return booking_id


@pytest.fixture
def refund_id(till, booking_id):
    payment = Payment.objects.get(booking_id=booking_id)
    return refund_payment(payment_id=payment.pk, amount_minor=10_000, reason="Esperó mucho", now=till.moment, by=STAFF)


def test_part_of_a_deposit_goes_back_once(till, booking_id, refund_id):
    for _ in range(2):
        refunding.send_refund(refund_id, till.moment)

    assert list_refunds(booking_id) == [(10_000, "done", "kinder")]
    assert (count_captured(till.stand_in), add_up()) == (20_000, {"stripe": 20_000, "prepaid": -20_000})


def test_refund_whose_answer_was_lost_is_sent_once(till, booking_id, refund_id):
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3
    till.work()
    before = list_refunds(booking_id)
    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before[0][1], list_refunds(booking_id)[0][1]) == ("pending", "done")
    assert count_captured(till.stand_in) == 20_000


def test_refund_that_the_provider_refuses_no_longer_counts(till, booking_id, refund_id):
    find_charge(till)["amount_refunded"] = 30_000

    till.work()

    assert (list_refunds(booking_id)[0][1], list_payments(booking_id)[0][3]) == ("failed", 0)
    assert add_up() == {"stripe": 30_000, "prepaid": -30_000}


def find_charge(till):
    return next(each for each in till.stand_in.world.things.values() if each["object"] == "charge")


def test_refund_that_the_bank_is_ahead_of_is_dropped_and_nobody_is_told_to_send_it(till, booking_id, refund_id):
    money.open_dispute(till.stand_in.world, find_charge(till))

    till.work()
    before = list_refunds(booking_id)
    till.post_all()
    till.work()
    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before, list_refunds(booking_id)) == ([(10_000, "pending", "kinder")], [(10_000, "dropped", "kinder")])
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]
    assert add_up() == {"stripe": 0, "prepaid": -30_000, "disputed": 30_000}
    assert not Message.objects.filter(template="business_refund_failed").exists()


def test_refund_of_a_dispute_that_nobody_tells_of_fails_after_two_days(till, booking_id, refund_id):
    find_charge(till)["disputed"] = True
    till.work()
    before = list_refunds(booking_id)

    till.pass_by(timedelta(days=2))
    till.work()

    assert (before[0][1], list_refunds(booking_id)[0][1]) == ("pending", "failed")
    assert Message.objects.filter(template="business_refund_failed").exists()


def test_refund_that_a_dispute_held_is_sent_once_the_bank_gives_in_although_the_provider_repeats_its_refusal(
    till, booking_id, refund_id
):
    """Nobody told us of the dispute, and it was won within the hour: the key of then stays refused for a day."""
    find_charge(till)["disputed"] = True
    till.work()
    before = list_refunds(booking_id)
    find_charge(till)["disputed"] = False

    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before[0][1], list_refunds(booking_id)[0][1]) == ("pending", "done")
    assert (count_captured(till.stand_in), Refund.objects.get().attempt) == (20_000, 2)


@pytest.mark.parametrize("waits", [timedelta(minutes=2), timedelta(hours=25)])
def test_refund_with_another_key_whose_answer_was_lost_is_sent_once(till, booking_id, refund_id, waits):
    """After a day the provider has forgotten the key."""
    find_charge(till)["disputed"] = True
    till.work()
    find_charge(till)["disputed"] = False
    till.pass_by(timedelta(minutes=2))
    till.stand_in.faults += [None, *[Fault.BREAK_AFTER] * 3]  # it lists what is there, and sends
    till.work()
    before = list_refunds(booking_id)

    find_charge(till)["disputed"] = True  # and it is disputed once more: what was sent is there all the same
    till.pass_by(waits)
    till.work()

    assert (before[0][1], list_refunds(booking_id)[0][1]) == ("pending", "done")
    assert count_captured(till.stand_in) == 20_000


def test_refund_whose_answer_was_lost_for_longer_than_the_provider_knows_a_key_is_sent_once(
    till, booking_id, refund_id
):
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3
    till.work()

    till.pass_by(timedelta(hours=25))
    till.work()

    assert list_refunds(booking_id) == [(10_000, "done", "kinder")]
    assert count_captured(till.stand_in) == 20_000


def test_refund_that_another_worker_dropped_is_dropped_once(till, booking_id, refund_id):
    money.open_dispute(till.stand_in.world, find_charge(till))
    till.post_all()
    till.work()

    assert refunding._drop(refund_id, now=till.moment)
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_key_is_changed_once_by_two_workers_who_were_refused(till, booking_id, refund_id):
    for _ in range(2):
        refunding._change_key(refund_id, attempt=1)

    assert Refund.objects.get(pk=refund_id).attempt == 2


def test_refund_on_its_way_is_asked_for_later(till, booking_id, refund_id, monkeypatch):
    found = RefundFacts("re_1", Found.PENDING, Money(10_000, "MXN"))
    monkeypatch.setattr("billing.gateway.doors.stripe_connect.door.StripeDoor.refund", lambda *_: found)
    till.work()
    before = list_refunds(booking_id)
    done = RefundFacts("re_1", Found.DONE, Money(10_000, "MXN"))
    monkeypatch.setattr("billing.gateway.doors.stripe_connect.door.StripeDoor.fetch_refund", lambda *_: done)

    till.pass_by(timedelta(hours=1))
    till.work()

    assert (before[0][1], list_refunds(booking_id)[0][1]) == ("pending", "done")


def test_person_does_not_send_what_the_provider_sends(till, booking_id, refund_id):
    with pytest.raises(RefundNotFound):
        mark_refund_sent(booking_id=booking_id, refund_id=refund_id, now=till.moment, by=STAFF)

    assert list_refunds(booking_id)[0][1] == "pending"


def test_refund_that_may_be_at_the_provider_is_not_called_off(till, booking_id):
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3
    till.work()

    drop_refunds(booking_id=booking_id, now=till.moment)

    assert list_refunds(booking_id) == [(30_000, "pending", "policy")]


def test_refund_that_is_gone_or_called_off_is_not_sent(till, booking_id, refund_id):
    Refund.objects.filter(pk=refund_id).update(state="dropped", done_at=till.moment)

    refunding.send_refund(refund_id, till.moment)
    refunding.send_refund(0, till.moment)

    assert count_captured(till.stand_in) == 30_000


def test_two_workers_note_a_refund_once(till, booking_id, refund_id):
    refunding.send_refund(refund_id, till.moment)

    assert refunding._settle(refund_id, None, now=till.moment) == "done"
    assert add_up() == {"stripe": 20_000, "prepaid": -20_000}


LATE = {"amount_minor": 30_000, "cause": "late"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([LATE, LATE], ["dropped", "pending"]),
        ([LATE | {"tried_at": NOW}, LATE], ["pending", "dropped"]),
        ([LATE, None], ["pending", None]),
        ([None, LATE], [None, "pending"]),
        ([LATE | {"cause": "kinder"}, LATE], ["pending", "dropped"]),
    ],
)
def test_of_a_deposit_that_came_twice_once_over_goes_back_although_the_visit_takes_place(tenant, given, expected):
    """It was paid on the provider's page and across the counter, too late, and then its time was still free."""
    payments = [
        make_received(attempt=1, door="stripe", refunded_minor=30_000 if given[0] else 0),
        make_received(attempt=2, refunded_minor=30_000 if given[1] else 0),
    ]
    refunds = [each and make_refund(payment, **each) for payment, each in zip(payments, given, strict=True)]

    drop_refunds(booking_id=1, now=NOW)

    for payment, refund, state in zip(payments, refunds, expected, strict=True):
        payment.refresh_from_db()
        assert payment.refunded_minor == (30_000 if state == "pending" else 0)
        if refund:
            refund.refresh_from_db()
            assert refund.state == state
