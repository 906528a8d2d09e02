"""A visit that grew after its deposit was paid by card: what comes is a part of what is due, and no more is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Payment, Refund
from billing.services.asking import ask_for_deposit
from billing.services.cards.looking import look_at_payment
from billing.services.cards.refunding import send_refund
from billing.services.credits.offering import cancel_for_credit, switch_credit
from billing.services.credits.spending import apply_credit
from billing.services.payments import waive_deposit
from billing.services.repricing import follow_price
from devtools.stripe_server import money
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Customer, Resource
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.services.bookings.transitions import approve
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import DepositChoice, VisitChange
from tests.factories.billing import add_up, take_transfers, tell_events
from tests.factories.cards import book_with_deposit, list_payments, list_refunds, status_of
from tests.factories.scheduling import CUSTOMER, STAFF, make_service


@pytest.fixture
def booking_id(till, account_id):
    """Somebody has paid a deposit of 300."""
    made = book_with_deposit(till)
    pay(till, made)
    return made


@pytest.fixture
def color(booking_id):
    """Another service of the same person, with a deposit of 150."""
    return make_more(booking_id, 15_000)


def make_more(booking_id: int, deposit_minor: int) -> int:
    person = Resource.objects.order_by("-pk")[0]
    return make_service(
        (person.pk,), price_minor=50_000, deposit_kind="fixed" if deposit_minor else "none", deposit_minor=deposit_minor
    )


def pay(till, booking_id: int) -> None:
    till.stand_in.pay(till.start(booking_id))
    hear(till)


def hear(till) -> None:
    till.post_all()
    till.work()


def change(till, booking_id: int, *more: int) -> None:
    first = Booking.objects.get(pk=booking_id).service_id
    wanted = VisitChange(service_ids=(first, *more))
    change_visit(booking_id=booking_id, change=wanted, by=STAFF, now=till.moment)
    till.work()


def take_back(till, booking_id: int):
    """The bank takes what was paid first; we hear of it."""
    payment = Payment.objects.filter(booking_id=booking_id).order_by("pk").first()
    intent = till.stand_in.world.things[payment.provider_payment_id]
    dispute = money.open_dispute(till.stand_in.world, till.stand_in.world.things[intent["latest_charge"]])
    hear(till)
    return dispute


def test_what_was_paid_on_an_older_page_is_a_part_of_what_is_due(till, booking_id, color):
    change(till, booking_id, color)
    session = till.start(booking_id)
    waive_deposit(booking_id=booking_id, now=till.moment, by=STAFF, reason="Clienta de años")
    services = (Booking.objects.get(pk=booking_id).service_id, color, make_more(booking_id, 40_000))
    change_visit(booking_id=booking_id, change=VisitChange(service_ids=services), by=STAFF, now=till.moment)
    till.stand_in.pay(session)  # nobody has closed it yet
    hear(till)

    booking = get_booking(booking_id=booking_id)
    assert (booking.status, booking.deposit_minor) == ("pending_payment", 70_000)
    assert [each[1:3] for each in list_payments(booking_id) if each[1] in {"received", "open"}] == [
        ("received", 30_000), ("received", 15_000), ("open", 25_000),
    ]  # fmt: skip

    pay(till, booking_id)

    assert (status_of(booking_id), list_refunds(booking_id), add_up()["prepaid"]) == ("confirmed", [], -70_000)


def test_what_comes_first_of_a_part_that_nobody_asked_anew_is_asked_by_the_same_door(till, booking_id, color):
    change(till, booking_id, color)
    session = till.start(booking_id)
    Booking.objects.filter(pk=booking_id).update(deposit_minor=60_000)  # nobody has looked since
    till.stand_in.pay(session)
    hear(till)

    assert (status_of(booking_id), list_payments(booking_id)[1:]) == (
        "pending_payment", [("stripe", "received", 15_000, 0), ("stripe", "open", 15_000, 0)],
    )  # fmt: skip


def test_part_that_comes_too_late_takes_no_place_again_alone(till, booking_id, color):
    change(till, booking_id, color)
    session = till.start(booking_id)
    till.stand_in.pay(session)
    till.stand_in.postman.take_all()  # the word of it is lost
    till.pass_by(timedelta(minutes=41))
    expire_hold(booking_id, till.moment)
    tell_events()
    send_refund(Refund.objects.get().pk, till.moment)
    look_at_payment(Payment.objects.get(provider_started_id=session).pk, till.moment)
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id)) == (
        "expired", [(30_000, "done", "late"), (15_000, "done", "late")],
    )  # fmt: skip
    assert add_up() == {"stripe": 0, "prepaid": 0}


def test_late_part_takes_the_place_again_with_what_was_not_sent_back_yet(till, booking_id, color):
    change(till, booking_id, color)
    session = till.start(booking_id)
    till.stand_in.pay(session)
    till.stand_in.postman.take_all()  # the word of it is lost
    limit = get_booking(booking_id=booking_id).hold_expires_at
    Payment.objects.filter(booking_id=booking_id).update(checked_at=limit)
    till.moment = limit
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)) == (
        "confirmed", [("stripe", "received", 30_000, 0), ("stripe", "received", 15_000, 0)],
    )  # fmt: skip


def test_visit_waits_for_what_the_bank_took_as_well(till, booking_id, color):
    change(till, booking_id, color)
    dispute = take_back(till, booking_id)
    open_then = [each[2] for each in list_payments(booking_id) if each[1] == "open"]
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert (open_then, [each[2] for each in list_payments(booking_id) if each[1] == "open"]) == ([45_000], [15_000])
    assert status_of(booking_id) == "pending_payment"


def test_dispute_that_is_won_confirms_the_visit_that_was_to_be_paid_again(till, booking_id):
    dispute = take_back(till, booking_id)
    ask_for_deposit(booking_id=booking_id, amount_minor=30_000, pay_by=None, now=till.moment, by=STAFF)
    till.work()
    before = status_of(booking_id)
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert (before, status_of(booking_id)) == ("pending_payment", "confirmed")
    assert [each[1] for each in list_payments(booking_id)] == ["received", "closed"]


def test_what_the_bank_has_goes_back_of_a_smaller_visit_once_it_returns(till, booking_id, color):
    change(till, booking_id, color)
    pay(till, booking_id)
    dispute = take_back(till, booking_id)
    change(till, booking_id)
    at_once = list_refunds(booking_id)
    money.close_dispute(till.stand_in.world, dispute, is_won=True)
    hear(till)

    assert at_once == [(15_000, "dropped", "changed")]
    assert list_refunds(booking_id) == [*at_once, (15_000, "done", "changed")]
    assert add_up()["prepaid"] == -30_000


@pytest.mark.parametrize("is_first_won", [True, False])
def test_deposit_that_was_paid_twice_and_taken_twice_is_kept_once(till, booking_id, is_first_won):
    first = Payment.objects.get(booking_id=booking_id)
    session = till.start(book_with_deposit(till))
    twice = Payment.objects.get(provider_started_id=session)
    Payment.objects.filter(pk=twice.pk).update(booking_id=booking_id, attempt=2)
    till.stand_in.pay(session)
    things = till.stand_in.world.things
    session_intent = things[things[session]["payment_intent"]]
    second_taken = money.open_dispute(till.stand_in.world, things[session_intent["latest_charge"]])
    first_taken = money.open_dispute(till.stand_in.world, things[things[first.provider_payment_id]["latest_charge"]])
    hear(till)
    disputes = (first_taken, second_taken) if is_first_won else (second_taken, first_taken)
    for each in disputes:
        money.close_dispute(till.stand_in.world, each, is_won=True)
        hear(till)

    gone = sum(each[0] for each in list_refunds(booking_id) if each[1] == "done")
    assert (gone, add_up()["prepaid"]) == (30_000, -30_000)


def test_difference_that_is_too_small_for_a_card_is_paid_at_the_visit(till, booking_id):
    change(till, booking_id, make_more(booking_id, 600))

    booking = get_booking(booking_id=booking_id)
    assert (booking.status, booking.deposit_minor, booking.price_minor) == ("confirmed", 30_000, 150_000)
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_difference_that_is_small_is_asked_for_where_it_can_be_transferred(till, booking_id):
    take_transfers()
    change(till, booking_id, make_more(booking_id, 600))

    assert (status_of(booking_id), list_payments(booking_id)[-1][1:3]) == ("pending_payment", ("open", 600))


def test_rest_of_a_deposit_that_is_too_small_for_a_card_is_left_out(till, booking_id):
    switch_credit(is_on=True, by=STAFF, now=till.moment)
    cancel_for_credit(booking_id=booking_id, by=CUSTOMER, now=till.moment)
    till.work()
    other = book_with_deposit(till, deposit_minor=30_900)
    Booking.objects.filter(pk=other).update(customer=Booking.objects.get(pk=booking_id).customer)
    apply_credit(booking_id=other, now=till.moment, by=STAFF)
    till.work()

    booking = get_booking(booking_id=other)
    assert (booking.status, booking.deposit_minor, booking.agreed.deposit_waived_minor) == ("confirmed", 30_000, 900)
    assert [each[:3] for each in list_payments(other)] == [
        ("stripe", "closed", 30_900), ("credit", "received", 30_000),
    ]  # fmt: skip


def test_visit_whose_rest_becomes_too_small_for_a_card_waits_no_longer(till, booking_id, color):
    change(till, booking_id, color)
    Booking.objects.filter(pk=booking_id).update(deposit_minor=30_500)  # the price was corrected
    follow_price(booking_id=booking_id, now=till.moment)
    till.work()

    booking = get_booking(booking_id=booking_id)
    assert (booking.status, booking.deposit_minor, booking.agreed.deposit_waived_minor) == ("confirmed", 30_000, 500)
    assert [each[1] for each in list_payments(booking_id)] == ["received", "closed"]


def test_card_payment_that_leaves_too_little_to_ask_for_is_enough(till, booking_id, color):
    change(till, booking_id, color)
    session = till.start(booking_id)
    Booking.objects.filter(pk=booking_id).update(deposit_minor=45_300)  # nobody has looked since
    till.stand_in.pay(session)
    hear(till)

    assert (status_of(booking_id), get_booking(booking_id=booking_id).deposit_minor) == ("confirmed", 45_000)
    assert list_refunds(booking_id) == []


@pytest.mark.parametrize("is_more", [True, False])
def test_deposit_that_is_being_taken_is_not_changed(till, account_id, is_more):
    booking_id = book_with_deposit(till, approval="request", answer_within_minutes=30 * 24 * 60)
    pay(till, booking_id)
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    other = make_more(booking_id, 15_000)
    first = Booking.objects.get(pk=booking_id).service_id
    wanted = VisitChange(service_ids=(first, other) if is_more else (other,))
    with pytest.raises(RequestInvalid) as refused:
        change_visit(booking_id=booking_id, change=wanted, by=STAFF, now=till.moment)
    till.work()
    before = (status_of(booking_id), list_payments(booking_id)[0][1])
    change_visit(booking_id=booking_id, change=wanted, by=STAFF, now=till.moment)
    till.work()

    assert (set(refused.value.errors), before) == ({"services"}, ("confirmed", "received"))
    assert get_booking(booking_id=booking_id).deposit_minor == (45_000 if is_more else 15_000)


def test_deposit_that_is_being_taken_is_no_reason_against_another_visit(till, account_id):
    booking_id = book_with_deposit(till, approval="request", answer_within_minutes=30 * 24 * 60)
    pay(till, booking_id)
    approve(booking_id=booking_id, now=till.moment, by=STAFF)
    change_visit(
        booking_id=booking_id,
        change=VisitChange(service_ids=(Booking.objects.get(pk=booking_id).service_id, make_more(booking_id, 15_000))),
        by=STAFF,
        now=till.moment,
        deposit=DepositChoice(is_asked=False, reason="Cliente de años"),
    )
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)) == ("confirmed", [("stripe", "received", 30_000, 0)])


def test_card_is_let_go_of_who_must_prepay_by_now(till, account_id):
    booking_id = book_with_deposit(till, is_deposit_on_card=True)
    till.stand_in.pay(till.start(booking_id))
    hear(till)
    before = (status_of(booking_id), list_payments(booking_id)[0][1])
    Customer.objects.update(booking_level="must_prepay", level_reason="x")
    change(till, booking_id, make_more(booking_id, 0))

    booking = get_booking(booking_id=booking_id)
    assert (before, booking.status, booking.agreed.is_on_card) == (("confirmed", "reserved"), "pending_payment", False)
    assert [each[1:3] for each in list_payments(booking_id)] == [("closed", 30_000), ("open", 80_000)]


def test_card_stays_where_staff_leaves_the_difference_out(till, account_id):
    booking_id = book_with_deposit(till, is_deposit_on_card=True)
    till.stand_in.pay(till.start(booking_id))
    hear(till)
    Customer.objects.update(booking_level="must_prepay", level_reason="x")
    services = (Booking.objects.get(pk=booking_id).service_id, make_more(booking_id, 0))
    without = DepositChoice(is_asked=False, reason="Cliente de años")
    wanted = VisitChange(service_ids=services)
    change_visit(booking_id=booking_id, change=wanted, by=STAFF, now=till.moment, deposit=without)
    till.work()

    booking = get_booking(booking_id=booking_id)
    assert (booking.status, booking.deposit_minor, booking.agreed.is_on_card) == ("confirmed", 30_000, True)
    assert [each[1] for each in list_payments(booking_id)] == ["reserved"]
