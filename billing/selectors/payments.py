"""Reading what was paid."""

from __future__ import annotations

from datetime import datetime

from billing.engine import Balance, Ending, compute_balance, split_received
from billing.enums import PaymentDoor, PaymentPurpose, PaymentState, RefundCause, RefundState
from billing.errors import PaymentNotFound
from billing.models import Payment
from billing.policies import read_refund_terms
from billing.types import PaymentView, RefundView
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.types import BookingView

PAYABLE = frozenset(
    {BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED}
)


def list_payments_of(*, booking_id: int) -> tuple[PaymentView, ...]:
    """Return the payments of a booking in the order in which they were asked for; two queries."""
    rows = Payment.objects.filter(booking_id=booking_id).prefetch_related("refunds").order_by("opened_at", "pk")
    return tuple(view_payment(row) for row in rows)


def get_payment(*, payment_id: int) -> PaymentView:
    """Return a payment; two queries.

    Raises:
        PaymentNotFound: There is none.
    """
    row = Payment.objects.filter(pk=payment_id).prefetch_related("refunds").first()
    if row is None:
        raise PaymentNotFound
    return view_payment(row)


def balance_booking(booking: BookingView, payments: tuple[PaymentView, ...]) -> Balance:
    """Return where the money of a booking stands; a tip is no part of it."""
    counted = [
        each
        for each in payments
        if each.state == PaymentState.RECEIVED and each.purpose in {PaymentPurpose.DEPOSIT, PaymentPurpose.BALANCE}
    ]
    return compute_balance(
        price_minor=booking.price_minor,
        deposit_minor=booking.deposit_minor,
        received_minor=sum(each.amount_minor for each in counted),
        refunded_minor=sum(each.refunded_minor for each in counted),
        is_called_off=booking.status in CALLED_OFF,
    )


def suggest_refund(payment: PaymentView, booking: BookingView, *, now: datetime) -> int:
    """Return what would go back by the table agreed if its customer called the visit off now."""
    split = split_received(
        payment.amount_minor,
        read_refund_terms(booking, at=now),
        ending=Ending.CUSTOMER,
        starts_at=booking.starts_at,
        now=now,
    )
    return max(0, min(split.back_minor - payment.refunded_minor, payment.left_minor))


def may_record_payment(booking: BookingView) -> bool:
    """Tell whether a booking can be paid at the counter: it takes place, or took place, whatever was its deposit."""
    return booking.status in PAYABLE


def view_payment(row: Payment) -> PaymentView:
    """Return a row as a value; its refunds were loaded with it."""
    refunds = sorted(row.refunds.all(), key=lambda each: each.pk)
    return PaymentView(
        id=row.pk,
        booking_id=row.booking_id,
        purpose=PaymentPurpose(row.purpose),
        amount_minor=row.amount_minor,
        refunded_minor=row.refunded_minor,
        currency=row.currency,
        door=PaymentDoor(row.door),
        state=PaymentState(row.state),
        means=row.means,
        note=row.note,
        opened_at=row.opened_at,
        received_at=row.received_at,
        received_by_id=row.received_by_id,
        kept_minor=row.kept_minor,
        refunds=tuple(
            RefundView(
                id=each.pk,
                amount_minor=each.amount_minor,
                state=RefundState(each.state),
                cause=RefundCause(each.cause),
                reason=each.reason,
                asked_at=each.asked_at,
                done_at=each.done_at,
            )
            for each in refunds
        ),
    )
