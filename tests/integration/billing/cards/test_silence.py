"""The card provider does not answer for an hour: nobody loses the place, and other bookings go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.errors import CardNotConnected
from billing.models import Payment, PaymentAccount
from billing.selectors.accounts import get_card_account
from billing.services.cards import silence
from billing.services.cards.accounts import choose_when_silent, switch_cards
from billing.services.cards.silence import LONGEST, look_again, stand_by
from devtools.stripe_server import accounts
from devtools.stripe_server.server import Fault
from kernel.errors import Unavailable
from notifications.models import Message
from scheduling.models import Booking
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.cards import book_with_deposit, status_of
from tests.factories.scheduling import CUSTOMER, STAFF

QUARTER = timedelta(minutes=15)


@pytest.fixture
def booking_id(till, account_id):
    return book_with_deposit(till)


def fail(till, booking_id: int) -> None:
    """The customer taps, and nobody answers."""
    till.stand_in.faults[:] = [Fault.ERROR] * 500
    with pytest.raises(Unavailable):
        till.start(booking_id)


def wait(till, quarters: int) -> None:
    for _ in range(quarters):
        till.pass_by(QUARTER)
        till.work()


def count_links() -> int:
    return Message.objects.filter(template="deposit_card").count()


def test_place_is_kept_for_an_hour_and_the_customer_pays_then(till, booking_id):
    fail(till, booking_id)
    wait(till, 4)
    before, links = status_of(booking_id), count_links()
    till.stand_in.faults.clear()
    wait(till, 1)
    told = count_links() - links
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert (before, told, status_of(booking_id)) == ("pending_payment", 1, "confirmed")


def test_visit_takes_place_without_its_deposit_where_the_business_wants_that(till, booking_id):
    choose_when_silent(is_booking=True, by=STAFF, now=till.moment)
    fail(till, booking_id)
    at_once = status_of(booking_id)
    wait(till, 1)

    assert (at_once, status_of(booking_id)) == ("pending_payment", "confirmed")
    assert Payment.objects.get().state == "waived"


def test_short_silence_waives_nothing(till, booking_id):
    choose_when_silent(is_booking=True, by=STAFF, now=till.moment)
    fail(till, booking_id)
    till.stand_in.faults.clear()
    wait(till, 1)

    assert status_of(booking_id) == "pending_payment"


def test_place_is_kept_for_a_day_at_most(till, booking_id):
    Booking.objects.filter(pk=booking_id).update(
        starts_at=till.moment + timedelta(days=9), ends_at=till.moment + timedelta(days=9, hours=1)
    )
    fail(till, booking_id)
    wait(till, LONGEST // QUARTER + 4)

    assert status_of(booking_id) == "expired"


def test_who_cancels_meanwhile_is_left_alone(till, booking_id):
    choose_when_silent(is_booking=True, by=STAFF, now=till.moment)
    fail(till, booking_id)
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    wait(till, 2)
    look_again(booking_id, till.moment)

    assert status_of(booking_id) == "cancelled"


def test_account_that_is_closed_to_us_is_not_waited_for(till, account_id, booking_id):
    fail(till, booking_id)
    till.stand_in.faults.clear()
    accounts.disconnect(till.stand_in.world, account_id)
    look_again(booking_id, till.moment)

    assert count_links() == 0


def test_business_that_may_not_book_keeps_nothing(till, booking_id, monkeypatch):
    fail(till, booking_id)
    until = Booking.objects.get(pk=booking_id).hold_expires_at

    def refuse(**_) -> bool:
        raise silence.Forbidden

    monkeypatch.setattr(silence, "keep_while_paying", refuse)
    look_again(booking_id, till.moment)
    till.stand_in.faults.clear()
    look_again(booking_id, till.moment)
    stand_by(booking_id, now=till.moment)

    assert Booking.objects.get(pk=booking_id).hold_expires_at == until
    assert count_links() == 0


def test_choice_needs_an_account_and_stands_in_the_log_once(till):
    with pytest.raises(CardNotConnected):
        choose_when_silent(is_booking=True, by=STAFF, now=till.moment)
    till.connect()
    before = get_card_account().books_when_silent
    for _ in range(2):
        choose_when_silent(is_booking=True, by=STAFF, now=till.moment)

    assert (before, get_card_account().books_when_silent) == (False, True)
    assert not Payment.objects.exists()


def test_who_taps_again_does_not_put_off_the_next_look(till, booking_id):
    choose_when_silent(is_booking=True, by=STAFF, now=till.moment)
    fail(till, booking_id)
    till.pass_by(QUARTER - timedelta(minutes=1))
    fail(till, booking_id)
    till.pass_by(timedelta(minutes=1))
    till.work()

    assert status_of(booking_id) == "confirmed"


def test_a_day_counts_from_when_nobody_answered(till, booking_id):
    Payment.objects.update(opened_at=till.moment - timedelta(days=3))
    fail(till, booking_id)
    wait(till, 4)

    assert status_of(booking_id) == "pending_payment"


def test_account_that_is_gone_from_here_is_not_asked(till, booking_id):
    fail(till, booking_id)
    PaymentAccount.objects.update(provider_id="", is_on=False)
    look_again(booking_id, till.moment)

    assert count_links() == 0


def test_account_that_goes_while_its_owner_types_the_password_is_not_switched(till, account_id):
    def lose() -> None:
        PaymentAccount.objects.all().delete()

    with pytest.raises(CardNotConnected):
        switch_cards(is_on=False, by=STAFF, now=till.moment, prove=lose)

    assert not PaymentAccount.objects.exists()
