"""Money as integer minor units, and prices: fixed, from an amount on, or on request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
