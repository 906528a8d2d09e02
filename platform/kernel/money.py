"""Money as integer minor units, and prices: fixed, from an amount on, or on request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

WHOLE_FROM_UNITS = 20
"""Raised prices of as many units are whole."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest coin of ``currency`` (ISO 4217)."""

    amount_minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """Add two amounts of one currency.

        Raises:
            ValueError: The currencies differ.
        """
        if self.currency != other.currency:
            message = f"cannot add {other.currency} to {self.currency}"
            raise ValueError(message)
        return Money(self.amount_minor + other.amount_minor, self.currency)


def raise_amount(amount_minor: int, percent: int, *, unit_minor: int) -> int:
    """Return an amount raised by a percentage, halves up, in the smallest coin.

    From `WHOLE_FROM_UNITS` of ``unit_minor`` (a peso is 100) on it is whole: 892.50 is nobody's price.
    """
    step = unit_minor if amount_minor >= WHOLE_FROM_UNITS * unit_minor else 1
    raised = Decimal(amount_minor) * (100 + percent) / 100 / step
    return int(raised.quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step


class PriceKind(StrEnum):
    """How far an amount binds: a price that is not fixed never reads like one."""

    FIXED = "fixed"
    FROM = "from"
    ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in the smallest coin of ``currency`` (ISO 4217), and whether it may become more.

    Attributes:
        amount_minor: None: on request.
        is_from: The amount is the least that it will be.
    """

    amount_minor: int | None
    currency: str
    is_from: bool

    @property
    def kind(self) -> PriceKind:
        """How far the amount binds."""
        if self.amount_minor is None:
            return PriceKind.ON_REQUEST
        return PriceKind.FROM if self.is_from else PriceKind.FIXED

    def times(self, count: int) -> Price:
        """Return what so many of it cost together."""
        return self if self.amount_minor is None else replace(self, amount_minor=self.amount_minor * count)
