"""What a payment at the provider means here: one way in for webhook, return page and due work, safe to run twice."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from billing.engine import Ending, compute_over
from billing.enums import LIVE_STATES, PaymentDoor, PaymentPurpose, PaymentState, RefundCause
from billing.gateway.enums import PaymentState as Found
from billing.gateway.types import PaymentFacts
from billing.models import Payment
from billing.policies import TRANSITIONS, is_fee_due
from billing.selectors.accounts import find_card_capabilities
from billing.selectors.asking import add_up_deposits, add_up_held, find_due
from billing.services.cards.charging import is_charging, keep_card, settle_charge
from billing.services.movements import (
    SILENCE,
    end,
    end_others,
    lock_asking,
    lock_payments,
    plan_look,
    receive,
    tell_payment,
    wait_on,
)
from billing.services.refunds import drop_refunds, give_back, give_part_back
from billing.services.repricing import accept_enough, ask_for_rest, is_missing
from database.transactions import write_transaction
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import HoldExpired, SlotTaken, SlotUnavailable, TransitionRefused
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import payments as places
from scheduling.types import SYSTEM, BookingView

WAITING = {Found.OPEN: PaymentState.OPEN, Found.PROCESSING: PaymentState.PROCESSING}
ENDED = {Found.FAILED: PaymentState.FAILED, Found.CLOSED: PaymentState.EXPIRED}

log = logging.getLogger(__name__)


class AmountDiffers(Exception):
    """The provider took another amount than was asked: nothing is settled, and people look at it."""


@write_transaction()
def settle_payment(*, payment_id: int, found: PaymentFacts, now: datetime) -> PaymentState:
    """Let what was found at the provider hold here, and return where the payment stands. Again changes nothing.

    Paid: the deposit is received and its booking goes on; one whose place was lost meanwhile takes it again if it is
    free, or the money goes back. Reserved: the booking waits for its answer. A card was left: the booking goes on, and
    nothing is charged. Over: the payment ends, and the place is free when its time is; of what was reserved and is
    gone, a confirmed visit waits for its deposit once more.

    Raises:
        AmountDiffers: Not what was asked.
    """
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
    lock_asking(booking_id)
    if found.state in {Found.PAID, Found.AUTHORIZED, Found.SAVED} and _is_awaited(payment_id, found):
        _go_on(Payment.objects.get(pk=payment_id), found, now=now)
    elif found.state in ENDED and Payment.objects.filter(pk=payment_id, state=PaymentState.RESERVED).exists():
        places.ask_again(booking_id=booking_id, now=now)  # no visit without its deposit
    payment = next(each for each in lock_payments(booking_id) if each.pk == payment_id)
    was_charging = is_charging(payment)
    payment.provider_payment_id = found.ids.payment or payment.provider_payment_id
    payment.checked_at = now
    payment.save(update_fields=["provider_payment_id", "checked_at"])
    if found.state is Found.PAID:
        _take(payment, found, now=now)
    elif found.state in {Found.AUTHORIZED, Found.SAVED}:
        keep_card(payment, found, now=now)
        _reserve(payment, now=now)
    elif found.state in ENDED and payment.state in LIVE_STATES:
        end(payment, _find_end(payment, found), now=now)
        wait_on(payment, now=now)
    elif found.state in WAITING and WAITING[found.state] in TRANSITIONS.get(payment.state, frozenset()):
        payment.state = WAITING[found.state]
        payment.save(update_fields=["state"])
        tell_payment(payment, payment.state, now=now)
    if was_charging and payment.state not in LIVE_STATES:
        settle_charge(payment, found, get_booking(booking_id=booking_id), now=now)
    if payment.state in LIVE_STATES:
        is_taken = payment.state == PaymentState.RESERVED and _is_answered(booking_id)
        plan_look(payment, at=now if is_taken else now + SILENCE, now=now)
    return PaymentState(payment.state)


def _is_awaited(payment_id: int, found: PaymentFacts) -> bool:
    """Tell whether a booking goes on with this money: what was reserved and given up since is let go instead."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.charged_at is not None or payment.state == PaymentState.RECEIVED:
        return False
    return found.state is Found.PAID or payment.state in LIVE_STATES


class _TooLittle(Exception):
    """More is missing of a deposit than came by now."""


def _go_on(payment: Payment, found: PaymentFacts, *, now: datetime) -> None:
    """Let a booking whose deposit came, or is reserved, go on; one that ended meanwhile, if its time is still free.

    One that waits for more than this, since it grew or a bank took another part, waits on.
    """
    booking = get_booking(booking_id=payment.booking_id)
    missing = _find_missing(payment, booking)
    if booking.status == BookingStatus.PENDING_PAYMENT and is_missing(missing):
        return
    answer_by = None
    if found.state is Found.AUTHORIZED:
        can = find_card_capabilities("")
        answer_by = None if can is None else now + can.authorization_lasts
    try:
        with write_transaction():
            accept_enough(booking, missing_minor=missing, now=now, by=SYSTEM, answer_by=answer_by)
    except (HoldExpired, TransitionRefused):
        with suppress(TransitionRefused, SlotTaken, SlotUnavailable, _TooLittle), write_transaction():
            _come_again(payment, now=now, answer_by=answer_by)


