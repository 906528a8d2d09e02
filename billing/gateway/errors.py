"""Expected failures of moving money; what a provider itself said stays in the log."""

from __future__ import annotations

from billing.gateway.enums import DeclineReason
from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.text import mark


class OutcomeUnknown(Unavailable):
    """There was no answer, or no sense in it: it may have happened. Fetch, or repeat with the same key."""

    code = "payment_outcome_unknown"
    text = mark("The payment provider does not answer. Nothing is lost; please try again in a moment.")


class DoorBusy(Unavailable):
    """The provider has too much to do and did nothing: the same call may be made again later."""

    code = "payment_provider_busy"
    text = mark("The payment provider is busy. Please try again in a moment.")


class DoorNotConfigured(Unavailable):
    """The platform has no account with the provider, or its key was refused: the operator must act."""

    code = "payment_provider_missing"
    text = mark("Payments by card are not available here right now.")


class PaymentDeclined(Conflict):
    """The card was refused; nothing was taken."""

    code = "payment_declined"
    text = mark("The card was declined. Nothing was charged.")

    def __init__(self, *, reason: DeclineReason) -> None:
        super().__init__()
        self.reason = reason


class AccountUnusable(Conflict):
    """The business's account takes no payments now: disconnected, restricted or not finished."""

    code = "payment_account_unusable"
    text = mark("This business cannot take payments by card right now.")


class CurrencyRefused(Invalid):
    """The account cannot take this currency."""

    code = "payment_currency_refused"
    text = mark("This currency cannot be paid here.")


class AmountRefused(Invalid):
    """The amount is smaller or larger than the provider takes, or no amount at all."""

    code = "payment_amount_refused"
    text = mark("This amount cannot be paid here.")


class RefundRefused(Conflict):
    """More would go back than there is: refunded already, in dispute, or not paid at all."""

    code = "refund_refused"
    text = mark("This amount can no longer be refunded.")


class RefundDisputed(RefundRefused):
    """A bank took the payment back, or holds it until it decides."""


class AnswerRefused(Conflict):
    """The bank takes no answer (any more)."""

    code = "dispute_answer_refused"
    text = mark("The bank takes no answer to this dispute any more.")


class StateRefused(Conflict):
    """What is asked does not fit where the payment stands now: fetch it and decide anew."""

    code = "payment_state_refused"
    text = mark("This payment has changed meanwhile. Reload the page and try again.")


class PaymentUnknown(NotFound):
    """The provider knows no such payment in this account."""

    code = "payment_unknown"
    text = mark("There is no such payment.")


class KeyReused(Conflict):
    """The key was used for something else: a fault of ours, never a reason for another key."""

    code = "payment_key_reused"
    text = mark("This payment has changed meanwhile. Reload the page and try again.")


class CallRefused(Invalid):
    """The provider cannot make sense of what we sent: a fault of ours."""

    code = "payment_call_refused"
    text = mark("The payment could not be started. We will look into it.")


class NotAtThisDoor(Invalid):
    """This door does no such thing: nobody is charged by a bank transfer."""

    code = "payment_not_at_this_door"
    text = mark("This is not possible with this way to pay.")


class EventRefused(Invalid):
    """What calls itself an event is not signed by the provider, or is too old or from the future."""

    code = "payment_event_refused"
    text = mark("This event is not valid.")


class TransactionOpen(Exception):
    """A provider was called inside a database transaction: a fault of ours that must never reach a customer."""
