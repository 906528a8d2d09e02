"""What is paid across the counter: the rest of the price, in parts or whole, and tips."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from billing.engine import Balance
from billing.enums import PaymentPurpose
from billing.errors import (
    AMOUNT_WRONG,
    DESPITE_MISSING,
    TOO_MUCH,
    TOO_MUCH_BESIDES,
    PaymentInvalid,
    PaymentsChanged,
)
from billing.gateway.doors.by_hand import MOST_MINOR
from billing.selectors.payments import balance_booking, list_payments_of, may_record_payment
from billing.services.movements import lock_asking
from billing.services.payments import record_payment
from billing.types import CounterPayment
from database.transactions import write_transaction
from scheduling.errors import TransitionRefused
from scheduling.policies import check_step
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import Actor, BookingView


@write_transaction()
def take_payment(*, booking_id: int, paid: CounterPayment, now: datetime, by: Actor) -> None:
    """Note what a customer paid at the business, and the tip beside it.

    Raises:
        BookingNotFound: There is no such booking.
        StatusForbids: The state of the business allows no steps.
        TransitionRefused: The booking is over, or waits for its deposit first.
        PaymentsChanged: Somebody noted another payment since.
        PaymentInvalid: Nothing, or more than is left to pay of a price that is fixed, besides what a card has reserved;
            or another payment is on its way; unless ``paid`` says that it was taken all the same.
    """
    check_step(by)
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    if not may_record_payment(booking):
        raise TransitionRefused(status=booking.status.label)
    payments = list_payments_of(booking_id=booking_id)
    if sum(not each.is_card_only for each in payments) != paid.seen:  # a card that is left is no payment yet
        raise PaymentsChanged
    balance = balance_booking(booking, payments)
    if paid.amount_minor > 0 and balance.coming_minor and not paid.is_despite:
        raise PaymentInvalid(errors={"is_despite": (DESPITE_MISSING,)})
    if paid.is_despite:  # they took it all the same: what is too much of what a card brings goes back
        balance = replace(balance, coming_minor=0, reserved_minor=0)
    _check_amounts(booking, paid, balance=balance)
    for purpose, amount in ((PaymentPurpose.BALANCE, paid.amount_minor), (PaymentPurpose.TIP, paid.tip_minor)):
        if amount:
            record_payment(
                booking_id=booking_id, amount_minor=amount, means=paid.means, now=now, by=by, purpose=purpose,
                note=paid.note,
            )  # fmt: skip


def _check_amounts(booking: BookingView, paid: CounterPayment, *, balance: Balance) -> None:
    """Refuse nothing at all, less than that, slips of the finger, and more than is left besides what is reserved.

    A lowest price is no limit.
    """
    left = balance.left_minor
    most = MOST_MINOR if left is None or booking.is_price_from else left
    errors = {}
    if paid.amount_minor < 0 or not (paid.amount_minor or paid.tip_minor):
        errors["amount"] = (AMOUNT_WRONG,)
    elif paid.amount_minor > most:
        is_besides = balance.owed_minor is not None and paid.amount_minor <= balance.owed_minor
        errors["amount"] = (TOO_MUCH_BESIDES if is_besides else TOO_MUCH,)
    if paid.tip_minor < 0:
        errors["tip"] = (AMOUNT_WRONG,)
    elif paid.tip_minor > MOST_MINOR:
        errors["tip"] = (TOO_MUCH,)
    if errors:
        raise PaymentInvalid(errors=errors)
