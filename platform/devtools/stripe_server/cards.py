"""Cards that behave as told, after Stripe's own (docs.stripe.com/testing); only their last digits are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A card and what it does.

    Attributes:
        title: For the payment page.
        decline: Stripe's code of the refusal when its owner pays; empty: it pays.
        later: The same when it is charged while its owner is not there.
        is_challenged: Whether the bank asks its owner first.
        is_disputed: Whether its owner asks the money back at once.
        is_slow: Whether the money is on its way for a while.
    """

    name: str
    title: str
    last_four: str
    brand: str = "visa"
    decline: str = ""
    later: str = ""
    is_challenged: bool = False
    is_disputed: bool = False
    is_slow: bool = False


_CARDS = (
    Card("visa", "Pays", "4242"),
    Card("mastercard", "Pays", "4444", brand="mastercard"),
    Card("threeDSecureRequired", "Pays once the bank has asked", "3220", is_challenged=True),
    Card("chargeDeclined", "Is declined", "0002", decline="generic_decline"),
    Card("chargeDeclinedInsufficientFunds", "Has no funds", "9995", decline="insufficient_funds"),
    Card("chargeDeclinedExpiredCard", "Has expired", "0069", decline="expired_card"),
    Card("chargeDeclinedIncorrectCvc", "Has another code", "0127", decline="incorrect_cvc"),
    Card("chargeDeclinedProcessingError", "Fails on the way", "0119", decline="processing_error"),
    Card("chargeCustomerFail", "Pays now, is declined later on", "0341", later="generic_decline"),
    Card("authenticationRequired", "Pays, asks each time", "3184", is_challenged=True, later="authentication_required"),
    Card("createDispute", "Pays, then is disputed", "0259", is_disputed=True),
    Card("slow", "Pays after a while", "6789", is_slow=True),
)
CARDS = {card.name: card for card in _CARDS}
"""Stripe's ids of them begin with ``pm_card_``."""
