"""Deposits of bookings, computed when scheduling agrees a price."""

from __future__ import annotations

from billing.engine.deposits import DepositKind, DepositPolicy, compute_deposit
from billing.selectors.accounts import find_open_doors
from kernel.money import Money
from scheduling import hooks

CARD_MINUTES = 40
"""A place waits so long for a card: the provider's page stays open for half an hour, and is opened a little later."""


def compute_due(terms: hooks.DepositTerms) -> int:
    """Return what is due in advance, in minor units of the booking's currency."""
    policy = DepositPolicy(kind=DepositKind(terms.kind), amount_minor=terms.amount_minor, percent=terms.percent)
    price = None if terms.price_minor is None else Money(terms.price_minor, terms.currency)
    return compute_deposit(policy, price=price, currency=terms.currency).amount_minor


def find_terms() -> hooks.PaymentTerms | None:
    """Return how long a place waits for a deposit; None: the business has no way to take one from afar."""
    doors = find_open_doors()
    if doors.bank is None and doors.card is None:
        return None
    waits = None if doors.bank is None else doors.bank.wait_minutes
    return hooks.PaymentTerms(opening_minutes=waits, minutes=0 if doors.card is None else CARD_MINUTES)


def register() -> None:
    """Answer scheduling's questions for deposits."""
    hooks.register_deposit_calculator(compute_due)
    hooks.register_payment_terms(find_terms)
