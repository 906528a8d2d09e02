"""Whether a fee is due as a booking stands: never where the business cancelled, or had not accepted a request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from billing.enums import PaymentMeans
from billing.errors import CardNotOffered, FeeNotDue
from billing.models import Payment
from billing.policies import compute_fee, is_fee_due
from billing.selectors.payments import list_payments_of
from billing.services.cards.charging import KEPT_FOR
from billing.services.cards.looking import GIVEN_UP
from billing.services.counter import take_payment
from billing.services.fees import waive_fee
from billing.services.following import follow_booking
from billing.services.movements import CARD_KIND
from billing.services.refunds import refund_payment
from billing.types import CounterPayment
from devtools.stripe_server import accounts
from notifications.models import Message
from notifications.types.messages import EventView
from scheduling.enums import Approval, BookingStatus, CancelCause
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.undoing import undo_step
from tenants.context import tenant_scope
from tenants.errors import StatusForbids
from tenants.models import DueWork, Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tests.factories.billing import correct_price
from tests.factories.cards import count_captured, list_payments, list_refunds, status_of
from tests.factories.scheduling import CUSTOMER, MONDAY, STAFF
from tests.integration.billing.cards.test_saved_cards import (
    book_and_miss,
    book_on_card,
    charge,
    leave_card,
    look_at_fee,
)
from web.booking.visits.money import say_cancellation

DECLINED = "chargeCustomerFail"


def take_back(till, booking_id: int) -> None:
    """Staff undo the no-show and cancel: it was a mistake of theirs."""
    undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=till.moment, by=STAFF)
    cancel_booking(booking_id=booking_id, now=till.moment, by=STAFF, cause=CancelCause.MISTAKE)
    till.work()


def test_visit_for_which_a_card_was_left_is_paid_at_the_counter(till, account_id):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)

    paid = CounterPayment(amount_minor=50_000, tip_minor=0, means=PaymentMeans.CASH, note="", seen=0)
    take_payment(booking_id=booking_id, paid=paid, now=till.moment, by=STAFF)

    assert [each[:3] for each in list_payments(booking_id)] == [
        ("stripe", "reserved", 30_000), ("at_business", "received", 50_000)
    ]  # fmt: skip


@pytest.mark.parametrize("card", ["visa", DECLINED])
def test_nothing_is_kept_or_asked_when_the_business_cancels_after_all(till, account_id, card):
    booking_id = book_and_miss(till, card=card)
    charge(till, booking_id)
    till.work()

    take_back(till, booking_id)

    assert (status_of(booking_id), count_captured(till.stand_in)) == ("cancelled", 0)
    assert list_refunds(booking_id) == ([(30_000, "done", "business")] if card == "visa" else [])
    assert not look_at_fee(booking_id).is_asked
    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_charge_that_is_on_its_way_when_the_business_cancels_goes_back_untold(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)

    take_back(till, booking_id)

    assert (list_refunds(booking_id), count_captured(till.stand_in)) == ([(30_000, "done", "business")], 0)
    assert not Message.objects.filter(template="fee_charged").exists()


def test_page_of_a_fee_that_closed_opens_no_more_when_the_business_cancels(till, account_id):
    booking_id = book_and_miss(till, card=DECLINED)
    charge(till, booking_id)
    till.work()
    till.start(booking_id)
    till.pass_by(timedelta(hours=1))
    till.work()

    take_back(till, booking_id)

    assert [each[1] for each in list_payments(booking_id)] == ["failed", "closed"]
    with pytest.raises(CardNotOffered):
        till.start(booking_id)


def test_fee_is_due_however_small_a_part_of_it_would_be(till, account_id):
    """Of a fee that was charged no part is computed again: of 40 cents, 1 % is nothing."""
    booking = get_booking(booking_id=book_and_miss(till, refund_no_show_percent=1))

    assert (compute_fee(4_000, booking), compute_fee(40, booking), is_fee_due(booking)) == (40, 0, True)


def test_request_that_nobody_accepted_is_withdrawn_free_of_charge(till, account_id):
    booking_id = book_on_card(till, approval=Approval.REQUEST, refund_free_minutes=60 * 24 * 365)
    leave_card(till, booking_id)
    booking, payments = get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id)
    with translation.override("en"):
        said = say_cancellation(booking, payments, at=till.moment)

    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.work()

    assert (booking.status, said) == ("pending_approval", "Nothing is charged to your card.")
    assert list_payments(booking_id)[0][1] == "closed"
    with pytest.raises(FeeNotDue):
        charge(till, booking_id)


def test_price_of_before_is_no_part_of_what_canceling_costs(till, account_id):
    booking_id = book_on_card(till, refund_free_minutes=60 * 24 * 365)
    correct_price(booking_id, 20_000)
    till.work()
    leave_card(till, booking_id)
    booking, payments = get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id)

    with translation.override("en"):
        said = say_cancellation(booking, payments, at=till.moment)

    assert [(each.state, each.amount_minor) for each in payments] == [("closed", 30_000), ("reserved", 20_000)]
    assert said == "As agreed when you booked, the business may charge $200 to your card."


def test_account_that_takes_nothing_for_hours_is_no_declined_card(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    accounts.change_state(till.stand_in.world, account_id, "restricted")
    states = []

    for hours in (0, 3, 18):  # a day later the provider no longer knows the key of the charge
        till.pass_by(timedelta(hours=hours))
        till.work()
        states.append([each[1] for each in list_payments(booking_id)])

    assert states == [["processing"], ["processing"], ["failed", "open"]]
    assert count_captured(till.stand_in) == 0


def test_charge_in_an_account_that_stays_closed_is_given_up_and_can_be_waived(till, account_id):
    booking_id = book_and_miss(till)
    charge(till, booking_id)
    accounts.disconnect(till.stand_in.world, account_id)
    till.work()

    till.pass_by(GIVEN_UP + timedelta(hours=1))
    till.work()
    given_up = list_payments(booking_id)[0][1]
    waive_fee(booking_id=booking_id, reason="La cuenta está cerrada", now=till.moment, by=STAFF)

    assert (given_up, list_payments(booking_id)[0][1]) == ("failed", "waived")


def test_card_is_kept_until_two_weeks_after_the_day_that_the_visit_moved_to(till, account_id):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)
    before = get_booking(booking_id=booking_id).ends_at

    move_booking(booking_id=booking_id, starts_at=MONDAY + timedelta(hours=2), now=till.moment, by=STAFF)
    till.work()

    after = get_booking(booking_id=booking_id).ends_at
    assert after == before + timedelta(hours=2)
    assert DueWork.objects.get(kind=CARD_KIND, row_id=Payment.objects.get().pk).due_at == after + KEPT_FOR


def test_fee_that_went_back_is_not_charged_anew(till, account_id):
    booking_id = book_and_miss(till)
    payment_id = charge(till, booking_id)
    till.work()
    refund_payment(payment_id=payment_id, amount_minor=30_000, reason="Estaba enferma", now=till.moment, by=STAFF)

    with pytest.raises(FeeNotDue):
        charge(till, booking_id)


def test_late_word_of_an_arrival_changes_nothing_of_a_booking_that_was_cancelled(till, account_id):
    booking_id = book_on_card(till)
    leave_card(till, booking_id)
    cancel_booking(booking_id=booking_id, now=till.moment, by=CUSTOMER)
    till.work()
    before = list_payments(booking_id)

    follow_booking(EventView(1, "booking.arrived", booking_id, {}, till.moment))

    assert (before[0][1], list_payments(booking_id)) == ("closed", before)


def test_who_left_no_card_in_time_reads_that_it_is_missing(till, account_id):
    booking_id = book_on_card(till)

    till.pass_by(timedelta(hours=1))
    till.work()

    assert status_of(booking_id) == "expired"
    assert "No dejaste una tarjeta para tu cita" in Message.objects.get(template="payment_expired").body_text


def test_business_that_is_suspended_collects_no_fee(till, account_id, tenant):
    booking_id = book_and_miss(till, card=DECLINED)
    charge(till, booking_id)
    till.work()
    Tenant.objects.filter(pk=tenant.id).update(status="suspended")
    forget_tenants()

    with tenant_scope(find_tenant(tenant.schema_name)), pytest.raises(StatusForbids):
        till.start(booking_id)

    assert Payment.objects.latest("pk").state == "open"
