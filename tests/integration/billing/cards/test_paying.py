"""A deposit by card, from the tap to the visit, and every way in which it goes otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.enums import PaymentState
from billing.errors import CardNotOffered, PaymentStepRefused
from billing.gateway.doors.stripe_connect.door import StripeDoor
from billing.gateway.errors import AccountUnusable, AmountRefused, OutcomeUnknown
from billing.models import Payment
from billing.services.cards import looking, opening
from billing.services.cards.accounts import switch_cards
from billing.services.cards.looking import look_at_deposit, look_at_payment
from billing.services.cards.opening import start_card_payment
from billing.services.cards.settling import AmountDiffers, settle_payment
from billing.services.payments import receive_deposit, waive_deposit
from devtools.stripe_server import accounts
from devtools.stripe_server.server import Fault
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.billing import add_up, take_transfers
from tests.factories.cards import (
    BACK,
    book_with_deposit,
    count_captured,
    list_payments,
    list_refunds,
    status_of,
)
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, book


def start(till, booking_id) -> str:
    return till.start(booking_id)


def find(booking_id) -> Payment:
    return Payment.objects.filter(booking_id=booking_id).latest("pk")


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

    until = get_booking(booking_id=booking_id).hold_expires_at
    assert (until, find(booking_id).expires_at) == (till.moment + timedelta(minutes=31), until)


def test_place_is_never_kept_past_its_visit(till, account_id):
    starts_at = NOW + timedelta(hours=2)
    booking_id = book_with_deposit(till, starts_at=starts_at)
    till.start(booking_id)

    assert get_booking(booking_id=booking_id).hold_expires_at <= starts_at


def test_same_page_is_opened_again(till, account_id):
    booking_id = book_with_deposit(till)

    assert till.start(booking_id) == till.start(booking_id)
    assert len(list_payments(booking_id)) == 1


def test_declined_card_is_followed_by_another_on_the_same_page(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    till.stand_in.pay(session, "chargeDeclined")
    till.post_all()
    till.work()
    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("pending_payment", "open")

    till.stand_in.pay(till.start(booking_id), "mastercard")
    till.post_all()
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)) == ("confirmed", [("stripe", "received", 30_000, 0)])


def test_money_on_its_way_is_waited_for_and_comes(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    till.stand_in.pay(session, "slow")
    till.post_all()
    till.work()
    assert list_payments(booking_id)[0][1] == "processing"
    with pytest.raises(PaymentStepRefused):
        till.start(booking_id)

    till.stand_in.settle(session)
    till.post_all()
    till.work()

    assert status_of(booking_id) == "confirmed"


def test_money_that_fails_on_its_way_is_paid_again_in_the_same_place(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)
    till.stand_in.pay(session, "slow")
    till.stand_in.settle(session, succeeds=False)
    till.post_all()
    till.work()
    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("pending_payment", "failed")

    again = till.start(booking_id)
    till.stand_in.pay(again)
    till.post_all()
    till.work()

    assert again != session
    assert (status_of(booking_id), [each[1] for each in list_payments(booking_id)]) == (
        "confirmed", ["failed", "received"],
    )  # fmt: skip


def test_expired_page_frees_the_place(till, account_id):
    booking_id = book_with_deposit(till)
    till.start(booking_id)

    till.pass_by(timedelta(hours=1))
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("expired", "expired")
    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_silent_payment_is_asked_for_after_a_quarter_of_an_hour(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    till.stand_in.postman.take_all()  # every event is lost

    till.pass_by(timedelta(minutes=14))
    till.work()
    before = status_of(booking_id)
    till.pass_by(timedelta(minutes=1))
    till.work()

    assert (before, status_of(booking_id)) == ("pending_payment", "confirmed")


def lose_place(till, booking_id) -> str:
    """Let a customer pay on a page that is open for longer than the place is kept."""
    session = till.start(booking_id)
    till.pass_by(timedelta(minutes=41))
    till.stand_in.world.things[session]["expires_at"] += 7200
    Payment.objects.filter(booking_id=booking_id).update(expires_at=till.moment + timedelta(hours=1))
    return session


def test_late_payment_takes_its_place_again_when_it_is_free(till, account_id):
    booking_id = book_with_deposit(till)
    session = lose_place(till, booking_id)
    till.stand_in.pay(session)
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id)) == ("confirmed", [])
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_late_payment_whose_place_is_taken_goes_back(till, account_id):
    booking_id = book_with_deposit(till)
    session = lose_place(till, booking_id)
    till.stand_in.pay(session)
    book(get_booking(booking_id=booking_id).service_id, MONDAY, now=till.moment)  # somebody else, who pays as well
    till.work()

    assert status_of(booking_id) == "expired"
    assert list_payments(booking_id)[0] == ("stripe", "received", 30_000, 30_000)
    assert list_refunds(booking_id) == [(30_000, "done", "late")]
    assert (add_up(), count_captured(till.stand_in)) == ({"stripe": 0, "prepaid": 0}, 0)


def test_late_payment_after_its_visit_goes_back(till, account_id):
    booking_id = book_with_deposit(till, starts_at=NOW + timedelta(hours=2))
    session = lose_place(till, booking_id)
    till.stand_in.pay(session)
    till.pass_by(timedelta(hours=2))
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id)) == ("expired", [(30_000, "done", "late")])


def test_canceled_booking_closes_its_page(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)

    cancel_booking(booking_id=booking_id, now=till.moment, by=STAFF, reason="Cerramos")
    till.work()

    assert till.stand_in.world.things[session]["status"] == "expired"
    assert list_payments(booking_id) == [("stripe", "closed", 30_000, 0)]


def test_payment_that_was_faster_than_the_cancellation_goes_back(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))

    cancel_booking(booking_id=booking_id, now=till.moment, by=STAFF, reason="Cerramos")
    till.work()

    assert list_refunds(booking_id) == [(30_000, "done", "late")]
    assert count_captured(till.stand_in) == 0


def test_transfer_and_card_at_the_same_time_are_paid_once(till, account_id):
    take_transfers()
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))

    receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    assert status_of(booking_id) == "confirmed"
    assert list_payments(booking_id) == [
        ("stripe", "received", 30_000, 30_000),
        ("bank_transfer", "received", 30_000, 0),
    ]
    assert count_captured(till.stand_in) == 0


def test_card_that_nobody_opened_may_come_by_transfer(till, account_id):
    booking_id = book_with_deposit(till)

    receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)

    assert list_payments(booking_id) == [("bank_transfer", "received", 30_000, 0)]


def test_waived_deposit_closes_the_page(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)

    waive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    assert (status_of(booking_id), till.stand_in.world.things[session]["status"]) == ("confirmed", "expired")


def test_call_without_an_answer_is_repeated_with_the_same_key(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3
    with pytest.raises(OutcomeUnknown):
        till.start(booking_id)

    till.start(booking_id)

    assert len(list(till.stand_in.world.find_all("checkout.session", account_id))) == 1
    assert len(list_payments(booking_id)) == 1


def test_call_without_an_answer_long_ago_is_made_anew(till, account_id):
    take_transfers()  # the place waits for hours
    booking_id = book_with_deposit(till)
    till.stand_in.faults += [Fault.BREAK_BEFORE] * 3
    with pytest.raises(OutcomeUnknown):
        till.start(booking_id)
    Payment.objects.filter(booking_id=booking_id).update(expires_at=till.moment + timedelta(minutes=20))

    till.start(booking_id)

    assert [each[1] for each in list_payments(booking_id)] == ["failed", "open"]


def test_page_that_leads_back_elsewhere_has_a_key_of_its_own(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3
    with pytest.raises(OutcomeUnknown):
        till.start(booking_id)

    start_card_payment(booking_id=booking_id, back=replace(BACK, language="en"), now=till.moment)

    assert [each[1] for each in list_payments(booking_id)] == ["failed", "open"]


def test_two_pages_that_open_at_once_in_two_languages_lead_to_the_same(till, account_id, monkeypatch):
    booking_id, start, faster = book_with_deposit(till), StripeDoor.start, []

    def start_(door, order):
        if not faster:
            faster.append("")
            faster[0] = start_card_payment(booking_id=booking_id, back=replace(BACK, language="en"), now=till.moment)
        return start(door, order)

    monkeypatch.setattr(StripeDoor, "start", start_)

    url = start_card_payment(booking_id=booking_id, back=BACK, now=till.moment)

    assert ([url], list_payments(booking_id)) == (faster, [("stripe", "open", 30_000, 0)])


def test_refused_opening_is_tried_anew(till, account_id):
    booking_id = book_with_deposit(till)
    accounts.change_state(till.stand_in.world, account_id, "restricted")
    with pytest.raises(AccountUnusable):
        till.start(booking_id)
    accounts.change_state(till.stand_in.world, account_id, "active")
    with pytest.raises(CardNotOffered):  # it is known to take none, until somebody hears otherwise
        till.start(booking_id)
    till.post_all()
    till.work()

    till.start(booking_id)

    assert [each[1] for each in list_payments(booking_id)] == ["failed", "open"]


def test_payment_that_was_called_off_while_it_was_opened_is_closed(till, account_id, monkeypatch):
    booking_id = book_with_deposit(till)
    make = opening._make_order

    def make_slowly(*given):
        cancel_booking(booking_id=booking_id, now=till.moment, by=STAFF, reason="Cerramos")
        till.work()
        return make(*given)

    monkeypatch.setattr(opening, "_make_order", make_slowly)
    session = till.start(booking_id)
    till.work()

    assert till.stand_in.world.things[session]["status"] == "expired"


def fail_once(till, booking_id: int) -> None:
    session = till.start(booking_id)
    till.stand_in.pay(session, "slow")
    till.stand_in.settle(session, succeeds=False)
    till.post_all()
    till.work()


def test_nobody_keeps_a_place_for_ever_by_opening_payments(till, account_id, monkeypatch):
    monkeypatch.setattr(opening, "MOST_ATTEMPTS", 1)
    booking_id = book_with_deposit(till)
    fail_once(till, booking_id)
    till.pass_by(timedelta(minutes=15))
    before = get_booking(booking_id=booking_id).hold_expires_at

    with pytest.raises(CardNotOffered):
        till.start(booking_id)
    assert (len(list_payments(booking_id)), get_booking(booking_id=booking_id).hold_expires_at) == (1, before)


@pytest.mark.parametrize("error", [AmountRefused, OutcomeUnknown])
def test_nobody_keeps_a_place_for_ever_by_what_is_refused(till, account_id, monkeypatch, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr(opening, "MOST_ATTEMPTS", 2)
    monkeypatch.setattr(opening, "_make_order", refuse)
    monkeypatch.setattr(opening, "stand_by", lambda *_, **__: None)  # keeps a place a day at most
    booking_id = book_with_deposit(till)
    begun, kept = till.moment, []
    for each in (error, error, CardNotOffered):
        till.moment += timedelta(minutes=20)
        with pytest.raises(each):
            till.start(booking_id)
        kept.append(get_booking(booking_id=booking_id).hold_expires_at - begun)

    assert kept == [timedelta(minutes=51), timedelta(minutes=71), timedelta(minutes=71)]


def test_link_to_pay_works_as_long_as_the_place_waits_however_often_it_was_opened(till, account_id, monkeypatch):
    monkeypatch.setattr(opening, "MOST_ATTEMPTS", 1)
    booking_id = book_with_deposit(till)
    until = till.moment + timedelta(days=2)
    Booking.objects.filter(pk=booking_id).update(hold_expires_at=until)
    for _ in range(2):
        fail_once(till, booking_id)
        till.pass_by(timedelta(minutes=15))
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert status_of(booking_id) == "confirmed"


@pytest.mark.parametrize("amount_minor", [500, 10**12])
def test_amount_that_the_provider_does_not_take_is_not_offered(till, account_id, amount_minor):
    booking_id = book_with_deposit(till)
    Booking.objects.filter(pk=booking_id).update(deposit_minor=amount_minor)  # asked when a transfer was possible

    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_closed_door_opens_no_payment(till, account_id):
    booking_id = book_with_deposit(till)
    switch_cards(is_on=False, by=STAFF, now=till.moment)

    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_place_that_is_gone_opens_no_payment(till, account_id):
    booking_id = book_with_deposit(till)
    till.pass_by(timedelta(minutes=41))

    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_amount_that_was_not_asked_settles_nothing(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    Payment.objects.filter(booking_id=booking_id).update(amount_minor=29_999)

    with pytest.raises(AmountDiffers):
        look_at_payment(find(booking_id).pk, till.moment)

    assert (status_of(booking_id), add_up()) == ("pending_payment", {})


def test_page_and_worker_and_event_settle_once(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    payment_id = find(booking_id).pk

    assert look_at_deposit(booking_id=booking_id, now=till.moment) == PaymentState.RECEIVED
    assert look_at_payment(payment_id, till.moment) == PaymentState.RECEIVED
    till.post_all()
    till.work()

    assert look_at_deposit(booking_id=booking_id, now=till.moment) is None
    assert (list_payments(booking_id), add_up()) == (
        [("stripe", "received", 30_000, 0)], {"stripe": 30_000, "prepaid": -30_000},
    )  # fmt: skip


def test_provider_is_asked_no_more_often_than_needed(till, account_id):
    booking_id = book_with_deposit(till)
    till.start(booking_id)
    look_at_deposit(booking_id=booking_id, now=till.moment)
    till.stand_in.pay(find(booking_id).provider_started_id)

    assert look_at_deposit(booking_id=booking_id, now=till.moment) == PaymentState.OPEN


def test_unknown_payment_is_none_of_the_provider(till, account_id):
    assert look_at_payment(0, till.moment) is None


def test_silent_provider_is_asked_again(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    till.stand_in.faults += [Fault.ERROR] * 3
    till.pass_by(timedelta(minutes=15))
    till.work()
    before = status_of(booking_id)

    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before, status_of(booking_id)) == ("pending_payment", "confirmed")


def test_account_that_is_gone_is_asked_for_a_week_and_no_longer(till, account_id):
    booking_id = book_with_deposit(till)
    till.start(booking_id)
    accounts.disconnect(till.stand_in.world, account_id)
    till.stand_in.postman.take_all()

    till.pass_by(timedelta(minutes=15))
    till.work()
    till.pass_by(timedelta(days=9))
    till.work()

    assert status_of(booking_id) == "expired"


def test_customer_who_cancels_in_time_gets_the_deposit_back_at_the_provider(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.work()

    assert list_refunds(booking_id) == [(30_000, "done", "policy")]
    assert (add_up(), count_captured(till.stand_in)) == ({"stripe": 0, "prepaid": 0}, 0)


def test_found_twice_at_the_same_moment_is_received_once(till, account_id):
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id))
    payment = find(booking_id)
    found = looking._ask(payment)

    for _ in range(2):
        settle_payment(payment_id=payment.pk, found=found, now=till.moment)

    assert add_up() == {"stripe": 30_000, "prepaid": -30_000}


def test_what_is_open_at_the_provider_is_not_given_up(till, account_id):
    booking_id = book_with_deposit(till)
    till.start(booking_id)

    opening._give_up(find(booking_id).pk, now=till.moment)

    assert list_payments(booking_id)[0][1] == "open"


def test_transfer_after_the_page_has_expired_goes_back(till, account_id):
    booking_id = book_with_deposit(till)
    till.start(booking_id)
    till.pass_by(timedelta(hours=1))
    till.work()

    receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF)

    assert list_payments(booking_id) == [
        ("stripe", "expired", 30_000, 0), ("bank_transfer", "received", 30_000, 30_000),
    ]  # fmt: skip
