"""The money of a booking that became another visit: what is too much of its deposit goes back, by the terms agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from billing.engine import Ending
from billing.enums import PaymentPurpose, PaymentState, RefundCause
from billing.models import Payment, Refund
from billing.policies import STANDING, split_payment
from billing.selectors.asking import add_up_deposits, find_due
from billing.services.movements import lock_asking
from billing.services.refunds import give_part_back
from database.transactions import write_transaction
from kernel.iso import parse_instant
from notifications.types.messages import EventView
from scheduling.enums import ActorKind, BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import AgreedPolicy, BookingView


@dataclass(frozen=True, slots=True)
class MoneyOfChange:
    """What a change means for the deposit, in the smallest coin of the booking's currency.

    Attributes:
        due_minor: What has to be paid until ``pay_by``, or the booking ends; 0: nothing.
        back_minor: What goes back.
        kept_minor: What stays with the business as a part of the price, though less is due in advance now.
    """

    due_minor: int = 0
    pay_by: datetime | None = None
    back_minor: int = 0
    kept_minor: int = 0


def describe_change(before: BookingView, after: BookingView, *, by: ActorKind, now: datetime) -> MoneyOfChange:
    """Return what becomes of the deposit when a booking is changed so; at most one query."""
    if after.status == BookingStatus.PENDING_PAYMENT:
        return MoneyOfChange(due_minor=find_due(after), pay_by=after.hold_expires_at)
    excess = _find_excess(before, after)
    if excess < 1:
        return MoneyOfChange()
    split = split_payment(excess, before, ending=_find_ending(by), at=now)
    return MoneyOfChange(back_minor=split.back_minor, kept_minor=split.kept_minor)


@dataclass(frozen=True, slots=True)
class DepositBefore:
    """The deposit of a booking before it changed, with the terms on which that was agreed, and who changed it."""

    amount_minor: int
    starts_at: datetime
    agreed: AgreedPolicy
    by: ActorKind


def read_deposit_before(event: EventView) -> DepositBefore:
    """Return what a ``booking.changed`` says of the deposit before."""
    said: Mapping[str, Any] = event.payload
    return DepositBefore(
        amount_minor=said["previous_deposit_minor"],
        starts_at=parse_instant(said["previous_starts_at"]),
        agreed=AgreedPolicy.read(said["previous_policy"]),
        by=ActorKind(said["by"]),
    )


@write_transaction()
def give_excess_back(before: DepositBefore, *, booking_id: int, now: datetime) -> None:
    """Let go back what is too much of a deposit since its visit changed at ``now``. Again changes nothing.

    The newest payment goes back first. Whoever made the change decides the terms: of a customer's, the table that was
    agreed until then says what stays; of the business's own, nothing does. What stays is a part of the price.
    """
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    if booking.status not in STANDING - {BookingStatus.PENDING_APPROVAL} or booking.agreed.is_on_card:
        return
    if Refund.objects.filter(payment__booking_id=booking_id, asked_at=now, cause=RefundCause.CHANGED).exists():
        return
    deposits = Payment.objects.filter(
        booking_id=booking_id, purpose=PaymentPurpose.DEPOSIT, state=PaymentState.RECEIVED
    )
    payments = list(deposits.select_for_update().order_by("pk"))[::-1]  # locked in the order of all who lock them
    there = sum(each.left_minor for each in payments)
    excess = min(before.amount_minor, there) - booking.deposit_minor
    if excess < 1:
        return
    cancel_until = before.starts_at - before.agreed.notice_to_cancel
    then = replace(booking, starts_at=before.starts_at, agreed=before.agreed, cancel_until=cancel_until)
    left = split_payment(excess, then, ending=_find_ending(before.by), at=now).back_minor
    for payment in payments:
        part = min(left, payment.left_minor)
        if part:
            give_part_back(payment, part, cause=RefundCause.CHANGED, now=now)
        left -= part


def _find_excess(before: BookingView, after: BookingView) -> int:
    if after.status != BookingStatus.CONFIRMED or after.agreed.is_on_card:
        return 0
    return min(before.deposit_minor, add_up_deposits(before.id)) - after.deposit_minor


def _find_ending(by: ActorKind) -> Ending:
    return Ending.CUSTOMER if by == ActorKind.CUSTOMER else Ending.BUSINESS
