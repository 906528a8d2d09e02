"""A card that is left for a booking, and the fee for not coming that is charged to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from billing.enums import PaymentMeans
from billing.errors import CardNotOffered, FeeChanged, FeeNotDue, PaymentNotFound, RefundInvalid
from billing.gateway.doors.stripe_connect.door import StripeDoor
from billing.gateway.enums import PaymentState as Found
from billing.gateway.errors import KeyReused
from billing.gateway.types import PaymentFacts, ProviderIds
from billing.models import Payment, SavedMethod
from billing.selectors.asking import find_asked_deposit
from billing.selectors.fees import find_fee
from billing.selectors.listing import find_payments
from billing.selectors.payments import list_payments_of
from billing.services.announcing import tell_of_payment
from billing.services.asking import ask_for_deposit
from billing.services.cards import charging
from billing.services.cards.accounts import switch_cards
from billing.services.cards.charging import KEPT_FOR, watch_card
from billing.services.cards.looking import look_at_payment
from billing.services.fees import charge_fee, drop_card, waive_fee
from billing.services.forgetting import erase_payers
from billing.services.payments import receive_deposit, waive_deposit
from billing.services.webhooks import describe_payment
from billing.types import PaymentFilters
from devtools.stripe_server.server import Fault
from kernel.money import Money
from notifications.models import Event, Message
from notifications.types.messages import EventView
from scheduling.enums import BookingLevel, BookingStatus, CancelCause
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import transitions
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.undoing import undo_step
from tenants.types import ErasedRows
from tests.factories.billing import add_up, correct_price, take_transfers
from tests.factories.cards import book_with_deposit, count_captured, list_payments, list_refunds, status_of
from tests.factories.scheduling import CUSTOMER, MONDAY, STAFF, book
from tests.integration.billing.test_every_way_in import know
from web.booking.visits.money import say_cancellation


def book_on_card(till, **values) -> int:
    return book_with_deposit(till, **{"is_deposit_on_card": True} | values)


def leave_card(till, booking_id: int, card: str = "visa") -> None:
    till.stand_in.pay(till.start(booking_id), card)
    till.post_all()
    till.work()


def book_and_miss(till, *, card: str = "visa", **values) -> int:
    """Let a customer leave a card, and not come."""
    booking_id = book_on_card(till, **values)
    leave_card(till, booking_id, card)
    till.moment = get_booking(booking_id=booking_id).starts_at + timedelta(minutes=20)
    transitions.mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()
    return booking_id


def charge(till, booking_id: int, minor: int = 30_000) -> int:
    return charge_fee(booking_id=booking_id, seen_minor=minor, now=till.moment, by=STAFF)


def look_at_fee(booking_id: int):
    return find_fee(get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id))


def find_card() -> tuple:
    return SavedMethod.objects.values_list("label", "expires_on", "removed_at").get()


def test_card_that_is_left_confirms_its_booking_and_nothing_is_charged(till, account_id):
    booking_id = book_on_card(till)
    assert (status_of(booking_id), list_payments(booking_id)) == ("pending_payment", [("stripe", "open", 30_000, 0)])

    leave_card(till, booking_id)

    method = SavedMethod.objects.get()
    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("confirmed", "reserved")
    assert (method.label, method.agreed_at, method.text_version) == ("Visa ···· 4242", till.moment, "2026-11-28")
    assert (count_captured(till.stand_in), add_up()) == (0, {})


def test_fee_is_charged_once_to_the_card_that_was_left(till, account_id):
    booking_id = book_and_miss(till)
    assert look_at_fee(booking_id).is_chargeable

    charge(till, booking_id)
    till.work()
    again = charge(till, booking_id)
    till.post_all()
    till.work()

    assert again == Payment.objects.get().pk
    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]
    assert (count_captured(till.stand_in), add_up()) == (30_000, {"stripe": 30_000, "prepaid": 0, "kept": -30_000})
    assert find_card()[2] == till.moment


@pytest.mark.parametrize(
    ("card", "decline"), [("chargeCustomerFail", "refused"), ("authenticationRequired", "needs_customer")]
)
def test_declined_fee_is_asked_of_the_customer_who_pays_it_by_link(till, account_id, card, decline):
    booking_id = book_and_miss(till, card=card)
    charge(till, booking_id)
    till.work()
    fee = look_at_fee(booking_id)
    assert (fee.is_asked, fee.decline, fee.due_minor, find_card()[2]) == (True, decline, 30_000, till.moment)
    assert "no se pudo cobrar a la tarjeta" in Message.objects.get(template="fee_declined").body_text

    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert list_payments(booking_id) == [("stripe", "failed", 30_000, 0), ("stripe", "received", 30_000, 0)]
    assert (count_captured(till.stand_in), add_up()) == (30_000, {"stripe": 30_000, "prepaid": 0, "kept": -30_000})
    assert "a la tarjeta que dejaste" not in Message.objects.get(template="fee_charged").body_text
    assert not look_at_fee(booking_id).is_asked


def test_customer_is_told_of_a_fee_that_was_charged(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    till.work()

    text = Message.objects.get(template="fee_charged").body_text
    assert "cobró $300 a la tarjeta que dejaste (Visa ···· 4242)" in text


def test_page_of_a_declined_fee_that_closed_is_opened_anew_until_it_is_waived(till, account_id):
    booking_id = book_and_miss(till, card="chargeCustomerFail")
    charge(till, booking_id)
    till.work()
    first = till.start(booking_id)
    till.pass_by(timedelta(hours=1))
    till.work()

    again = till.start(booking_id)
    till.pass_by(timedelta(hours=1))
    till.work()
    waive_fee(booking_id=booking_id, reason="Estaba enferma", now=till.moment, by=STAFF)
    till.work()

    assert first != again
    assert [each[1] for each in list_payments(booking_id)] == ["failed", "expired", "waived"]
    assert look_at_fee(booking_id).note == "Estaba enferma"
    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_fee_that_was_paid_while_staff_waived_it_goes_back(till, account_id):
    booking_id = book_and_miss(till, card="chargeCustomerFail")
    charge(till, booking_id)
    till.work()
    till.stand_in.pay(till.start(booking_id))
    till.stand_in.postman.take_all()
    waive_fee(booking_id=booking_id, reason="Estaba enferma", now=till.moment, by=STAFF)

    till.work()

    assert list_payments(booking_id)[1:] == [("stripe", "received", 30_000, 30_000)]
    assert (count_captured(till.stand_in), list_refunds(booking_id)) == (0, [(30_000, "done", "business")])


@pytest.mark.parametrize("fault", [Fault.BREAK_AFTER, Fault.BREAK_BEFORE, Fault.ERROR])
def test_worker_that_dies_around_the_charge_charges_once(till, account_id, fault):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    till.stand_in.faults += [fault] * 3
    till.work()
    assert list_payments(booking_id)[0][1] == "processing"

    till.pass_by(timedelta(minutes=2))
    till.work()

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]
    assert count_captured(till.stand_in) == 30_000


@pytest.mark.parametrize(("fault", "ends"), [(Fault.BREAK_AFTER, "received"), (Fault.BREAK_BEFORE, "failed")])
def test_charge_of_which_nothing_was_heard_for_a_day_is_looked_up_and_never_repeated(till, account_id, fault, ends):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    till.stand_in.faults += [fault] * 3
    till.work()

    till.pass_by(timedelta(hours=21))
    till.work()

    captured = 30_000 if ends == "received" else 0
    assert (list_payments(booking_id)[0][1], count_captured(till.stand_in)) == (ends, captured)


def test_charge_whose_key_stands_for_another_one_waits_and_is_looked_up(till, account_id, monkeypatch):
    booking_id = book_and_miss(till)
    charge(till, booking_id)

    def refuse(*_, **__):
        raise KeyReused

    monkeypatch.setattr(StripeDoor, "charge_saved", refuse)
    till.work()
    before = list_payments(booking_id)[0][1]
    till.pass_by(timedelta(hours=21))
    till.work()

    assert (before, [each[1] for each in list_payments(booking_id)]) == ("processing", ["failed", "open"])
    assert count_captured(till.stand_in) == 0


def test_card_that_the_provider_does_not_take_counts_as_declined(till, account_id):
    booking_id = book_and_miss(till)
    SavedMethod.objects.update(provider_method_id="pm_gone", provider_customer_id="cus_gone")
    charge(till, booking_id)
    till.work()

    assert ([each[1] for each in list_payments(booking_id)], look_at_fee(booking_id).decline) == (
        ["failed", "open"],
        "",
    )


def test_charge_that_takes_its_time_is_waited_for(till, account_id, monkeypatch):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    slow = PaymentFacts(ids=ProviderIds(payment="pi_slow"), state=Found.PROCESSING, amount=Money(30_000, "MXN"))
    monkeypatch.setattr(StripeDoor, "charge_saved", lambda *_, **__: slow)
    till.work()
    paid = replace(slow, state=Found.PAID, received_minor=30_000)
    monkeypatch.setattr(StripeDoor, "fetch", lambda *_, **__: paid)

    till.pass_by(timedelta(minutes=15))
    till.work()

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


TABLE = {"refund_free_minutes": 1440, "refund_kept_percent": 50}


def test_late_cancellation_is_charged_by_the_table_agreed(till, account_id):
    booking_id = book_on_card(till, **TABLE)
    leave_card(till, booking_id)
    till.moment = get_booking(booking_id=booking_id).starts_at - timedelta(hours=2)
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.work()
    assert look_at_fee(booking_id).due_minor == 15_000

    charge(till, booking_id, 15_000)
    till.work()

    assert list_payments(booking_id) == [("stripe", "received", 15_000, 0)]


@pytest.mark.parametrize("how", ["in time", "by the business", "declined"])
def test_card_is_forgotten_where_nothing_is_charged(till, account_id, how):
    booking_id = book_on_card(till, **TABLE, approval="request" if how == "declined" else "instant")
    leave_card(till, booking_id)
    if how == "declined":
        transitions.decline(booking_id=booking_id, now=till.moment, by=STAFF)
    else:
        by = CUSTOMER if how == "in time" else STAFF
        cancel_booking(booking_id=booking_id, now=till.moment, by=by, reason="Otro día")
    till.work()

    assert (list_payments(booking_id)[0][1], find_card()[2], look_at_fee(booking_id)) == ("closed", till.moment, None)
    with pytest.raises(FeeNotDue):
        charge(till, booking_id)


def test_customer_who_told_staff_too_late_can_be_charged(till, account_id):
    booking_id = book_on_card(till, **TABLE)
    leave_card(till, booking_id)
    till.moment = get_booking(booking_id=booking_id).starts_at - timedelta(hours=2)
    cancel_booking(booking_id=booking_id, now=till.moment, by=STAFF, cause=CancelCause.TOLD)
    till.work()

    assert look_at_fee(booking_id).is_chargeable


def test_waived_fee_is_never_charged(till, account_id):
    booking_id = book_and_miss(till)
    with pytest.raises(RefundInvalid):
        waive_fee(booking_id=booking_id, reason=" ", now=till.moment, by=STAFF)

    for _ in range(2):
        waive_fee(booking_id=booking_id, reason="Se enfermó", now=till.moment, by=STAFF)
    till.work()

    assert (list_payments(booking_id)[0][1], find_card()[2], count_captured(till.stand_in)) == (
        "waived", till.moment, 0,
    )  # fmt: skip
    assert watch_card(Payment.objects.get().pk, till.moment) == "waived"  # two workers at once
    with pytest.raises(FeeNotDue):
        charge(till, booking_id)


def test_fee_goes_back_when_the_visit_takes_place_after_all(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    till.work()

    transitions.mark_arrived(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    assert list_refunds(booking_id) == [(30_000, "done", "business")]
    assert (count_captured(till.stand_in), add_up()) == (0, {"stripe": 0, "prepaid": 0, "kept": 0})


def test_no_show_that_is_undone_while_the_fee_is_charged_gives_it_back(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=till.moment, by=STAFF)
    till.work()

    assert (status_of(booking_id), list_refunds(booking_id)) == ("confirmed", [(30_000, "done", "business")])
    assert count_captured(till.stand_in) == 0
    assert not Message.objects.filter(template="fee_charged").exists()


def test_no_show_that_is_undone_asks_nobody_for_a_declined_fee(till, account_id):
    booking_id = book_and_miss(till, card="chargeCustomerFail")
    charge(till, booking_id)
    till.work()

    undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=till.moment, by=STAFF)
    till.work()

    assert [each[1] for each in list_payments(booking_id)] == ["failed", "closed"]
    assert not look_at_fee(booking_id).is_asked


def test_decline_of_a_visit_that_takes_place_after_all_is_told_nobody(till, account_id):
    booking_id = book_and_miss(till, card="chargeCustomerFail")
    charge(till, booking_id)
    undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=till.moment, by=STAFF)
    till.work()

    told = Message.objects.filter(template="fee_declined").count()
    assert ([each[1] for each in list_payments(booking_id)], told) == (["closed"], 0)

    till.pass_by(timedelta(minutes=1))
    transitions.mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    assert not look_at_fee(booking_id).is_asked  # nobody tapped again


def test_card_stays_while_a_no_show_may_come_back_and_is_forgotten_after_the_visit(till, account_id):
    booking_id = book_and_miss(till)
    undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=till.moment, by=STAFF)
    till.work()
    before = list_payments(booking_id)[0][1]

    for step in (transitions.mark_arrived, transitions.start_visit, transitions.complete_visit):
        step(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()

    assert (before, list_payments(booking_id)[0][1], find_card()[2]) == ("reserved", "closed", till.moment)


def test_card_is_forgotten_two_weeks_after_the_visit_whatever_happens(till, account_id):
    booking_id = book_and_miss(till)
    ends_at = get_booking(booking_id=booking_id).ends_at

    till.moment = ends_at + KEPT_FOR - timedelta(minutes=1)
    till.work()
    before = list_payments(booking_id)[0][1]
    till.pass_by(timedelta(minutes=1))
    till.work()
    look_at_payment(Payment.objects.get().pk, till.moment)

    assert (before, list_payments(booking_id)[0][1], find_card()[2]) == ("reserved", "closed", till.moment)


def test_card_of_a_booking_that_is_gone_is_forgotten(till, account_id, monkeypatch):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)

    def fail(**_):
        raise BookingNotFound

    monkeypatch.setattr(charging, "get_booking", fail)
    look_at_payment(Payment.objects.get().pk, till.moment)
    till.work()

    assert (list_payments(booking_id)[0][1], find_card()[2]) == ("closed", till.moment)


def test_card_that_comes_too_late_is_forgotten(till, account_id):
    booking_id = book_on_card(till)
    session = till.start(booking_id)
    till.stand_in.pay(session)
    till.stand_in.postman.take_all()
    Payment.objects.update(state="expired", closed_at=till.moment)

    look_at_payment(Payment.objects.get().pk, till.moment)

    assert (list_payments(booking_id)[0][1], find_card()[2]) == ("expired", till.moment)


def test_without_a_way_to_leave_a_card_nothing_is_asked(till, account_id):
    switch_cards(is_on=False, by=STAFF, now=till.moment)
    booking_id = book_on_card(till)

    assert (status_of(booking_id), list_payments(booking_id)) == ("confirmed", [])


def test_card_is_left_by_card_alone_and_nobody_hands_it_over(till, account_id):
    take_transfers()
    booking_id = book_on_card(till)

    asked = find_asked_deposit(get_booking(booking_id=booking_id), now=till.moment)
    assert (asked.is_on_card, asked.doors.bank, asked.doors.card is not None) == (True, None, True)
    assert Message.objects.filter(template="deposit_requested").count() == 0
    with pytest.raises(PaymentNotFound):
        receive_deposit(booking_id=booking_id, now=till.moment, by=STAFF, means=PaymentMeans.CASH)
    assert status_of(booking_id) == "pending_payment"


def test_staff_confirm_without_a_card(till, account_id):
    booking_id = book_on_card(till)
    till.start(booking_id)
    waive_deposit(booking_id=booking_id, now=till.moment, by=STAFF, reason="La conocemos")
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("confirmed", "waived")


def test_staff_who_ask_for_a_deposit_let_the_card_go(till, account_id):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)
    ask_for_deposit(booking_id=booking_id, amount_minor=40_000, pay_by=None, now=till.moment, by=STAFF)
    till.work()

    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert list_payments(booking_id) == [("stripe", "closed", 30_000, 0), ("stripe", "received", 40_000, 0)]
    assert (find_card()[2], status_of(booking_id)) == (till.moment, "confirmed")


def test_price_that_is_corrected_guarantees_less(till, account_id):
    booking_id = book_on_card(till)
    correct_price(booking_id, 20_000, now=till.moment)
    till.work()

    assert [each[1:3] for each in list_payments(booking_id)] == [("closed", 30_000), ("open", 20_000)]


@pytest.mark.parametrize(("seen", "error"), [(29_999, FeeChanged), (0, FeeChanged)])
def test_nobody_charges_another_fee_than_they_saw(till, account_id, seen, error):
    booking_id = book_and_miss(till)

    with pytest.raises(error):
        charge(till, booking_id, seen)

    assert list_payments(booking_id) == [("stripe", "reserved", 30_000, 0)]


def test_nothing_is_charged_or_waived_before_a_visit_is_missed(till, account_id):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)
    other_id = book(
        get_booking(booking_id=booking_id).service_id, MONDAY + timedelta(hours=2), now=till.moment
    ).booking_id

    for each in (booking_id, other_id):
        with pytest.raises(FeeNotDue):
            charge(till, each)
        with pytest.raises(FeeNotDue):
            waive_fee(booking_id=each, reason="?", now=till.moment, by=STAFF)

    assert list_payments(booking_id) == [("stripe", "reserved", 30_000, 0)]


def test_closed_card_door_charges_nothing(till, account_id):
    booking_id = book_and_miss(till)
    switch_cards(is_on=False, by=STAFF, now=till.moment)

    with pytest.raises(CardNotOffered):
        charge(till, booking_id)

    assert list_payments(booking_id) == [("stripe", "reserved", 30_000, 0)]


def test_cards_that_are_left_are_no_payments_for_lists_and_programs(till, account_id):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)
    event = Event.objects.filter(kind="payment.reserved").latest("pk")
    filters = PaymentFilters(since=till.moment - timedelta(days=9), until=till.moment + timedelta(days=9))

    view = EventView(event.pk, "payment.failed", event.subject_id, event.payload, event.occurred_at)
    assert (find_payments(filters).page.rows, describe_payment(view)) == ((), None)


def test_erased_customer_is_forgotten_at_the_provider_as_well(till, account_id):
    booking_id = book_and_miss(till)
    customer_id = get_booking(booking_id=booking_id).customer_id

    erase_payers(ErasedRows(kind="scheduling.Customer", row_ids=(customer_id,), at=till.moment))
    assert find_card() == ("", "", None)
    till.work()

    assert (list_payments(booking_id)[0][1], find_card()[2]) == ("closed", till.moment)


def test_charge_that_is_on_its_way_outlives_its_customer(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)

    drop_card(Payment.objects.get().pk, now=till.moment)
    till.work()
    drop_card(Payment.objects.get().pk, now=till.moment)
    till.work()

    assert (list_payments(booking_id)[0][1], find_card()[2]) == ("received", till.moment)


def test_customer_reads_what_canceling_would_cost(till, account_id):
    booking_id = book_on_card(till, **TABLE)
    leave_card(till, booking_id)
    booking = get_booking(booking_id=booking_id)
    payments = list_payments_of(booking_id=booking_id)

    with translation.override("en"):
        said = [say_cancellation(booking, payments, at=booking.starts_at - timedelta(hours=hours)) for hours in (25, 2)]

    assert said == [
        "Nothing is charged to your card.",
        "As agreed when you booked, the business may charge $150 to your card.",
    ]


def test_whoever_must_prepay_pays_instead(till, account_id):
    know(BookingLevel.MUST_PREPAY)
    booking_id = book_on_card(till)

    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert list_payments(booking_id) == [("stripe", "received", 30_000, 0)]


def test_card_that_could_not_be_left_is_told_nobody(till, account_id):
    booking_id = book_on_card(till)
    event = Event.objects.filter(kind="payment.opened").latest("pk")
    before = Message.objects.count()

    tell_of_payment(EventView(event.pk, "payment.failed", event.subject_id, event.payload, event.occurred_at))

    assert (event.payload["booking_id"], event.payload["purpose"]) == (booking_id, "no_show")
    assert Message.objects.count() == before
