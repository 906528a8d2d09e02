"""A deposit that may come by card or by transfer: whoever looked at one page may pay the other way, and pays once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.enums import PaymentDoor, PaymentPurpose
from billing.errors import ReceiptNotAwaited
from billing.gateway.errors import AccountUnusable
from billing.models import Payment, PaymentAccount, Receipt
from billing.selectors.receipts import list_awaited
from billing.services.asking import ask_for_deposit
from billing.services.movements import add_payment
from billing.services.payments import receive_deposit, waive_deposit
from billing.services.receipts import send_receipt
from billing.services.refunds import refund_payment
from devtools.stripe_server import accounts
from scheduling.selectors.bookings.views import get_booking
from tests.factories.billing import add_up, take_transfers
from tests.factories.cards import book_with_deposit, count_captured, list_payments, list_refunds, status_of
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import STAFF

PICTURE = save(make_scene(64, 64), "PNG")


@pytest.fixture
def booking_id(till, account_id):
    take_transfers()
    return book_with_deposit(till)


def list_waiting() -> list[int]:
    return [each.booking.id for each in list_awaited()]


def test_who_looked_at_the_card_page_may_send_a_receipt(till, booking_id):
    session = till.start(booking_id)
    assert list_waiting() == [booking_id]

    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    till.work()

    assert [each[:2] for each in list_payments(booking_id)] == [("stripe", "closed"), ("bank_transfer", "open")]
    assert till.stand_in.world.things[session]["status"] == "expired"
    assert Receipt.objects.get().payment == Payment.objects.get(state="open")
    assert list_waiting() == [booking_id]


def test_card_that_was_faster_than_its_receipt_is_the_deposit(till, booking_id):
    session = till.start(booking_id)
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    till.stand_in.pay(session)
    till.work()
    till.post_all()
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id), list_waiting()) == ("confirmed", [], [])
    assert [each[:2] for each in list_payments(booking_id)] == [("stripe", "received"), ("bank_transfer", "closed")]
    assert (add_up(), count_captured(till.stand_in)) == ({"stripe": 30_000, "prepaid": -30_000}, 30_000)


def test_receipt_stays_in_the_inbox_when_the_card_page_is_opened_after_it(till, booking_id):
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)

    till.start(booking_id)
    assert list_waiting() == [booking_id]
    receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)

    assert (status_of(booking_id), list_payments(booking_id)[-1][:2]) == ("confirmed", ("bank_transfer", "received"))


def test_no_receipt_is_taken_where_nothing_is_transferred(till, booking_id):
    take_transfers(is_on=False)
    till.start(booking_id)

    with pytest.raises(ReceiptNotAwaited):
        send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)

    assert list_waiting() == []


def test_what_is_on_its_way_needs_no_receipt(till, booking_id):
    till.start(booking_id)
    Payment.objects.update(state="processing")

    with pytest.raises(ReceiptNotAwaited):
        send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment + timedelta(minutes=1))

    assert list_waiting() == []


def test_deposit_that_comes_after_another_went_back_whole_is_kept(till, booking_id):
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()
    first = Payment.objects.get(booking_id=booking_id, state="received")
    refund_payment(payment_id=first.pk, amount_minor=30_000, reason="Sí", now=till.moment, by=STAFF)
    ask_for_deposit(booking_id=booking_id, amount_minor=30_000, pay_by=None, now=till.moment, by=STAFF)
    till.work()

    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id)) == ("confirmed", [(30_000, "done", "kinder")])
    assert add_up() == {"stripe": 30_000, "prepaid": -30_000}


def test_receipt_is_still_looked_at_when_the_card_page_could_not_be_opened(till, booking_id):
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    accounts.change_state(till.stand_in.world, PaymentAccount.objects.get(door="stripe").provider_id, "restricted")

    with pytest.raises(AccountUnusable):
        till.start(booking_id)

    assert [each[:2] for each in list_payments(booking_id)] == [("stripe", "failed"), ("bank_transfer", "open")]
    assert [(each.booking.id, each.receipt is not None) for each in list_awaited()] == [(booking_id, True)]
    assert Receipt.objects.get().payment == Payment.objects.get(state="open")


def test_receipt_is_still_looked_at_when_the_card_page_has_closed(till, booking_id):
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    session = till.start(booking_id)
    till.stand_in.world.things[session]["status"] = "expired"

    till.pass_by(timedelta(minutes=15))
    till.work()

    assert status_of(booking_id) == "pending_payment"
    assert [each[:2] for each in list_payments(booking_id)] == [("stripe", "expired"), ("bank_transfer", "open")]
    assert [(each.booking.id, each.receipt is not None) for each in list_awaited()] == [(booking_id, True)]


def test_receipt_waits_no_longer_than_its_place(till, booking_id):
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    till.start(booking_id)

    till.pass_by(timedelta(hours=12))
    till.work()

    assert (status_of(booking_id), list_awaited()) == ("expired", ())
    assert [each for each in list_payments(booking_id) if each[1] == "open"] == []


def test_receipt_of_a_deposit_that_staff_left_out_answers_no_other(till, booking_id):
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    waive_deposit(booking_id=booking_id, reason="Es mi vecina", now=till.moment, by=STAFF)

    ask_for_deposit(
        booking_id=booking_id, amount_minor=12_000, pay_by=till.moment + timedelta(hours=2), now=till.moment, by=STAFF
    )

    assert Receipt.objects.get().payment.state == "waived"
    assert list_awaited() == ()


def test_receipt_of_money_that_came_stays_with_it(till, booking_id):
    send_receipt(booking_id=booking_id, content=PICTURE, now=till.moment)
    payment_id = receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)

    add_payment(
        get_booking(booking_id=booking_id), door=PaymentDoor.STRIPE, purpose=PaymentPurpose.DEPOSIT, amount_minor=1,
        now=till.moment,
    )  # fmt: skip

    assert Receipt.objects.get().payment_id == payment_id
