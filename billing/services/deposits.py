"""Deposits of bookings, computed when scheduling agrees a price."""

from __future__ import annotations

from billing.engine.deposits import DepositKind, DepositPolicy, compute_deposit
from billing.enums import PaymentDoor
from billing.selectors.accounts import find_open_account
from kernel.money import Money
from scheduling import hooks


def compute_due(terms: hooks.DepositTerms) -> int:
    """Return what is due in advance, in minor units of the booking's currency."""
    policy = DepositPolicy(kind=DepositKind(terms.kind), amount_minor=terms.amount_minor, percent=terms.percent)
    price = None if terms.price_minor is None else Money(terms.price_minor, terms.currency)
    return compute_deposit(policy, price=price, currency=terms.currency).amount_minor


def find_terms() -> hooks.PaymentTerms | None:
    """Return how long a place waits for a deposit; None: the business has no way to take one from afar."""
    account = find_open_account(PaymentDoor.BANK_TRANSFER)
    return None if account is None else hooks.PaymentTerms(opening_minutes=account.wait_minutes)


def register() -> None:
    """Answer scheduling's questions for deposits."""
    hooks.register_deposit_calculator(compute_due)
    hooks.register_payment_terms(find_terms)
