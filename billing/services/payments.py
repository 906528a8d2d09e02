"""Payments from asking to receiving.

Whoever asks for money locks the asking first (`KeySpace.PAYMENT`). Whoever locks a booking and its payments locks the
booking first (`scheduling.services` does that in its own steps) and then the payments in the order of their ids. A
step of a booking that scheduling refuses is undone to its savepoint, and its lock with it: what follows locks payments.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import Max

from billing.engine import Ending
from billing.enums import (
    LIVE_STATES,
    LedgerAccount,
    LedgerKind,
    PaymentDoor,
    PaymentMeans,
    PaymentPurpose,
    PaymentState,
)
from billing.errors import PaymentNotFound
from billing.models import LedgerEntry, Payment
from billing.policies import check_payment_step
from billing.services.refunds import give_back
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import HoldExpired, TransitionRefused
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import cancellations, transitions
from scheduling.types import Actor, BookingView


@write_transaction()
def open_deposit(*, booking_id: int, now: datetime, door: PaymentDoor = PaymentDoor.BANK_TRANSFER) -> int | None:
    """Ask for the deposit that a booking waits for; return the payment's id. Again changes nothing.

    None: the booking waits for none (any more).

    Raises:
        BookingNotFound: There is no such booking.
    """
    _lock_asking(booking_id)  # before looking: whoever was faster may have received it
    booking = get_booking(booking_id=booking_id)
    if booking.status != BookingStatus.PENDING_PAYMENT or booking.is_test or booking.deposit_minor == 0:
        return None
    live = _lock_live(booking_id)
    if live is not None:
        return live.pk
    return _open(booking, door=door, purpose=PaymentPurpose.DEPOSIT, amount_minor=booking.deposit_minor, now=now).pk


@write_transaction()
def receive_deposit(
    *, booking_id: int, now: datetime, by: Actor, means: PaymentMeans = PaymentMeans.TRANSFER, note: str = ""
) -> int:
    """Note that the deposit of a booking arrived, confirm the booking, and return the payment's id.

    Again changes nothing. When its place is gone, the money was received and goes back.

    Raises:
        PaymentNotFound: Nobody asked for one.
        StatusForbids: The state of the business allows no steps.
    """
    open_deposit(booking_id=booking_id, now=now)
    with suppress(HoldExpired, TransitionRefused), write_transaction():  # what arrived is noted all the same
        transitions.accept_payment(booking_id=booking_id, now=now, by=by)
    payment = _lock_last(booking_id)
    if payment.state == PaymentState.RECEIVED:
        return payment.pk
    check_payment_step(payment, PaymentState.RECEIVED)
    payment.means, payment.note, payment.received_by_id = means, note.strip()[:300], by.user_id
    _receive(payment, now=now)
    booking = get_booking(booking_id=booking_id)
    if booking.status in CALLED_OFF or _has_ended(booking, now):
        give_back(payment, booking, ending=Ending.LATE, now=now, by=by)
    return payment.pk


@write_transaction()
def miss_deposit(*, booking_id: int, now: datetime, by: Actor, reason: str) -> None:
    """Note that no deposit came: the booking is canceled, and its customer reads ``reason``. Again changes nothing.

    Raises:
        PaymentNotFound: Nobody asked for one.
        PaymentStepRefused: It was received.
        TransitionRefused, StatusForbids: The booking may not be canceled.
    """
    cancellations.cancel_booking(booking_id=booking_id, now=now, by=by, reason=reason)
    payment = _lock_last(booking_id)
    if payment.state in {PaymentState.FAILED, PaymentState.CLOSED}:
        return
    _end(payment, PaymentState.FAILED, now=now)


@write_transaction()
def waive_deposit(*, booking_id: int, now: datetime, by: Actor) -> None:
    """Let a booking take place without its deposit. Again changes nothing.

    Raises:
        PaymentNotFound: Nobody asked for one.
        PaymentStepRefused, TransitionRefused, HoldExpired: It was paid, or its place is gone.
    """
    transitions.accept_payment(booking_id=booking_id, now=now, by=by)
    payment = _lock_last(booking_id)
    if payment.state == PaymentState.WAIVED:
        return
    _end(payment, PaymentState.WAIVED, now=now)


@write_transaction()
def record_payment(
    *,
    booking_id: int,
    amount_minor: int,
    means: PaymentMeans,
    now: datetime,
    by: Actor,
    purpose: PaymentPurpose = PaymentPurpose.BALANCE,
    note: str = "",
) -> int:
    """Note what a customer paid at the business; return the payment's id.

    Raises:
        BookingNotFound: There is no such booking.
    """
    booking = get_booking(booking_id=booking_id)
    _lock_asking(booking_id)
    payment = _open(booking, door=PaymentDoor.AT_BUSINESS, purpose=purpose, amount_minor=amount_minor, now=now)
    payment.means, payment.note, payment.received_by_id = means, note.strip()[:300], by.user_id
    _receive(payment, now=now)
    return payment.pk


def end_live(*, booking_id: int, state: PaymentState, now: datetime) -> None:
    """Wait no longer for the payments of a booking."""
    for payment in _lock_of(booking_id):
        if payment.state in LIVE_STATES:
            _end(payment, state, now=now)


def _open(
    booking: BookingView, *, door: PaymentDoor, purpose: PaymentPurpose, amount_minor: int, now: datetime
) -> Payment:
    last = Payment.objects.filter(booking_id=booking.id, purpose=purpose).aggregate(last=Max("attempt"))["last"]
    payment = Payment.objects.create(
        booking_id=booking.id,
        customer_id=booking.customer_id,
        purpose=purpose,
        amount_minor=amount_minor,
        currency=booking.currency,
        door=door,
        attempt=(last or 0) + 1,
        opened_at=now,
    )
    _publish(payment, "opened", now=now)
    return payment


def _receive(payment: Payment, *, now: datetime) -> None:
    payment.state = PaymentState.RECEIVED
    payment.received_at, payment.closed_at = now, None
    payment.save()
    LedgerEntry.objects.create(
        at=now,
        kind=LedgerKind.RECEIVED,
        debit=payment.door,
        credit=LedgerAccount.PREPAID,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        payment=payment,
        by_id=payment.received_by_id,
    )
    _publish(payment, "succeeded", now=now)


def _end(payment: Payment, state: PaymentState, *, now: datetime) -> None:
    check_payment_step(payment, state)
    payment.state, payment.closed_at = state, now
    payment.save()
    _publish(payment, "failed" if state == PaymentState.FAILED else state.value, now=now)


def _publish(payment: Payment, step: str, *, now: datetime) -> None:
    payload = {
        "booking_id": payment.booking_id,
        "purpose": payment.purpose,
        "door": payment.door,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "state": payment.state,
    }
    publish(kind=f"payment.{step}", subject_id=payment.pk, payload=payload, now=now)


def _lock_asking(booking_id: int) -> None:
    lock_words(KeySpace.PAYMENT, str(booking_id))


def _lock_of(booking_id: int) -> list[Payment]:
    return list(Payment.objects.filter(booking_id=booking_id).select_for_update().order_by("pk"))


def _lock_live(booking_id: int) -> Payment | None:
    deposits = (each for each in _lock_of(booking_id) if each.purpose == PaymentPurpose.DEPOSIT)
    return next((each for each in deposits if each.state in LIVE_STATES), None)


def _lock_last(booking_id: int) -> Payment:
    """Return the newest deposit of a booking, locked.

    Raises:
        PaymentNotFound: Nobody asked for one.
    """
    deposits = [each for each in _lock_of(booking_id) if each.purpose == PaymentPurpose.DEPOSIT]
    if not deposits:
        raise PaymentNotFound
    return deposits[-1]


def _has_ended(booking: BookingView, now: datetime) -> bool:
    limit = booking.hold_expires_at
    return booking.status == BookingStatus.PENDING_PAYMENT and limit is not None and limit <= now
