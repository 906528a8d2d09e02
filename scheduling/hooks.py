"""Where rooms above plug in: who computes what is asked in advance, and how long a place waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduling.enums import DepositKind


@dataclass(frozen=True, slots=True)
class DepositTerms:
    """What a service asks in advance, and the price it is asked of.

    Attributes:
        amount_minor: For ``fixed``, in the smallest coin of ``currency``.
        percent: For ``percent``, 0 to 100.
        price_minor: None while the price is open.
    """

    kind: DepositKind
    amount_minor: int
    percent: int
    price_minor: int | None
    currency: str


DepositCalculator = Callable[[DepositTerms], int]

_calculators: list[DepositCalculator] = []


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How the business takes money in advance.

    Attributes:
        opening_minutes: A place waits for its deposit while the business is open for so long.
    """

    opening_minutes: int


PaymentTermsFinder = Callable[[], PaymentTerms | None]

_finders: list[PaymentTermsFinder] = []


def register_deposit_calculator(calculator: DepositCalculator) -> None:
    """Let ``calculator`` say what is due in advance, in minor units; the last one registered counts."""
    _calculators[:] = [calculator]


def compute_deposit(terms: DepositTerms) -> int:
    """Return what is due in advance, in minor units; nothing while nobody takes payments."""
    return _calculators[0](terms) if _calculators else 0


def register_payment_terms(finder: PaymentTermsFinder) -> None:
    """Let ``finder`` say how the current business takes money in advance; the last one registered counts."""
    _finders[:] = [finder]


def find_payment_terms() -> PaymentTerms | None:
    """Return how the business takes money in advance; None: it has no way to."""
    return _finders[0]() if _finders else None
