"""Payments from asking to receiving.

Whoever asks for money locks the asking first (`KeySpace.PAYMENT`). Whoever locks a booking and its payments locks the
booking first (`scheduling.services` does that in its own steps) and then the payments in the order of their ids. A
step of a booking that scheduling refuses is undone to its savepoint, and its lock with it: what follows locks payments.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from billing.engine import Ending
from billing.enums import ADVANCE, LIVE_STATES, PaymentDoor, PaymentMeans, PaymentPurpose, PaymentState
from billing.errors import PaymentComing
from billing.models import Payment
from billing.policies import check_payment_step, find_asked_purpose
from billing.selectors.asking import add_up_deposits, find_due
from billing.selectors.payments import add_up_coming, list_payments_of
from billing.services.movements import add_payment, end, find_live, lock_asking, lock_last, receive
from billing.services.refunds import give_back
from database.transactions import write_transaction
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import HoldExpired, TransitionRefused
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import cancellations, transitions
from scheduling.types import Actor, BookingView


@write_transaction()
def open_deposit(*, booking_id: int, now: datetime, door: PaymentDoor = PaymentDoor.BANK_TRANSFER) -> int | None:
    """Ask for the deposit that a booking waits for; return the payment's id. Again changes nothing.

    Where a card is left instead, that is asked for, always by card. None: the booking waits for none (any more).

    Raises:
        BookingNotFound: There is no such booking.
    """
    lock_asking(booking_id)  # before looking: whoever was faster may have received it
    # Read, not locked: whoever confirms the booking next locks that first. And read before the booking: who waives or
    # misses the deposit ends both at once, so that of one that is not there any more the booking does not wait.
    live = find_live(booking_id)
    booking = get_booking(booking_id=booking_id)
    if booking.status != BookingStatus.PENDING_PAYMENT or booking.is_test:
        return None
    purpose = find_asked_purpose(booking.agreed)
    if purpose in live:
        return live[purpose]
    due = find_due(booking)
    if due == 0:
        return None
    door = door if purpose == PaymentPurpose.DEPOSIT else PaymentDoor.STRIPE
    return add_payment(booking, door=door, purpose=purpose, amount_minor=due, now=now).pk


@write_transaction()
def receive_deposit(
    *,
    booking_id: int,
    now: datetime,
    by: Actor,
    means: PaymentMeans = PaymentMeans.TRANSFER,
    note: str = "",
    is_despite: bool = True,
) -> int:
    """Note that the deposit of a booking arrived, by transfer or across the counter, and confirm the booking.

    Return the payment's id.

    Again changes nothing. When its place is gone, the money was received and goes back. A person at the counter, who
    could still wait, says with ``is_despite`` whether they know that a card is being charged for it; what that brings
    goes back.

    Raises:
        PaymentNotFound: Nobody asked for one.
        PaymentComing: A card is being charged for it, and they do not know.
        StatusForbids: The state of the business allows no steps.
    """
    open_deposit(booking_id=booking_id, now=now)
    if not is_despite and add_up_coming(list_payments_of(booking_id=booking_id)):
        raise PaymentComing
    with suppress(HoldExpired, TransitionRefused), write_transaction():  # what arrived is noted all the same
        transitions.accept_payment(booking_id=booking_id, now=now, by=by)
    payment = lock_last(booking_id)
    if payment.state == PaymentState.RECEIVED:
        return payment.pk
    is_transfer = means == PaymentMeans.TRANSFER
    door = PaymentDoor.BANK_TRANSFER if is_transfer else PaymentDoor.AT_BUSINESS
    payment = make_by_hand(payment, door=door, now=now)
    check_payment_step(payment, PaymentState.RECEIVED)
    payment.means, payment.note, payment.received_by_id = means, note.strip()[:300], by.user_id
    receive(payment, now=now)
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
    payment = lock_last(booking_id, ADVANCE)
    if payment.state in {PaymentState.FAILED, PaymentState.CLOSED}:
        return
    end(payment, PaymentState.FAILED, now=now)


@write_transaction()
def waive_deposit(*, booking_id: int, now: datetime, by: Actor, reason: str = "") -> None:
    """Let a booking take place without its deposit; the ``reason`` is kept in its history. Again changes nothing.

    Raises:
        PaymentNotFound: Nobody asked for one.
        PaymentStepRefused, TransitionRefused, HoldExpired: It was paid, or its place is gone.
    """
    why, paid = reason.strip()[:300], add_up_deposits(booking_id)
    transitions.accept_payment(booking_id=booking_id, now=now, by=by, waived_because=why, paid_minor=paid)
    payment = lock_last(booking_id, ADVANCE)
    if payment.state == PaymentState.WAIVED:
        return
    end(payment, PaymentState.WAIVED, now=now)


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
    lock_asking(booking_id)
    payment = add_payment(booking, door=PaymentDoor.AT_BUSINESS, purpose=purpose, amount_minor=amount_minor, now=now)
    payment.means, payment.note, payment.received_by_id = means, note.strip()[:300], by.user_id
    receive(payment, now=now)
    return payment.pk


def make_by_hand(payment: Payment, *, door: PaymentDoor, now: datetime) -> Payment:
    """Return a locked payment that comes by ``door``, as a person says; one opened at the provider has another beside.

    The page there is closed; whoever was faster on it gets it back, as what was paid twice.
    """
    was_opened = payment.door == PaymentDoor.STRIPE and (payment.expires_at or payment.state != PaymentState.OPEN)
    if not was_opened:
        payment.door = door
        payment.save(update_fields=["door"])
        return payment
    if payment.state in LIVE_STATES:
        end(payment, PaymentState.CLOSED, now=now)
    booking = get_booking(booking_id=payment.booking_id)
    purpose, amount = PaymentPurpose(payment.purpose), payment.amount_minor
    return add_payment(booking, door=door, purpose=purpose, amount_minor=amount, now=now)


def _has_ended(booking: BookingView, now: datetime) -> bool:
    limit = booking.hold_expires_at
    return booking.status == BookingStatus.PENDING_PAYMENT and limit is not None and limit <= now
