"""Paying with credit: the deposit that a booking waits for, wholly or in part, or what is due at the counter."""

from __future__ import annotations

from datetime import datetime

from billing.enums import PaymentDoor, PaymentPurpose, PaymentState
from billing.errors import CreditNotFound, CreditTooSmall, PaymentStepRefused
from billing.models import Payment
from billing.policies import check_payment_step
from billing.selectors.asking import find_due
from billing.selectors.credits import add_up_left, find_proven_contact, list_credits_of, list_customer_credits
from billing.selectors.payments import balance_booking, list_payments_of, may_record_payment
from billing.services.movements import add_payment, end, lock_asking, lock_live, receive
from billing.services.moving.credits import use_credits
from billing.services.repricing import accept_enough, is_missing
from billing.types import CreditView
from database.transactions import write_transaction
from scheduling.enums import BookingStatus
from scheduling.errors import BookingNotFound, HoldExpired, TransitionRefused
from scheduling.policies import check_step
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.bookings.visits import get_visit
from scheduling.types import CUSTOMER, Actor, BookingView
from tenants.enums import Ability


def pay_with_own_credit(
    *, booking_id: int, now: datetime, contact: str | None = None, amount_minor: int | None = None
) -> int:
    """Pay the deposit of a booking with the credit of whoever made it; return how much was used.

    ``contact`` is the one whose link to their visits was opened, and the booking is one of theirs; None: the one that
    was proven when it was made. Without an amount, as much as is there and due.

    Raises:
        StatusForbids: The state of the business allows no steps.
        CreditNotFound: Nobody has shown whose credit it is, there is none, or the booking is somebody else's.
        CreditTooSmall: More is wanted than is left or due.
        HoldExpired, TransitionRefused: It waits for no deposit (any more).
        PaymentStepRefused: It is being paid another way.
    """
    booking = get_booking(booking_id=booking_id)
    if contact is not None:
        try:
            get_visit(contact=contact, booking_id=booking_id)
        except BookingNotFound as error:
            raise CreditNotFound from error
    owned = list_credits_of(contact=find_proven_contact(booking) if contact is None else contact)
    return _pay_deposit(booking_id, owned, amount_minor, now=now, by=CUSTOMER)


def apply_credit(*, booking_id: int, now: datetime, by: Actor, amount_minor: int | None = None) -> int:
    """Let a customer's credit pay the deposit that is waited for, or else what is left of the price; return how much.

    Raises:
        StatusForbids: The state of the business allows no steps.
        CreditNotFound: The customer has none, or nothing is due.
        CreditTooSmall, HoldExpired, TransitionRefused, PaymentStepRefused: As `pay_with_own_credit`.
    """
    check_step(by)
    booking = get_booking(booking_id=booking_id)
    owned = list_customer_credits(customer_id=booking.customer_id)
    if booking.status == BookingStatus.PENDING_PAYMENT:
        return _pay_deposit(booking_id, owned, amount_minor, now=now, by=by)
    return _pay_balance(booking_id, owned, amount_minor, now=now, by=by)


@write_transaction()
def _pay_deposit(
    booking_id: int, owned: tuple[CreditView, ...], amount_minor: int | None, *, now: datetime, by: Actor
) -> int:
    check_step(by, Ability.BOOK)  # where nobody books any more, nobody pays in advance
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    _check_waits(booking, now=now)
    due = find_due(booking)
    amount = _choose(owned, amount_minor, due, booking)
    is_enough = not is_missing(due - amount)
    if is_enough:
        accept_enough(booking, missing_minor=due - amount, now=now, by=by)
    live = lock_live(booking_id)
    if live is not None:
        if live.state != PaymentState.OPEN:
            raise PaymentStepRefused(state=PaymentState(live.state).label)
        end(live, PaymentState.CLOSED, now=now)
    _pay(booking, PaymentPurpose.DEPOSIT, amount, owned, now=now, by=by)
    if not is_enough:
        door = PaymentDoor.BANK_TRANSFER if live is None else PaymentDoor(live.door)
        add_payment(booking, door=door, purpose=PaymentPurpose.DEPOSIT, amount_minor=due - amount, now=now)
    return amount


@write_transaction()
def _pay_balance(
    booking_id: int, owned: tuple[CreditView, ...], amount_minor: int | None, *, now: datetime, by: Actor
) -> int:
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    if not may_record_payment(booking):
        raise TransitionRefused(status=booking.status.label)
    left = balance_booking(booking, list_payments_of(booking_id=booking_id)).left_minor
    due = add_up_left(owned, booking.currency) if left is None else left
    amount = _choose(owned, amount_minor, due, booking)
    _pay(booking, PaymentPurpose.BALANCE, amount, owned, now=now, by=by)
    return amount


def _check_waits(booking: BookingView, *, now: datetime) -> None:
    if booking.status != BookingStatus.PENDING_PAYMENT or booking.agreed.is_on_card or booking.is_test:
        raise TransitionRefused(status=booking.status.label)
    if booking.hold_expires_at is not None and booking.hold_expires_at <= now:
        raise HoldExpired(starts_at=booking.starts_at)


def _choose(owned: tuple[CreditView, ...], wanted_minor: int | None, due_minor: int, booking: BookingView) -> int:
    """Return how much of the credits is used.

    Raises:
        CreditNotFound: There is none, or nothing is due.
        CreditTooSmall: More is wanted than is left or due, or nothing.
    """
    most = min(add_up_left(owned, booking.currency), due_minor)
    if most < 1:
        raise CreditNotFound
    amount = most if wanted_minor is None else wanted_minor
    if not 1 <= amount <= most:
        raise CreditTooSmall
    return amount


def _pay(
    booking: BookingView,
    purpose: PaymentPurpose,
    amount_minor: int,
    owned: tuple[CreditView, ...],
    *,
    now: datetime,
    by: Actor,
) -> Payment:
    payment = add_payment(booking, door=PaymentDoor.CREDIT, purpose=purpose, amount_minor=amount_minor, now=now)
    check_payment_step(payment, PaymentState.RECEIVED)
    payment.received_by_id = by.user_id
    use_credits(payment, [each.id for each in owned])
    receive(payment, now=now)
    return payment
