"""Amounts as we keep them, and as a provider wants them.

We keep minor units by CLDR's number of decimals, as `kernel.formats` shows them. Stripe has a list of its own
(docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases"): the króna of Iceland and the shilling of
Uganda have two decimals there that have to be zero, dinars with three decimals end in a zero.
"""

from __future__ import annotations

from babel.numbers import get_currency_precision

from billing.gateway.errors import AmountRefused
from kernel.money import Money

WITHOUT_DECIMALS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
WITH_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
TWO, THREE = 2, 3


def count_provider_decimals(currency: str) -> int:
    """Return how many decimals the provider's smallest unit has."""
    if currency in WITHOUT_DECIMALS:
        return 0
    return THREE if currency in WITH_THREE_DECIMALS else TWO


def to_provider_amount(money: Money) -> int:
    """Return an amount in the provider's smallest unit.

    Raises:
        AmountRefused: The provider cannot write this amount.
    """
    ours, theirs = get_currency_precision(money.currency), count_provider_decimals(money.currency)
    step = 10 if theirs == THREE else 1
    amount, rest = divmod(money.amount_minor * _power(theirs), _power(ours))
    if rest or amount % step:
        raise AmountRefused
    return amount


def from_provider_amount(amount: int, currency: str) -> Money:
    """Return what the provider calls ``amount``; its currencies are in small letters.

    Raises:
        ValueError: It is less than our smallest coin.
    """
    code = currency.upper()
    ours, theirs = get_currency_precision(code), count_provider_decimals(code)
    minor, rest = divmod(amount * _power(ours), _power(theirs))
    if rest:
        message = f"{amount} of the provider's units of {code} are no whole number of ours"
        raise ValueError(message)
    return Money(minor, code)


def _power(decimals: int) -> int:
    return int(10**decimals)
