"""The money of a booking that became another visit: what is too much of its deposit goes back, by the terms agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from billing.engine import Ending
from billing.enums import PaymentPurpose, PaymentState, RefundCause
from billing.models import Payment
from billing.policies import STANDING, split_payment
from billing.selectors.asking import find_due
from billing.services.movements import lock_asking
from billing.services.refunds import give_part_back, note_promise
from database.transactions import write_transaction
from kernel.iso import parse_instant
from notifications.types.messages import EventView
from scheduling.enums import ActorKind, BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import AgreedPolicy, BookingView

SHARED = (STANDING | {BookingStatus.PENDING_PAYMENT}) - {BookingStatus.PENDING_APPROVAL}
"""Where a booking has another deposit since it changed; a request keeps its own."""


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
class DepositChange:
    """The deposit of a booking before and after it changed, with the terms agreed before, and who changed it."""

    before_minor: int
    after_minor: int
    starts_at: datetime
    agreed: AgreedPolicy
    by: ActorKind


def read_deposit_change(event: EventView) -> DepositChange:
    """Return what a ``booking.changed`` says of the deposit."""
    said: Mapping[str, Any] = event.payload
    return DepositChange(
        before_minor=said["previous_deposit_minor"],
        after_minor=said["deposit_minor"],
        starts_at=parse_instant(said["previous_starts_at"]),
        agreed=AgreedPolicy.read(said["previous_policy"]),
        by=ActorKind(said["by"]),
    )


@write_transaction()
def share_excess(change: DepositChange, *, booking_id: int, now: datetime) -> None:
    """Let go back what is too much of a deposit since its visit changed at ``now``. Again changes nothing.

    The newest payment goes back first. Whoever made the change decides the terms: of a customer's, the table that was
    agreed until then says what stays; of the business's own, nothing does. What stays is a part of the price, and no
    part of what is shared later, unless the deposit needs it again. Of two changes that are heard late, each shares its
    own. What a bank has meanwhile goes back once the bank returns it.
    """
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    if booking.status not in SHARED or booking.agreed.is_on_card:
        return
    deposits = Payment.objects.filter(
        booking_id=booking_id, purpose=PaymentPurpose.DEPOSIT, state=PaymentState.RECEIVED
    )
    payments = list(deposits.select_for_update().order_by("pk"))[::-1]  # locked in the order of all who lock them
    _let_stays_serve(payments, booking.deposit_minor)
    serving = sum(each.amount_minor - each.refunded_minor - each.stays_minor for each in payments)
    excess = min(change.before_minor - change.after_minor, serving - booking.deposit_minor)
    if excess < 1:
        return
    cancel_until = change.starts_at - change.agreed.notice_to_cancel
    then = replace(booking, starts_at=change.starts_at, agreed=change.agreed, cancel_until=cancel_until)
    split = split_payment(excess, then, ending=_find_ending(change.by), at=now)
    there = sum(each.left_minor - each.stays_minor for each in payments)
    back_now = max(0, min(split.back_minor, there - booking.deposit_minor))
    _give_back(payments, back_now, later_minor=split.back_minor - back_now, now=now)
    _let_stay(payments, split.kept_minor)


def _let_stays_serve(payments: Sequence[Payment], deposit_minor: int) -> None:
    """Let no more stay than is there besides the deposit."""
    room = max(0, sum(each.amount_minor - each.refunded_minor for each in payments) - deposit_minor)
    for payment in payments:
        if payment.stays_minor > room:
            payment.stays_minor = room
            payment.save(update_fields=["stays_minor"])
        room -= payment.stays_minor


def _give_back(payments: Sequence[Payment], back_minor: int, *, later_minor: int, now: datetime) -> None:
    for payment in payments:
        part = max(0, min(back_minor, payment.left_minor - payment.stays_minor))
        if part:
            give_part_back(payment, part, cause=RefundCause.CHANGED, now=now)
        back_minor -= part
        promised = min(later_minor, payment.disputed_minor)
        if promised:
            note_promise(payment, promised, now=now)
        later_minor -= promised


def _let_stay(payments: Sequence[Payment], kept_minor: int) -> None:
    for payment in payments:
        part = min(kept_minor, payment.amount_minor - payment.refunded_minor - payment.stays_minor)
        if part:
            payment.stays_minor += part
            payment.save(update_fields=["stays_minor"])
        kept_minor -= part


def _find_excess(before: BookingView, after: BookingView) -> int:
    if after.status != BookingStatus.CONFIRMED or after.agreed.is_on_card:
        return 0
    deposits = Payment.objects.filter(booking_id=before.id, purpose=PaymentPurpose.DEPOSIT, state=PaymentState.RECEIVED)
    serving = sum(each.left_minor - each.stays_minor for each in deposits)
    return min(before.deposit_minor - after.deposit_minor, serving - after.deposit_minor)


def _find_ending(by: ActorKind) -> Ending:
    return Ending.CUSTOMER if by == ActorKind.CUSTOMER else Ending.BUSINESS
