"""Which steps a payment takes, and on which terms money goes back."""

from __future__ import annotations

from collections.abc import Mapping

from billing.engine import RefundTerms
from billing.enums import PaymentState
from billing.errors import PaymentStepRefused
from billing.models import Payment
from kernel.instants import count_minutes
from scheduling.types import BookingView

TRANSITIONS: Mapping[str, frozenset[PaymentState]] = {
    PaymentState.OPEN: frozenset(
        {
            PaymentState.PROCESSING,
            PaymentState.RESERVED,
            PaymentState.RECEIVED,
            PaymentState.FAILED,
            PaymentState.EXPIRED,
            PaymentState.CLOSED,
            PaymentState.WAIVED,
        }
    ),
    PaymentState.PROCESSING: frozenset(
        {PaymentState.RESERVED, PaymentState.RECEIVED, PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.CLOSED}
    ),
    PaymentState.RESERVED: frozenset(
        {PaymentState.RECEIVED, PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.CLOSED}
    ),
    PaymentState.FAILED: frozenset({PaymentState.RECEIVED}),
    PaymentState.EXPIRED: frozenset({PaymentState.RECEIVED}),
    PaymentState.CLOSED: frozenset({PaymentState.RECEIVED}),
    PaymentState.WAIVED: frozenset({PaymentState.RECEIVED}),
}
"""The table of steps. Money may arrive however late: it is received then; what becomes of it is another question."""


def check_payment_step(payment: Payment, state: PaymentState) -> None:
    """Refuse a step that the table does not know.

    Raises:
        PaymentStepRefused: From where the payment stands, ``state`` cannot be reached.
    """
    if state not in TRANSITIONS.get(payment.state, frozenset()):
        raise PaymentStepRefused(state=PaymentState(payment.state).label)


def read_refund_terms(booking: BookingView) -> RefundTerms:
    """Return the table of refunds as agreed: free as long as the customer could cancel, then nothing goes back."""
    return RefundTerms(free_until_minutes=max(0, count_minutes(booking.cancel_until, booking.starts_at)))
