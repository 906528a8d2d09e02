"""A price that staff corrects while its deposit is waited for."""

from __future__ import annotations

import pytest

from billing.models import Payment, Refund
from billing.selectors.receipts import list_awaited
from billing.services.payments import receive_deposit, record_payment
from billing.services.receipts import send_receipt
from billing.services.repricing import follow_price
from notifications.models import Event
from scheduling.enums import DepositKind
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import mark_no_show
from tests.factories.billing import correct_price as correct
from tests.factories.billing import take_transfers, tell_events
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop


def book_with_deposit(**values) -> int:
    take_transfers()
    service_id, _ = make_shop(**{"price_minor": 1000, "deposit_kind": DepositKind.FIXED, "deposit_minor": 300} | values)
    made = book(service_id)
    tell_events()
    return made.booking_id


def list_payments() -> list[tuple]:
    return list(Payment.objects.order_by("pk").values_list("state", "amount_minor"))


@pytest.mark.parametrize(
    ("price", "status", "deposit", "payments"),
    [
        (200, "pending_payment", 200, [("closed", 300), ("open", 200)]),
        (300, "pending_payment", 300, [("open", 300)]),
        (2000, "pending_payment", 300, [("open", 300)]),
        (None, "pending_payment", 300, [("open", 300)]),
        (0, "confirmed", 0, [("closed", 300)]),
    ],
)
def test_deposit_is_never_more_than_the_price(tenant, price, status, deposit, payments):
    booking_id = book_with_deposit()

    correct(booking_id, price)
    tell_events()

    booking = get_booking(booking_id=booking_id)
    assert (booking.status, booking.deposit_minor, list_payments()) == (status, deposit, payments)


def test_what_was_asked_anew_is_received_once(tenant):
    booking_id = book_with_deposit()
    correct(booking_id, 200)
    tell_events()

    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    assert get_booking(booking_id=booking_id).status == "confirmed"
    assert list_payments() == [("closed", 300), ("received", 200)]


def test_receipt_of_what_was_asked_before_stays_in_the_inbox(tenant):
    booking_id = book_with_deposit()
    send_receipt(booking_id=booking_id, content=save(make_scene(64, 64), "PNG"), now=NOW)

    correct(booking_id, 200)
    tell_events()

    (awaited,) = list_awaited()
    assert (awaited.booking.id, awaited.amount_minor, awaited.receipt is not None) == (booking_id, 200, True)


def test_deposit_that_was_paid_stays_when_the_price_is_corrected(tenant):
    booking_id = book_with_deposit()
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    correct(booking_id, 200)
    tell_events()

    assert (get_booking(booking_id=booking_id).deposit_minor, list_payments()) == (300, [("received", 300)])


def test_who_does_not_come_gets_back_of_the_deposit_alone(tenant):
    booking_id = book_with_deposit(refund_no_show_percent=50)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    record_payment(booking_id=booking_id, amount_minor=500, means="cash", now=NOW, by=STAFF)
    record_payment(booking_id=booking_id, amount_minor=90, means="cash", now=NOW, by=STAFF, purpose="tip")

    mark_no_show(booking_id=booking_id, now=MONDAY, by=STAFF)
    tell_events()

    assert list(Refund.objects.values_list("amount_minor", "payment__purpose")) == [(150, "deposit")]


def test_price_that_is_corrected_before_a_worker_came_asks_once(tenant):
    take_transfers()
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FIXED, deposit_minor=300)
    made = book(service_id)

    correct(made.booking_id, 200)
    follow_price(booking_id=made.booking_id, now=NOW)  # nobody asked yet
    tell_events()

    assert list_payments() == [("open", 200)]


def test_price_of_a_place_that_was_lost_changes_nothing(tenant):
    booking_id = book_with_deposit()
    correct(booking_id, 0)
    late = get_booking(booking_id=booking_id).hold_expires_at

    Event.objects.filter(processed_at=None).update(occurred_at=late)
    tell_events()

    assert (get_booking(booking_id=booking_id).status, list_payments()) == ("pending_payment", [("open", 300)])
