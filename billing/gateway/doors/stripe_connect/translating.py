"""Stripe's failures in the gateway's words (docs.stripe.com/error-codes, docs.stripe.com/declines/codes)."""

from __future__ import annotations

import logging

import stripe

from billing.gateway.enums import DeclineReason
from billing.gateway.errors import (
    AccountUnusable,
    AmountRefused,
    CallRefused,
    CurrencyRefused,
    DoorBusy,
    DoorNotConfigured,
    KeyReused,
    OutcomeUnknown,
    PaymentDeclined,
    PaymentUnknown,
    RefundDisputed,
    RefundRefused,
    StateRefused,
)
from kernel.errors import DomainError

log = logging.getLogger(__name__)

DECLINES = {
    "insufficient_funds": DeclineReason.NO_FUNDS,
    "withdrawal_count_limit_exceeded": DeclineReason.NO_FUNDS,
    "card_velocity_exceeded": DeclineReason.NO_FUNDS,
    "expired_card": DeclineReason.EXPIRED,
    "incorrect_cvc": DeclineReason.WRONG_DATA,
    "incorrect_number": DeclineReason.WRONG_DATA,
    "incorrect_zip": DeclineReason.WRONG_DATA,
    "invalid_cvc": DeclineReason.WRONG_DATA,
    "invalid_expiry_month": DeclineReason.WRONG_DATA,
    "invalid_expiry_year": DeclineReason.WRONG_DATA,
    "invalid_number": DeclineReason.WRONG_DATA,
    "authentication_required": DeclineReason.NEEDS_CUSTOMER,
    "payment_intent_authentication_failure": DeclineReason.NOT_CONFIRMED,
    "setup_intent_authentication_failure": DeclineReason.NOT_CONFIRMED,
    "processing_error": DeclineReason.TRY_AGAIN,
    "try_again_later": DeclineReason.TRY_AGAIN,
    "reenter_transaction": DeclineReason.TRY_AGAIN,
}
"""Stolen, lost and suspicious cards are missing on purpose: Stripe asks to tell nobody that it knows."""

ACCOUNT_CODES = frozenset({
    "account_invalid", "account_closed", "capability_not_active", "country_unsupported", "testmode_charges_only",
    "payment_method_unactivated",
})  # fmt: skip
STATE_CODES = frozenset({
    "payment_intent_unexpected_state", "setup_intent_unexpected_state", "intent_invalid_state",
    "charge_already_captured", "charge_expired_for_capture", "capture_charge_authorization_expired",
    "payment_method_unexpected_state", "status_transition_invalid",
})  # fmt: skip
REFUND_CODES = frozenset({"charge_already_refunded", "charge_not_refundable"})
DISPUTE_CODES = frozenset({"charge_disputed", "refund_disputed_payment"})
AMOUNT_CODES = frozenset({"amount_too_large", "amount_too_small", "invalid_charge_amount"})
SERVER_ERRORS = 500
KINDS: tuple[tuple[type[stripe.StripeError], type[DomainError]], ...] = (
    (stripe.IdempotencyError, KeyReused),
    (stripe.AuthenticationError, DoorNotConfigured),
    (stripe.PermissionError, AccountUnusable),
    (stripe.RateLimitError, DoorBusy),
)


def read_decline(code: str | None, decline_code: str | None) -> DeclineReason:
    """Return why a card was refused; the bank's own word counts more than Stripe's."""
    return DECLINES.get(decline_code or "") or DECLINES.get(code or "") or DeclineReason.REFUSED


def translate(error: stripe.StripeError, *, refunding: bool = False) -> DomainError:
    """Return what a failure of the SDK means; what was said stays in the log, without what we sent."""
    # Stripe's sentences repeat what was sent to it: ids and amounts, never a card.
    said = f"{error.code or type(error).__name__} {getattr(error, 'param', None) or ''}".strip()
    log.warning("stripe refused: %s (status %s, request %s)", said, error.http_status, error.request_id)
    if isinstance(error, stripe.CardError):
        details = error.error
        return PaymentDeclined(reason=read_decline(error.code, details.decline_code if details else None))
    if isinstance(error, stripe.InvalidRequestError):
        return _translate_request(error, refunding=refunding)
    # No answer, none that makes sense, or an error inside Stripe: it may have happened.
    return next((ours() for theirs, ours in KINDS if isinstance(error, theirs)), OutcomeUnknown())


def _translate_request(error: stripe.InvalidRequestError, *, refunding: bool) -> DomainError:
    code, param = error.code or "", error.param or ""
    for codes, kind in (
        (ACCOUNT_CODES, AccountUnusable),
        (REFUND_CODES, RefundRefused),
        (DISPUTE_CODES, RefundDisputed),
        (STATE_CODES, StateRefused),
        (frozenset({"resource_missing"}), PaymentUnknown),
        (frozenset({"idempotency_key_in_use"}), OutcomeUnknown),
    ):
        if code in codes:
            return RefundRefused() if refunding and kind is StateRefused else kind()
    if refunding and param == "payment_intent":  # nothing was taken of it; Stripe has no code for that
        return RefundRefused()
    if code in AMOUNT_CODES or param.endswith(("amount", "amount_to_capture", "unit_amount]")):
        return RefundRefused() if refunding else AmountRefused()
    if param.endswith(("currency", "currency]")):
        return CurrencyRefused()
    if (error.http_status or 0) >= SERVER_ERRORS:
        return OutcomeUnknown()
    return CallRefused()
