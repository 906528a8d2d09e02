"""The deposit of a booking that becomes another visit: what is missing is asked for, what is too much goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.engine import Split
from billing.models import Payment, Refund
from billing.policies import compute_fee
from billing.selectors.asking import find_asked_deposit, find_due
from billing.selectors.payments import list_payments_of, preview_cancellation
from billing.services.cards.refunding import _drop
from billing.services.cards.settling import _find_again
from billing.services.changing import MoneyOfChange, describe_change
from billing.services.payments import receive_deposit, waive_deposit
from notifications.models import Event, Message
from notifications.services.outbox import process_event, process_event_later
from scheduling.enums import BookingStatus, DepositKind
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Customer, Resource, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.contents.changes import change_visit, preview_change
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import DepositChoice, VisitChange
from tests.factories.billing import add_up, make_received, make_refund, take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, book, make_place, make_resource, make_service

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def eva(tenant) -> int:
    take_transfers()
    return make_resource(make_place(), "Eva")


@pytest.fixture
def cut(eva) -> int:
    """1000, of which 300 in advance."""
    return make_service((eva,), price_minor=1000, deposit_kind=DepositKind.PERCENT, deposit_percent=30)


@pytest.fixture
def color(eva) -> int:
    """500, of which 150 in advance."""
    return make_service((eva,), price_minor=500, deposit_kind=DepositKind.PERCENT, deposit_percent=30)


@pytest.fixture
def paid(cut) -> int:
    booking_id = book(cut).booking_id
    tell_events()
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    tell_events()
    return booking_id


def change(booking_id, *services, by=CUSTOMER, now=LATER, **values):
    made = change_visit(booking_id=booking_id, change=VisitChange(service_ids=services), by=by, now=now, **values)
    tell_events()
    return made


def list_payments() -> list[tuple]:
    return list(Payment.objects.order_by("pk").values_list("state", "amount_minor", "refunded_minor"))


def read(booking_id) -> tuple:
    booking = get_booking(booking_id=booking_id)
    return booking.status, booking.deposit_minor


def test_difference_is_asked_for_and_confirms_the_visit_again(paid, cut, color):
    change(paid, cut, color)

    booking = get_booking(booking_id=paid)
    asked = find_asked_deposit(booking, now=LATER)
    assert (read(paid), asked.amount_minor) == (("pending_payment", 450), 150)
    assert find_due(booking, list_payments_of(booking_id=paid)) == 150
    assert list_payments() == [("received", 300, 0), ("open", 150, 0)]
    assert Message.objects.filter(template="deposit_requested").count() == 2

    receive_deposit(booking_id=paid, now=LATER, by=STAFF)
    tell_events()

    assert (read(paid), list_payments()) == (
        ("confirmed", 450),
        [("received", 300, 0), ("received", 150, 0)],
    )
    assert add_up()["prepaid"] == -450


def test_difference_that_nobody_pays_ends_the_visit_and_gives_all_back(paid, cut, color):
    change(paid, cut, color)
    limit = get_booking(booking_id=paid).hold_expires_at
    expire_hold(paid, limit)
    tell_events()

    assert read(paid)[0] == "expired"
    assert list_payments() == [("received", 300, 300), ("expired", 150, 0)]


@pytest.mark.parametrize("terms", [{"is_deposit_fee": True}, {"refund_kept_percent": 40}])
def test_customer_lets_no_visit_wait_for_more_when_canceling_costs_something(paid, cut, color, terms):
    late = {"refund_free_minutes": 60 * 24 * 30} | terms
    Booking.objects.update(policy=Booking.objects.get().policy | late)

    with pytest.raises(RequestInvalid) as refused:
        change(paid, cut, color)
    change(paid, cut, color, by=STAFF)

    assert list(refused.value.errors) == ["services"]
    assert read(paid)[0] == "pending_payment"


@pytest.mark.parametrize("by", [CUSTOMER, STAFF])
def test_what_went_back_of_a_smaller_visit_is_no_part_of_what_is_shared(paid, cut, color, by):
    change(paid, color, by=by)
    terms = {"refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 40}
    Booking.objects.update(policy=Booking.objects.get().policy | terms)
    booking, payments = get_booking(booking_id=paid), list_payments_of(booking_id=paid)
    said = preview_cancellation(booking, payments, at=LATER)

    cancel_booking(booking_id=paid, now=LATER, by=CUSTOMER)
    tell_events()

    assert (said, list_payments()) == (Split(back_minor=90, kept_minor=60), [("received", 300, 150 + 90)])
    assert Payment.objects.get().kept_minor == 60


def test_smaller_visit_that_is_called_off_and_restored_still_owes_what_is_too_much(paid, cut, color):
    change(paid, color, by=STAFF)
    cancel_booking(booking_id=paid, now=LATER, by=STAFF, reason="Enferma")
    tell_events()
    undo_step(booking_id=paid, status="cancelled", now=LATER, by=STAFF)
    tell_events()

    assert (read(paid), list_payments()) == (("confirmed", 150), [("received", 300, 150)])
    assert list(Refund.objects.exclude(state="dropped").values_list("cause", "amount_minor")) == [("changed", 150)]


def test_who_arrives_before_a_worker_looks_gets_back_what_is_too_much(paid, cut, color):
    change_visit(booking_id=paid, change=VisitChange(service_ids=(color,)), by=STAFF, now=LATER)
    Booking.objects.update(status="arrived")
    tell_events()

    assert list_payments() == [("received", 300, 150)]


def test_waiving_the_rest_keeps_what_was_paid(paid, cut, color):
    change(paid, cut, color)
    waive_deposit(booking_id=paid, now=LATER, by=STAFF, reason="Clienta de años")
    tell_events()

    assert read(paid) == ("confirmed", 300)
    assert get_booking(booking_id=paid).agreed.deposit_waived_minor == 150


def test_called_off_and_restored_keeps_both_parts(paid, cut, color):
    change(paid, cut, color)
    receive_deposit(booking_id=paid, now=LATER, by=STAFF)
    cancel_booking(booking_id=paid, now=LATER, by=STAFF, reason="Enferma")
    tell_events()
    assert [each[2] for each in list_payments()] == [300, 150]

    undo_step(booking_id=paid, status="cancelled", now=LATER, by=STAFF)
    tell_events()

    assert (read(paid), list_payments()) == (("confirmed", 450), [("received", 300, 0), ("received", 150, 0)])


@pytest.mark.parametrize(
    ("by", "terms", "back"),
    [
        (CUSTOMER, {}, 150),
        (CUSTOMER, {"refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 40}, 90),
        (CUSTOMER, {"is_deposit_fee": True}, 0),
        (STAFF, {"refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 40}, 150),
    ],
)
def test_what_is_too_much_goes_back_by_the_terms_agreed(paid, cut, color, by, terms, back):
    before = get_booking(booking_id=paid)
    Booking.objects.update(policy=Booking.objects.get().policy | terms)
    before = get_booking(booking_id=paid)
    wanted = VisitChange(service_ids=(color,))
    after = preview_change(booking_id=paid, change=wanted, by=by, now=LATER)
    said = describe_change(before, after, by=by.kind, now=LATER)

    change(paid, color, by=by)

    assert (read(paid), list_payments()) == (("confirmed", 150), [("received", 300, back)])
    assert (said.back_minor, said.kept_minor, said.due_minor) == (back, 150 - back, 0)


def test_event_that_is_heard_twice_gives_back_once(paid, cut, color):
    Booking.objects.update(
        policy=Booking.objects.get().policy | {"refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 40}
    )
    change(paid, color)
    event = Event.objects.get(kind="booking.changed")
    Event.objects.filter(pk=event.pk).update(processed_at=None)
    process_event(event.pk, LATER)

    assert list_payments() == [("received", 300, 90)]
    assert Refund.objects.count() == 1


def test_what_stayed_counts_when_the_visit_grows_again(paid, cut, color):
    Booking.objects.update(
        policy=Booking.objects.get().policy | {"refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 100}
    )
    change(paid, color)
    change(paid, cut, by=STAFF, now=LATER + timedelta(minutes=1))

    assert (read(paid), list_payments()) == (("confirmed", 300), [("received", 300, 0)])


LATE_TERMS = {"refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 40}


@pytest.mark.parametrize("order", [(STAFF, CUSTOMER), (CUSTOMER, STAFF)])
def test_each_of_two_changes_that_are_heard_late_shares_its_own(cut, color, order):
    booking_id = book((cut, color)).booking_id
    tell_events()
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    tell_events()
    Booking.objects.update(policy=Booking.objects.get().policy | LATE_TERMS | {"refund_kept_percent": 100})
    for who, services in zip(order, ((cut,), (color,)), strict=True):
        change_visit(booking_id=booking_id, change=VisitChange(service_ids=services), by=who, now=LATER)
    tell_events()

    assert (read(booking_id), list_payments()) == (("confirmed", 150), [("received", 450, 150)])
    assert Payment.objects.get().stays_minor == 150


def test_what_stayed_of_a_smaller_visit_is_not_shared_once_more(paid, cut, color):
    Booking.objects.update(policy=Booking.objects.get().policy | LATE_TERMS)
    change(paid, color)
    Booking.objects.update(policy=Booking.objects.get().policy | LATE_TERMS)  # those of the new service are stricter
    booking, payments = get_booking(booking_id=paid), list_payments_of(booking_id=paid)
    said = preview_cancellation(booking, payments, at=LATER)

    cancel_booking(booking_id=paid, now=LATER, by=CUSTOMER)
    tell_events()

    assert list_payments() == [("received", 300, 90 + 90)]
    assert (said, Payment.objects.get().kept_minor) == (Split(back_minor=90, kept_minor=120), 120)


def test_what_stayed_goes_back_when_the_business_calls_off(paid, cut, color):
    Booking.objects.update(policy=Booking.objects.get().policy | LATE_TERMS)
    change(paid, color)
    cancel_booking(booking_id=paid, now=LATER, by=STAFF, reason="Enferma")
    tell_events()

    assert list_payments() == [("received", 300, 300)]


def test_what_stayed_is_a_part_of_the_deposit_again_when_that_grows(paid, cut, color):
    Booking.objects.update(policy=Booking.objects.get().policy | LATE_TERMS | {"refund_kept_percent": 100})
    change(paid, color)
    stayed = Payment.objects.get().stays_minor
    change(paid, cut, by=STAFF, now=LATER + timedelta(minutes=1))

    assert (stayed, Payment.objects.get().stays_minor) == (150, 0)


def test_staff_leaves_the_difference_out_with_a_reason(paid, cut, color):
    with pytest.raises(RequestInvalid):
        change(paid, cut, color, by=STAFF, deposit=DepositChoice(is_asked=False))
    change(paid, cut, color, by=STAFF, deposit=DepositChoice(is_asked=False, reason="Cliente de siempre"))

    assert (read(paid), list_payments()) == (("confirmed", 300), [("received", 300, 0)])
    booking = Booking.objects.get()
    assert (booking.policy["deposit_waived_minor"], booking.history.latest().history_change_reason) == (
        150,
        "Cliente de siempre",
    )


def test_staff_says_until_when_it_waits(paid, cut, color):
    until = LATER + timedelta(days=2)

    change(paid, cut, color, by=STAFF, deposit=DepositChoice(pay_by=until))

    assert get_booking(booking_id=paid).hold_expires_at == until


def test_visit_that_has_begun_waits_for_nothing(paid, cut, color):
    with pytest.raises(RequestInvalid) as refused:
        change(paid, cut, color, by=STAFF, now=MONDAY)

    assert (set(refused.value.errors), read(paid)) == ({"deposit"}, ("confirmed", 300))


def test_deposit_of_what_stays_is_as_agreed(paid, cut, color):
    Service.objects.filter(pk=cut).update(deposit_percent=100)

    change(paid, cut, color)

    assert read(paid) == ("pending_payment", 450)


def test_request_keeps_its_deposit_and_costs_no_less_than_that(eva, cut):
    asked = make_service((eva,), price_minor=1000, deposit_kind="fixed", deposit_minor=400, approval="request")
    cheap = make_service((eva,), price_minor=100)
    booking_id = book(asked).booking_id
    tell_events()
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    tell_events()
    assert read(booking_id) == ("pending_approval", 400)

    change(booking_id, asked, cut)
    assert read(booking_id) == ("pending_approval", 400)
    with pytest.raises(RequestInvalid):
        change(booking_id, cheap)
    assert list_payments() == [("received", 400, 0)]


def test_preview_of_growth_says_what_is_due_until_when(paid, cut, color):
    before = get_booking(booking_id=paid)
    after = preview_change(booking_id=paid, change=VisitChange(service_ids=(cut, color)), by=CUSTOMER, now=LATER)

    said = describe_change(before, after, by=CUSTOMER.kind, now=LATER)

    assert (said.due_minor, said.back_minor, said.pay_by) == (150, 0, after.hold_expires_at)
    assert (read(paid), Payment.objects.count()) == (("confirmed", 300), 1)


def test_card_stands_for_no_more_than_was_agreed_and_for_less_when_less_is_left(paid, cut, color):
    Booking.objects.update(
        policy=Booking.objects.get().policy | {"is_on_card": True, "refund_free_minutes": 60 * 24 * 30}
    )

    change(paid, cut, color)
    assert (read(paid), list_payments()) == (("confirmed", 300), [("received", 300, 0)])
    change(paid, color, now=LATER + timedelta(minutes=1))
    assert (read(paid), list_payments()) == (("confirmed", 150), [("received", 300, 0)])
    cancel_booking(booking_id=paid, now=MONDAY, by=STAFF, reason="", cause="told")
    assert compute_fee(300, get_booking(booking_id=paid)) == 150


def test_what_staff_left_out_is_not_taken_off_twice(paid, cut, color):
    change(paid, cut, color, by=STAFF, deposit=DepositChoice(is_asked=False, reason="Cliente de siempre"))
    change(paid, color, by=STAFF, now=LATER + timedelta(minutes=1))

    assert (read(paid), list_payments()) == (("confirmed", 150), [("received", 300, 150)])


def test_who_must_prepay_pays_all_of_the_new_visit(eva):
    first, second = (make_service((eva,), price_minor=each) for each in (700, 50))
    booking_id = book(first).booking_id
    Customer.objects.update(booking_level="must_prepay", level_reason="x")
    Booking.objects.update(deposit_minor=700)

    change(booking_id, first, second)

    assert read(booking_id) == ("pending_payment", 750)


def test_who_must_prepay_by_now_pays_a_service_that_asks_for_nothing(eva, cut):
    first, second = (make_service((eva,), price_minor=each) for each in (700, 50))
    booking_id = book(first).booking_id
    Customer.objects.update(booking_level="must_prepay", level_reason="x")

    change(booking_id, first, second)
    assert read(booking_id) == ("pending_payment", 50)


def test_who_must_prepay_pays_what_asks_for_nothing_beside_what_asks(paid, eva, cut):
    Customer.objects.update(booking_level="must_prepay", level_reason="x")

    change(paid, cut, make_service((eva,), price_minor=50))
    assert read(paid) == ("pending_payment", 350)


def test_business_and_whoever_does_the_work_hear_that_a_grown_visit_ended(paid, eva, cut, color):
    Resource.objects.filter(pk=eva).update(email="eva@example.com")
    change(paid, cut, color)
    other = book(color, MONDAY + timedelta(hours=4)).booking_id
    tell_events()
    for each in (paid, other):
        expire_hold(each, get_booking(booking_id=each).hold_expires_at)
    tell_events()
    for event in Event.objects.filter(kind="booking.expired"):
        process_event_later(event.pk, LATER)

    told = Message.objects.filter(template__in=("business_booking_cancelled", "worker_cancelled"))
    assert list(told.order_by("template").values_list("template", "to", "subject_id")) == [
        ("business_booking_cancelled", "owner@taller.example", paid), ("worker_cancelled", "eva@example.com", paid),
    ]  # fmt: skip
    assert "El resto del anticipo no llegó a tiempo." in told.get(to="owner@taller.example").body_text


def test_preview_of_a_request_gives_nothing_back(paid):
    booking = get_booking(booking_id=paid)
    asked = replace(booking, status=BookingStatus.PENDING_APPROVAL, deposit_minor=0)

    assert describe_change(booking, asked, by=CUSTOMER.kind, now=LATER) == MoneyOfChange()


def test_fee_of_a_visit_that_pays_in_advance_by_now_is_of_what_the_card_was_left_for(paid):
    missed = replace(get_booking(booking_id=paid), status=BookingStatus.NO_SHOW, deposit_minor=100)
    on_card = replace(missed, agreed=replace(missed.agreed, is_on_card=True))

    assert (compute_fee(300, missed), compute_fee(300, on_card)) == (300, 100)


def test_card_that_pays_what_credit_has_paid_pays_twice(paid):
    booking, received = get_booking(booking_id=paid), Payment.objects.get()
    other = make_received(booking_id=paid, amount_minor=300, attempt=2)
    before = _find_again(other, replace(booking, deposit_minor=600))
    Payment.objects.filter(pk=received.pk).update(door="credit", means="")

    assert (before, _find_again(other, booking)) == (0, 300)


def test_refund_that_somebody_else_called_off_is_called_off_once(paid):
    refund = make_refund(Payment.objects.get(), amount_minor=300, state="done", done_at=NOW)

    assert _drop(refund.pk, now=LATER)
    assert Refund.objects.get().state == "done"
