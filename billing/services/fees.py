"""The fee for not coming, or for calling off late: charged to the card that was left by a person's word, or waived.

A card is left for one booking (a payment that is reserved while nothing is charged). What is charged is what would be
kept of a deposit by the table agreed. When its visit takes place after all, a fee that was charged goes back.
"""

from __future__ import annotations

from datetime import datetime

from billing.engine import Ending
from billing.enums import PaymentPurpose, PaymentState
from billing.errors import REASON_MISSING, CardNotOffered, FeeChanged, FeeNotDue, RefundInvalid
from billing.models import Payment
from billing.policies import compute_fee, is_card_left, is_fee_due
from billing.selectors.accounts import find_open_doors
from billing.selectors.fees import UNPAID
from billing.services.movements import end, lock_asking, lock_payments, plan_look, tell_payment
from billing.services.refunds import give_back
from database.transactions import write_transaction
from scheduling.enums import BookingStatus
from scheduling.policies import check_step
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import Actor, BookingView


@write_transaction()
def charge_fee(*, booking_id: int, now: datetime, by: Actor, seen_minor: int | None = None) -> int:
    """Let the fee be charged to the card that was left, by a worker; return the payment's id. Again changes nothing.

    ``seen_minor`` is the fee that the person saw; None: nobody looked.

    Raises:
        StatusForbids: The state of the business allows no steps.
        BookingNotFound: There is no such booking.
        FeeNotDue: There is nothing to charge, or no card.
        FeeChanged: It is another one by now.
        CardNotOffered: The business takes no cards any more, or not this amount.
    """
    check_step(by)
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    payment = _lock_last(booking_id)
    if payment is None:
        raise FeeNotDue
    is_charged = payment.charged_at is not None and payment.state in {PaymentState.PROCESSING, PaymentState.RECEIVED}
    if is_charged and payment.refunded_minor < payment.amount_minor:
        return payment.pk
    fee = compute_fee(payment.amount_minor, booking) if is_card_left(payment) else 0
    if fee < 1:
        raise FeeNotDue
    if seen_minor is not None and fee != seen_minor:
        raise FeeChanged
    if find_open_doors(amount_minor=fee, currency=payment.currency).card is None:
        raise CardNotOffered
    payment.amount_minor, payment.state, payment.charged_at = fee, PaymentState.PROCESSING, now
    payment.received_by_id = by.user_id
    payment.provider_started_id = ""  # from now on it is no longer a card that is left, but a payment
    payment.save()
    tell_payment(payment, "processing", now=now, before=PaymentState.RESERVED)
    plan_look(payment, at=now, now=now)
    return payment.pk


@write_transaction()
def waive_fee(*, booking_id: int, reason: str, now: datetime, by: Actor) -> None:
    """Charge nothing for a visit that did not take place; the ``reason`` stays beside it. Again changes nothing.

    A fee that was charged is given back instead (`refunds.refund_payment`).

    Raises:
        StatusForbids: The state of the business allows no steps.
        BookingNotFound: There is no such booking.
        RefundInvalid: Without a reason.
        FeeNotDue: There is no fee that could be charged, or it is on its way.
    """
    check_step(by)
    why = reason.strip()[:300]
    if not why:
        raise RefundInvalid(errors={"reason": (REASON_MISSING,)})
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    payment = _lock_last(booking_id)
    if payment is None:
        raise FeeNotDue
    if payment.state == PaymentState.WAIVED:
        return
    is_left = is_card_left(payment) and is_fee_due(booking)
    is_asked = payment.charged_at is not None and payment.state in UNPAID
    if not (is_left or is_asked):
        raise FeeNotDue
    payment.note, payment.received_by_id = why, by.user_id
    end(payment, PaymentState.WAIVED, now=now)


def undo_fee(booking: BookingView, *, now: datetime) -> None:
    """Let go back, or ask no more for, a fee that is not due as the booking stands; after a visit, let its card go."""
    fees = _lock_fees(booking.id)
    for payment in fees:
        is_undue = payment.charged_at is not None and not is_fee_due(booking)
        if is_undue and payment.state == PaymentState.RECEIVED:
            give_back(payment, booking, ending=Ending.BUSINESS, now=now)
        is_asked = is_undue and payment.state in UNPAID and payment is fees[-1]
        if is_asked or (is_card_left(payment) and booking.status == BookingStatus.COMPLETED):
            end(payment, PaymentState.CLOSED, now=now)


def drop_card(payment_id: int, *, now: datetime) -> None:
    """Let go the card that was left for a payment; a charge that is on its way goes on."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if is_card_left(payment):
        end(payment, PaymentState.CLOSED, now=now)
    elif payment.state != PaymentState.PROCESSING:
        plan_look(payment, at=now, now=now)


def waits_for(payment: Payment, booking: BookingView) -> bool:
    """Tell whether a fee may still be charged, or is asked for, of a booking that was called off."""
    is_on_its_way = payment.charged_at is not None and payment.state == PaymentState.PROCESSING
    is_fee = is_card_left(payment) or payment.charged_at is not None
    return is_on_its_way or (is_fee and is_fee_due(booking))


def _lock_fees(booking_id: int) -> list[Payment]:
    return [each for each in lock_payments(booking_id) if each.purpose == PaymentPurpose.NO_SHOW]


def _lock_last(booking_id: int) -> Payment | None:
    fees = _lock_fees(booking_id)
    return fees[-1] if fees else None
