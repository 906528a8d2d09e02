"""What is due in advance for a booking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from billing.engine.errors import DepositPolicyInvalid
from kernel.money import Money

WHOLE_PERCENT, HALF = 100, 50


class DepositKind(StrEnum):
    """How much of the price is asked in advance; the values are those that scheduling stores."""

    NONE = "none"
    FIXED = "fixed"
    PERCENT = "percent"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class DepositPolicy:
    """A service's policy.

    Attributes:
        amount_minor: For ``fixed``, in the smallest coin.
        percent: For ``percent``, 0 to 100.

    Raises:
        DepositPolicyInvalid: A number that no policy can have.
    """

    kind: DepositKind = DepositKind.NONE
    amount_minor: int = 0
    percent: int = 0

    def __post_init__(self) -> None:
        if self.amount_minor < 0:
            raise DepositPolicyInvalid(field="amount_minor", value=self.amount_minor)
        if not 0 <= self.percent <= WHOLE_PERCENT:
            raise DepositPolicyInvalid(field="percent", value=self.percent)


def compute_deposit(policy: DepositPolicy, *, price: Money | None, currency: str) -> Money:
    """Return what is due in advance, between nothing and the price.

    A share is rounded to the nearest smallest coin, halves up. A fixed amount is never more than
    the price. While the price is open (None) there is nothing to take a share of: a fixed amount
    is due as it stands, a share or the full price is nothing.

    Raises:
        ValueError: The price is negative or in another currency than ``currency``.
    """
    if price is not None and (price.currency != currency or price.amount_minor < 0):
        message = f"a price of {price.amount_minor} {price.currency} cannot have a deposit in {currency}"
        raise ValueError(message)
    match policy.kind:
        case DepositKind.NONE:
            due = 0
        case DepositKind.FIXED:
            due = policy.amount_minor if price is None else min(policy.amount_minor, price.amount_minor)
        case DepositKind.PERCENT:
            due = 0 if price is None else (price.amount_minor * policy.percent + HALF) // WHOLE_PERCENT
        case DepositKind.FULL:
            due = 0 if price is None else price.amount_minor
        case _:
            assert_never(policy.kind)
    return Money(due, currency)
