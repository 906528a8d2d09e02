"""A deposit that comes although its visit costs less by now, or was paid at the counter: nobody pays more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.selectors.payments import balance_booking, list_payments_of
from billing.services.counter import take_payment
from billing.types import CounterPayment
from scheduling.enums import Approval
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import approve
from tests.factories.billing import correct_price
from tests.factories.cards import book_with_deposit, count_captured, list_payments, list_refunds, status_of
from tests.factories.scheduling import MONDAY, STAFF


@pytest.fixture(autouse=True)
def before(till, account_id) -> None:
    till.moment = MONDAY - timedelta(days=3)


def hear(till) -> None:
    till.post_all()
    till.work()


def pay_page(till, booking_id: int) -> None:
    till.stand_in.pay(till.start(booking_id))


@pytest.mark.parametrize(
    ("price", "kept"), [(10_000, 10_000), (0, 0), (30_000, 30_000), (90_000, 30_000), (None, 30_000)]
)
def test_price_that_is_corrected_while_somebody_pays_gives_back_what_is_more(till, price, kept):
    booking_id = book_with_deposit(till)
    pay_page(till, booking_id)
    correct_price(booking_id, price, now=till.moment)
    till.work()

    hear(till)

    back = 30_000 - kept
    assert list_refunds(booking_id) == ([(back, "done", "changed")] if back else [])
    assert (status_of(booking_id), count_captured(till.stand_in)) == ("confirmed", kept)
    assert list_payments(booking_id)[0] == ("stripe", "received", 30_000, back)


@pytest.mark.parametrize(("at_counter", "back"), [(100_000, 30_000), (80_000, 10_000), (70_000, 0)])
def test_reserved_deposit_is_taken_after_all_was_paid_at_the_counter(till, at_counter, back):
    booking_id = book_with_deposit(till, approval=Approval.REQUEST)
    pay_page(till, booking_id)
    hear(till)
    approve(booking_id=booking_id, now=till.moment, by=STAFF)  # no worker has taken the deposit yet
    paid = CounterPayment(amount_minor=at_counter, means="cash", seen=1, is_despite=True)
    take_payment(booking_id=booking_id, paid=paid, now=till.moment, by=STAFF)

    till.work()

    assert list_refunds(booking_id) == ([(back, "done", "late")] if back else [])
    balance = balance_booking(get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id))
    assert (balance.held_minor, balance.owed_minor, count_captured(till.stand_in)) == (100_000, 0, 30_000 - back)
