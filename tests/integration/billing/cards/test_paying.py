"""A deposit by card, from the tap to the visit."""

from __future__ import annotations

from datetime import timedelta

from scheduling.selectors.bookings.views import get_booking
from tests.factories.billing import add_up
from tests.factories.cards import book_with_deposit, list_payments, status_of


def test_deposit_by_card_confirms_its_booking_when_the_event_comes(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)

    till.stand_in.pay(session)
    till.post_all()
    till.work()

    assert status_of(booking_id) == "confirmed"
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]
    assert add_up() == {"stripe": 30_000, "prepaid": -30_000}


def test_place_is_kept_as_long_as_the_page_takes_money(till, account_id):
    booking_id = book_with_deposit(till)
    till.pass_by(timedelta(minutes=30))

    till.start(booking_id)

    assert get_booking(booking_id=booking_id).hold_expires_at >= till.moment + timedelta(minutes=31)
