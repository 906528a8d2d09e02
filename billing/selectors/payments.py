"""Reading what was paid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from billing.engine import Balance, Ending, Split, compute_balance, compute_over
from billing.enums import INVOICED, PaymentDoor, PaymentPurpose, PaymentState, RefundCause, RefundState
from billing.errors import PaymentNotFound
from billing.models import Payment
from billing.policies import goes_back, share_payment
from billing.types import DisputeView, MovedMoney, PaidOver, PaymentView, RefundView
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.types import BookingView

PAYABLE = frozenset(
    {BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED}
)


def list_payments_of(*, booking_id: int) -> tuple[PaymentView, ...]:
    """Return the payments of a booking in the order in which they were asked for; two queries."""
    return list_payments_of_all([booking_id]).get(booking_id, ())


def list_payments_of_all(booking_ids: Collection[int]) -> Mapping[int, tuple[PaymentView, ...]]:
    """Map bookings to their payments, as `list_payments_of`; who has none is left out. Two queries, if any."""
    found: dict[int, tuple[PaymentView, ...]] = {}
    if booking_ids:
        rows = (
            Payment.objects.filter(booking_id__in=booking_ids).prefetch_related("refunds").order_by("opened_at", "pk")
        )
        for row in rows:
            found[row.booking_id] = (*found.get(row.booking_id, ()), view_payment(row))
    return found


def list_moved(payments: Iterable[PaymentView], disputes: Collection[DisputeView]) -> tuple[MovedMoney, ...]:
    """Return what came of some payments and what of it went back, in the order in which it did; no query.

    ``disputes`` are those of the payments: of what the bank has, it is told when it was disputed.
    """
    moved = []
    for each in payments:
        if each.received_at is None:
            continue
        came = MovedMoney(each.received_at, each.purpose, each.method, each.amount_minor, each.currency)
        moved.append(came)
        moved += [
            replace(
                came,
                at=refund.done_at,
                amount_minor=refund.returned_minor - refund.amount_minor,
                is_credit=refund.is_credit,
            )
            for refund in each.refunds
            if refund.state == RefundState.DONE
            and refund.done_at is not None
            and refund.amount_minor > refund.returned_minor
        ]
        moved += [
            replace(came, at=dispute.opened_at, amount_minor=-dispute.taken_minor, is_taken=True)
            for dispute in disputes
            if dispute.payment_id == each.id and dispute.taken_minor
        ]
    return tuple(sorted(moved, key=lambda each: each.at))


def get_payment(*, payment_id: int) -> PaymentView:
    """Return a payment; two queries.

    Raises:
        PaymentNotFound: There is none.
    """
    row = Payment.objects.filter(pk=payment_id).prefetch_related("refunds").first()
    if row is None:
        raise PaymentNotFound
    return view_payment(row)


def preview_cancellation(
    booking: BookingView, payments: tuple[PaymentView, ...], *, at: datetime, ending: Ending = Ending.CUSTOMER
) -> Split | None:
    """Return what goes back, and what stays, if the customer cancels ``at`` a moment; None: nothing was paid.

    What staff gave back before counts: a refund that is on its way does not go twice. ``ending``: somebody else does.
    """
    back = kept = 0
    for each in payments:
        if each.left_minor and goes_back(each.purpose):
            share = suggest_refund(each, booking, now=at, ending=ending)
            back, kept = back + share, kept + each.left_minor - share
    return Split(back_minor=back, kept_minor=kept) if back or kept else None


def balance_booking(booking: BookingView, payments: tuple[PaymentView, ...]) -> Balance:
    """Return where the money of a booking stands; a tip is no part of it."""
    counted = [each for each in payments if each.state == PaymentState.RECEIVED and each.purpose in INVOICED]
    reserved = (each for each in payments if each.state == PaymentState.RESERVED)
    return compute_balance(
        price_minor=booking.price_minor,
        deposit_minor=0 if booking.agreed.is_on_card else booking.deposit_minor,
        received_minor=sum(each.amount_minor for each in counted),
        refunded_minor=sum(each.gone_minor for each in counted),
        reserved_minor=sum(each.amount_minor for each in reserved if each.purpose == PaymentPurpose.DEPOSIT),
        coming_minor=add_up_coming(payments),
        is_called_off=booking.status in CALLED_OFF,
    )


def add_up_coming(payments: Iterable[PaymentView]) -> int:
    """Return how much of a visit is being charged at this moment, and neither received nor refused yet; no query."""
    coming = (each for each in payments if each.state == PaymentState.PROCESSING)
    return sum(each.amount_minor for each in coming if each.purpose != PaymentPurpose.NO_SHOW)


def find_over(booking: BookingView, payments: tuple[PaymentView, ...]) -> PaidOver | None:
    """Return what the business has of a visit that is more than it costs, and nothing agreed lets stay; no query."""
    serving = [each for each in payments if each.invoiced_minor]
    if not serving or not may_record_payment(booking):
        return None
    over_minor = compute_over(
        price_minor=booking.price_minor,
        is_lowest=booking.is_price_from,
        held_minor=sum(each.invoiced_minor for each in serving),
        stays_minor=sum(min(each.stays_minor, each.invoiced_minor) for each in serving),
    )
    source = max(serving, key=lambda each: (each.invoiced_minor >= over_minor, each.id))
    return PaidOver(over_minor, source.id) if over_minor else None


def suggest_refund(
    payment: PaymentView, booking: BookingView, *, now: datetime, ending: Ending = Ending.CUSTOMER
) -> int:
    """Return what would go back by the table agreed if its customer, or who ``ending`` says, called it off now."""
    split = share_payment(
        payment.amount_minor,
        booking,
        aside_minor=payment.aside_minor,
        stays_minor=payment.stays_minor,
        ending=ending,
        at=now,
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
        charged_at=row.charged_at,
        decline=row.decline,
        disputed_minor=row.disputed_minor,
        dispute_state=row.dispute_state,
        stays_minor=row.stays_minor,
        refunds=tuple(
            RefundView(
                id=each.pk,
                amount_minor=each.amount_minor,
                state=RefundState(each.state),
                cause=RefundCause(each.cause),
                reason=each.reason,
                asked_at=each.asked_at,
                done_at=each.done_at,
                is_credit=each.is_credit,
                returned_minor=each.returned_minor,
            )
            for each in refunds
        ),
    )
