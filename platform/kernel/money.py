"""Money as integer minor units."""

from __future__ import annotations

from dataclasses import dataclass


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
