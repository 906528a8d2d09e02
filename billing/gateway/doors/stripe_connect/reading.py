"""What Stripe answers, in the gateway's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from billing.gateway.currencies import from_provider_amount
from billing.gateway.doors.stripe_connect.translating import read_decline
from billing.gateway.enums import (
    AccountState,
    DeclineReason,
    DisputeReason,
    DisputeState,
    MovementKind,
    PaymentState,
    PayoutState,
    RefundState,
)
from billing.gateway.types import (
    AccountFacts,
    DisputeFacts,
    Movement,
    PaymentFacts,
    PayoutFacts,
    ProviderIds,
    RefundFacts,
    SavedMethod,
)
from kernel.iso import parse_instant
from kernel.money import Money

KEY = "turnero_key"
"""Of our key in Stripe's metadata: for people who look there, and to recognise our own; it never finds a tenant."""

STARTED = {"open": PaymentState.OPEN, "expired": PaymentState.CLOSED, "complete": PaymentState.PROCESSING}
PAYMENTS = {
    "processing": PaymentState.PROCESSING,
    "requires_capture": PaymentState.AUTHORIZED,
    "succeeded": PaymentState.PAID,
    "canceled": PaymentState.CLOSED,
}
SAVINGS = {"succeeded": PaymentState.SAVED, "processing": PaymentState.PROCESSING, "canceled": PaymentState.CLOSED}
REFUNDS = {
    "succeeded": RefundState.DONE,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
}
DISPUTES = {
    "needs_response": DisputeState.NEEDS_ANSWER,
    "warning_needs_response": DisputeState.NEEDS_ANSWER,
    "appeal_needs_response": DisputeState.NEEDS_ANSWER,
    "under_review": DisputeState.UNDER_REVIEW,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "appeal_under_review": DisputeState.UNDER_REVIEW,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
REASONS = {
    "fraudulent": DisputeReason.FRAUD,
    "unrecognized": DisputeReason.UNKNOWN,
    "duplicate": DisputeReason.TWICE,
    "product_not_received": DisputeReason.NOT_RECEIVED,
    "product_unacceptable": DisputeReason.NOT_AS_SAID,
    "credit_not_processed": DisputeReason.NO_REFUND,
    "subscription_canceled": DisputeReason.CANCELED,
}
PAYOUTS = {
    "paid": PayoutState.ARRIVED,
    "pending": PayoutState.ON_ITS_WAY,
    "in_transit": PayoutState.ON_ITS_WAY,
    "canceled": PayoutState.CANCELED,
    "failed": PayoutState.FAILED,
}
MOVEMENTS = {
    "charge": MovementKind.PAYMENT,
    "payment": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "payment_failure_refund": MovementKind.REFUND,
    "adjustment": MovementKind.DISPUTE,
    "payout": MovementKind.PAYOUT,
    "payout_failure": MovementKind.PAYOUT,
    "payout_cancel": MovementKind.PAYOUT,
    "stripe_fee": MovementKind.FEE,
    "network_cost": MovementKind.FEE,
}


def read_instant(seconds: int) -> datetime:
    """Return the instant that Stripe counts in seconds since 1970."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def read_id(thing: Any) -> str:
    """Return the id of what may be an id, the whole thing, or missing."""
    return thing if isinstance(thing, str) else (thing.id if thing else "")


def _read_key(metadata: Any) -> str | None:
    return getattr(metadata, KEY, None)


def read_started(session: Any) -> PaymentFacts:
    """Return the payment that a checkout session is about; its intents came along whole."""
    closes_at = read_instant(session.expires_at) if session.status == "open" else None
    if session.mode == "setup":
        return _read_saving(session, closes_at)
    if session.payment_intent:
        return read_payment(session.payment_intent, started=session.id, status=session.status, closes_at=closes_at)
    return PaymentFacts(
        ids=ProviderIds(started=session.id),
        state=STARTED[session.status],
        amount=from_provider_amount(session.amount_total, session.currency),
        key=_read_key(session.metadata),
        expires_at=closes_at,
    )


def read_payment(
    intent: Any, *, started: str = "", status: str | None = None, closes_at: datetime | None = None
) -> PaymentFacts:
    """Return a payment; ``status`` and ``closes_at`` are of the session that opened it, when one did."""
    charge = intent.latest_charge
    amount = from_provider_amount(intent.amount, intent.currency)
    # Stripe counts what was let go of a reservation as refunded; it was never received.
    refunded = charge.amount_refunded - (charge.amount - charge.amount_captured) if charge and charge.captured else 0
    received = from_provider_amount(intent.amount_received, intent.currency).amount_minor
    # Without a session nobody can try another card: what did not work is over. A session that is complete is, too.
    waiting = (
        PaymentState.OPEN if status == "open" else PaymentState.CLOSED if status == "expired" else PaymentState.FAILED
    )
    saved = intent.setup_future_usage and intent.status in {"succeeded", "requires_capture"}
    return PaymentFacts(
        ids=ProviderIds(started=started, payment=intent.id),
        state=PAYMENTS.get(intent.status, waiting),
        amount=amount,
        received_minor=received,
        refunded_minor=from_provider_amount(max(refunded, 0), intent.currency).amount_minor,
        key=_read_key(intent.metadata),
        decline=_read_error(intent.last_payment_error),
        saved=read_method(intent.payment_method) if saved else None,
        is_disputed=bool(charge and charge.disputed),
        expires_at=closes_at,
    )


def _read_saving(session: Any, closes_at: datetime | None) -> PaymentFacts:
    intent = session.setup_intent
    state = STARTED[session.status]
    if intent and state is not PaymentState.OPEN:
        state = SAVINGS.get(intent.status, PaymentState.CLOSED if session.status == "expired" else PaymentState.FAILED)
    return PaymentFacts(
        ids=ProviderIds(started=session.id),
        state=state,
        amount=from_provider_amount(0, session.currency),
        key=_read_key(session.metadata),
        decline=_read_error(intent.last_setup_error) if intent else None,
        saved=read_method(intent.payment_method) if state is PaymentState.SAVED else None,
        expires_at=closes_at,
    )


def _read_error(error: Any) -> DeclineReason | None:
    return read_decline(error.code, error.decline_code) if error else None


def read_method(method: Any) -> SavedMethod:
    """Return a card that is kept."""
    card = method.card
    return SavedMethod(
        customer_id=read_id(method.customer),
        method_id=method.id,
        brand=card.brand if card else "",
        last_four=card.last4 if card else "",
        expires_on=f"{card.exp_year}-{card.exp_month:02}" if card else "",
    )


def read_refund(refund: Any) -> RefundFacts:
    """Return a refund."""
    return RefundFacts(
        refund_id=refund.id,
        state=REFUNDS.get(refund.status or "", RefundState.PENDING),
        amount=from_provider_amount(refund.amount, refund.currency),
        key=_read_key(refund.metadata),
    )


def read_account(account: Any) -> AccountFacts:
    """Return a business's account."""
    capabilities = _walk(account, "configuration", "merchant", "capabilities")
    deadline = _walk(account, "requirements", "summary", "minimum_deadline", "time")
    return AccountFacts(
        provider_id=account.id,
        state=_read_account_state(account, _walk(capabilities, "card_payments", "status")),
        country=(_walk(account, "identity", "country") or "").upper(),
        currency=(_walk(account, "defaults", "currency") or "").upper(),
        can_pay_out=_walk(capabilities, "stripe_balance", "payouts", "status") == "active",
        missing=tuple(
            entry.description
            for entry in (_walk(account, "requirements", "entries") or ())
            if entry.awaiting_action_from == "user"
        ),
        answer_by=parse_instant(deadline) if deadline else None,
    )


def _walk(thing: Any, *names: str) -> Any:
    """Return a part of a part; None as soon as one is missing: v2 leaves out what nobody asked for."""
    for name in names:
        thing = getattr(thing, name, None)
    return thing


def _read_account_state(account: Any, status: str | None) -> AccountState:
    if _walk(account, "closed"):
        return AccountState.GONE
    if status == "active":
        return AccountState.ACTIVE
    if status == "pending":
        return AccountState.IN_REVIEW
    # An account that told nothing yet is restricted, too; who it is, is the first thing that is asked.
    return AccountState.RESTRICTED if _walk(account, "identity", "entity_type") else AccountState.INCOMPLETE


def read_dispute(dispute: Any) -> DisputeFacts:
    """Return a dispute."""
    due, is_answered = dispute.evidence_details.due_by, dispute.evidence_details.submission_count > 0
    return DisputeFacts(
        dispute_id=dispute.id,
        ids=ProviderIds(payment=read_id(dispute.payment_intent)),
        state=DISPUTES.get(dispute.status, DisputeState.UNDER_REVIEW),
        amount=from_provider_amount(dispute.amount, dispute.currency),
        reason=REASONS.get(dispute.reason, DisputeReason.OTHER),
        opened_at=read_instant(dispute.created),
        answer_by=read_instant(due) if due else None,
        taken_minor=from_provider_amount(max(_add_up_taken(dispute), 0), dispute.currency).amount_minor,
        is_answered=is_answered,
        answered_with=read_id(dispute.evidence.uncategorized_file) if is_answered else "",
    )


def _add_up_taken(dispute: Any) -> int:
    """Return what left the balance for a dispute and did not come back, in the currency of its payment."""
    taken = 0
    for row in dispute.balance_transactions or ():
        if row.currency == dispute.currency:
            taken -= row.amount
        else:  # the balance has another currency: what left it was the amount in dispute
            taken += dispute.amount if row.amount < 0 else -dispute.amount
    return taken


def read_payout(payout: Any) -> PayoutFacts:
    """Return a payout."""
    return PayoutFacts(
        payout_id=payout.id,
        state=PAYOUTS.get(payout.status, PayoutState.ON_ITS_WAY),
        amount=from_provider_amount(payout.amount, payout.currency),
        made_at=read_instant(payout.created),
        arrives_on=read_instant(payout.arrival_date),
    )


def read_movement(row: Any) -> Movement:
    """Return one change of the balance."""
    return Movement(
        movement_id=row.id,
        kind=MOVEMENTS.get(row.type, MovementKind.OTHER),
        source_id=read_id(row.source),
        gross=from_provider_amount(row.amount, row.currency),
        fee_minor=from_provider_amount(row.fee, row.currency).amount_minor,
        happened_at=read_instant(row.created),
        payment_id=read_id(getattr(row.source, "payment_intent", None)),
        key=_read_key(getattr(row.source, "metadata", None)),
        charged=_read_charged(row),
    )


def _read_charged(row: Any) -> Money | None:
    """Return what moved in the currency of its payment; None: the balance has the same, or it is of no payment.

    Stripe converts what an account takes in a currency in which it has no balance (``exchange_rate``).
    """
    source = row.source
    if getattr(source, "payment_intent", None) is None or source.currency == row.currency:
        return None
    amount = source.amount_captured if source.object == "charge" else source.amount
    return from_provider_amount(-amount if row.amount < 0 else amount, source.currency)
