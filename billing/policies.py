"""Which steps a payment takes, and on which terms money goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from billing.engine import Ending, RefundTerms, Split, split_received
from billing.enums import PaymentPurpose, PaymentState
from billing.errors import PaymentStepRefused
from billing.models import Payment
from kernel.instants import count_minutes
from scheduling.enums import ActorKind, BookingStatus, CancelCause
from scheduling.types import LARGEST_PRICE_MINOR, AgreedPolicy, BookingView
from scheduling.types.policies import find_withdrawal_period
from tenants.context import current_tenant

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
        {
            PaymentState.PROCESSING,
            PaymentState.RECEIVED,
            PaymentState.FAILED,
            PaymentState.EXPIRED,
            PaymentState.CLOSED,
            PaymentState.WAIVED,
        }
    ),
    PaymentState.FAILED: frozenset({PaymentState.RECEIVED, PaymentState.CLOSED, PaymentState.WAIVED}),
    PaymentState.EXPIRED: frozenset({PaymentState.RECEIVED, PaymentState.CLOSED, PaymentState.WAIVED}),
    PaymentState.CLOSED: frozenset({PaymentState.RECEIVED}),
    PaymentState.WAIVED: frozenset({PaymentState.RECEIVED}),
}
"""The table of steps. Money may arrive however late: it is received then; what becomes of it is another question."""


STANDING = frozenset(
    {
        BookingStatus.PENDING_APPROVAL,
        BookingStatus.CONFIRMED,
        BookingStatus.ARRIVED,
        BookingStatus.IN_PROGRESS,
        BookingStatus.COMPLETED,
    }
)
"""Where a booking takes place, or may."""

THEIRS = frozenset({CancelCause.TOLD, CancelCause.NO_ANSWER})
"""Staff cancelled, and the customer did not want to come or could not be reached."""


def check_payment_step(payment: Payment, state: PaymentState) -> None:
    """Refuse a step that the table does not know.

    Raises:
        PaymentStepRefused: From where the payment stands, ``state`` cannot be reached.
    """
    if state not in TRANSITIONS.get(payment.state, frozenset()):
        raise PaymentStepRefused(state=PaymentState(payment.state).label)


def read_agreed_terms(agreed: AgreedPolicy) -> RefundTerms:
    """Return the table of refunds as agreed, as long as no law gives more."""
    if agreed.is_deposit_fee:
        return RefundTerms(free_until_minutes=None)
    return RefundTerms(
        free_until_minutes=agreed.free_minutes,
        kept_percent=agreed.refund_kept_percent,
        no_show_percent=agreed.refund_no_show_percent,
    )


def read_refund_terms(booking: BookingView, *, at: datetime) -> RefundTerms:
    """Return the table of refunds as agreed, for what happens ``at`` a moment.

    A booking fee stays with the business, except where the law lets a customer withdraw: in the EU for 14 days, unless
    the visit took place.
    """
    terms = read_agreed_terms(booking.agreed)
    if booking.agreed.is_deposit_fee and at < booking.created_at + find_withdrawal_period(current_tenant().country):
        return replace(terms, free_until_minutes=0)
    if booking.agreed.refund_free_minutes is None and terms.free_until_minutes is not None:
        # A customer who may cancel until then does so free of charge, whatever moved the limit.
        return replace(terms, free_until_minutes=max(0, count_minutes(booking.cancel_until, booking.starts_at)))
    return terms


def goes_back(purpose: PaymentPurpose) -> bool:
    """Tell whether the terms agreed share a payment when its visit comes to nothing; a fee for not coming stays."""
    return purpose != PaymentPurpose.NO_SHOW


def split_payment(amount_minor: int, booking: BookingView, *, ending: Ending, at: datetime) -> Split:
    """Share what was received for a booking that ends ``at`` a moment, on the terms agreed and as the law says."""
    terms = read_refund_terms(booking, at=at)
    return split_received(amount_minor, terms, ending=ending, starts_at=booking.starts_at, now=at)


def share_payment(
    amount_minor: int, booking: BookingView, *, aside_minor: int, stays_minor: int, ending: Ending, at: datetime
) -> Split:
    """Share one payment of a booking that ends ``at`` a moment, with what went back of it before.

    ``aside_minor`` went back since it was not needed: it is no part of what is shared. Nor is ``stays_minor``, which
    its customer left there by making the visit smaller: it stays, unless the business calls off.
    """
    stays = 0 if ending in {Ending.BUSINESS, Ending.LATE} else stays_minor
    shared = max(0, amount_minor - aside_minor - stays)
    split = split_payment(shared, booking, ending=ending, at=at)
    return Split(back_minor=split.back_minor + aside_minor, kept_minor=split.kept_minor + stays)


def find_ending(booking: BookingView) -> Ending:
    """Say who called a booking off: on that depends what goes back."""
    if booking.status == BookingStatus.EXPIRED:
        return Ending.LATE
    if booking.status == BookingStatus.NO_SHOW:
        return Ending.NO_SHOW
    is_theirs = booking.cancelled_by == ActorKind.CUSTOMER or booking.cancelled_cause in THEIRS
    return Ending.CUSTOMER if is_theirs else Ending.BUSINESS


def find_asked_purpose(agreed: AgreedPolicy) -> PaymentPurpose:
    """Return what a booking waits for before it is confirmed: its deposit, or a card for the fee."""
    return PaymentPurpose.NO_SHOW if agreed.is_on_card else PaymentPurpose.DEPOSIT


def is_card_left(payment: Payment) -> bool:
    """Tell whether this is a card that is kept for a fee, of which nothing was charged."""
    return payment.purpose == PaymentPurpose.NO_SHOW and payment.state == PaymentState.RESERVED


def compute_fee(guarantee_minor: int, booking: BookingView) -> int:
    """Return what may be charged to the card that was left: what would be kept of a deposit; 0: nothing.

    ``guarantee_minor`` is the most that was agreed. A request that nobody accepted owes nothing, as its deposit would
    only be let go.
    """
    if booking.confirmed_at is None or booking.status not in {BookingStatus.NO_SHOW, BookingStatus.CANCELLED}:
        return 0
    if booking.agreed.is_on_card:  # a visit that became less by a change owes less
        guarantee_minor = min(guarantee_minor, booking.deposit_minor)
    at = booking.cancelled_at or booking.starts_at
    return split_payment(guarantee_minor, booking, ending=find_ending(booking), at=at).kept_minor


def is_fee_due(booking: BookingView) -> bool:
    """Tell whether a part of what was agreed, however small, is due as a booking stands."""
    return compute_fee(LARGEST_PRICE_MINOR, booking) > 0