def _come_again(payment: Payment, *, now: datetime, answer_by: datetime | None) -> None:
    """Let a booking take its place again; what else was paid for it, and was not sent back yet, stays.

    Raises:
        _TooLittle: All that is there is less than its deposit.
        TransitionRefused, SlotTaken, SlotUnavailable: As `places.take_place_again`.
    """
    booking_id = payment.booking_id
    places.take_place_again(booking_id=booking_id, now=now, by=SYSTEM, answer_by=answer_by)
    drop_refunds(booking_id=booking_id, now=now)
    if _find_missing(payment, get_booking(booking_id=booking_id)):
        raise _TooLittle


def _find_missing(payment: Payment, booking: BookingView) -> int:
    """Return for how much a booking waits beside this payment; of a card that is left, nothing where one is."""
    is_card = payment.purpose == PaymentPurpose.NO_SHOW
    if is_card and booking.agreed.is_on_card:
        return 0
    return max(0, find_due(booking) - (0 if is_card else payment.amount_minor))


def _take(payment: Payment, found: PaymentFacts, *, now: datetime) -> None:
    if payment.state == PaymentState.RECEIVED:
        return
    is_called_off = payment.state in {PaymentState.WAIVED, PaymentState.CLOSED}
    if (found.received_minor, found.amount.currency) != (payment.amount_minor, payment.currency):
        log.error("payment_amount_differs", extra={"payment_id": payment.pk})
        raise AmountDiffers(payment.pk)
    receive(payment, now=now)
    booking = get_booking(booking_id=payment.booking_id)
    is_part = payment.purpose == PaymentPurpose.DEPOSIT and _waits(booking, now) and not booking.agreed.is_on_card
    if is_part:
        ask_for_rest(booking_id=booking.id, door=PaymentDoor(payment.door), now=now)
        return
    end_others(payment, now=now)
    if payment.purpose == PaymentPurpose.NO_SHOW:
        if is_called_off or not is_fee_due(booking):  # the visit takes place after all, or staff was kinder
            give_back(payment, booking, ending=Ending.BUSINESS, now=now)
        return
    if booking.status in CALLED_OFF or booking.status == BookingStatus.PENDING_PAYMENT:
        give_back(payment, booking, ending=Ending.LATE, now=now)
    else:
        _give_too_much_back(payment, booking, now=now)


def _waits(booking: BookingView, now: datetime) -> bool:
    limit = booking.hold_expires_at
    return booking.status == BookingStatus.PENDING_PAYMENT and (limit is None or limit > now)


def _give_too_much_back(payment: Payment, booking: BookingView, *, now: datetime) -> None:
    """Let go back what a deposit that was just received is more than was asked for, or than the visit costs.

    Its price may have been corrected while somebody paid, or all of it paid at the counter before this was taken.
    """
    held = add_up_held(booking.id)
    over = compute_over(price_minor=booking.price_minor, is_lowest=booking.is_price_from, held_minor=held)
    too_much = max(_find_again(payment, booking), min(payment.amount_minor, over))
    if too_much > 0:
        cause = RefundCause.LATE if held > payment.amount_minor else RefundCause.CHANGED
        give_part_back(payment, too_much, cause=cause, now=now)


def _find_again(payment: Payment, booking: BookingView) -> int:
    """Return how much of a deposit that was just received had come before: what is more than was asked for goes back.

    A part may be paid with credit, and another part may have been paid before the visit grew.
    """
    there = add_up_deposits(booking.id, besides=payment.pk)
    too_much = there + payment.amount_minor - booking.deposit_minor
    return max(0, min(payment.amount_minor, too_much)) if there else 0


def _reserve(payment: Payment, *, now: datetime) -> None:
    booking = get_booking(booking_id=payment.booking_id)
    if payment.state in LIVE_STATES and booking.status in CALLED_OFF | {BookingStatus.PENDING_PAYMENT}:
        end(payment, PaymentState.CLOSED, now=now)  # its place was lost: a worker lets it go at the provider
    elif payment.state in {PaymentState.OPEN, PaymentState.PROCESSING}:
        payment.state = PaymentState.RESERVED
        payment.save(update_fields=["state"])
        tell_payment(payment, "reserved", now=now)


def _is_answered(booking_id: int) -> bool:
    """Tell whether what is reserved can be taken: the request was approved, or needs no answer by now."""
    return get_booking(booking_id=booking_id).status != BookingStatus.PENDING_APPROVAL


def _find_end(payment: Payment, found: PaymentFacts) -> PaymentState:
    """Return how it ended: what was reserved and is gone there lapsed, which nobody called off here."""
    return PaymentState.FAILED if payment.state == PaymentState.RESERVED else ENDED[found.state]
