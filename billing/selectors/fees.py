"""Fees for not coming: what may be charged to the card that was left, and what its customer still has to pay."""

from __future__ import annotations

from billing.enums import PaymentPurpose, PaymentState
from billing.models import Payment, SavedMethod
from billing.policies import compute_fee, is_fee_due
from billing.types import FeeView, PaymentView
from scheduling.types import BookingView

UNPAID = (PaymentState.OPEN, PaymentState.EXPIRED, PaymentState.FAILED)


def find_due_fee(booking_id: int) -> Payment | None:
    """Return the fee that its customer was asked for after a card was declined, and has not paid; one query."""
    last = Payment.objects.filter(booking_id=booking_id, purpose=PaymentPurpose.NO_SHOW).order_by("-pk").first()
    return last if last is not None and last.charged_at is not None and last.state in UNPAID else None


def find_fee(booking: BookingView, payments: tuple[PaymentView, ...]) -> FeeView | None:
    """Return the fee of a booking for which a card was left, as it stands; None: none was. At most one query."""
    fees = [each for each in payments if each.purpose == PaymentPurpose.NO_SHOW]
    last = fees[-1] if fees else None
    if last is None or (last.charged_at is None and last.state not in {PaymentState.RESERVED, PaymentState.WAIVED}):
        return None
    decline = next((each.decline for each in reversed(fees) if each.decline), "")
    cards = SavedMethod.objects.filter(payment_id__in=[each.id for each in fees]).order_by("-pk")
    card = cards.values_list("label", flat=True).first() or ""
    if last.state == PaymentState.RESERVED:
        due = compute_fee(last.amount_minor, booking)
        return FeeView(last.id, last.state, last.amount_minor, due, card=card)
    is_asked = last.state in UNPAID and is_fee_due(booking)
    return FeeView(
        last.id, last.state, last.amount_minor, last.amount_minor, card=card, is_asked=is_asked, decline=decline,
        note=last.note, by_id=last.received_by_id,
    )  # fmt: skip
