"""What a plan of ours contains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from billing.enums import (
    PlanFeature,
    PlanLimit,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan.

    Attributes:
        names: Language → name.
        monthly_minor: Currency (ISO 4217) → price of a month in its smallest coin, before tax.
        limits: What is limited → how many; what is missing is not limited.
    """

    key: str
    names: Mapping[str, str]
    monthly_minor: Mapping[str, int]
    limits: Mapping[PlanLimit, int]
    features: frozenset[PlanFeature]


@dataclass(frozen=True, slots=True)
class PlanTable:
    """All plans, the cheapest first.

    Attributes:
        trial_plan: Key of the plan that the trial opens.
        months_per_year: How many months a year costs.
        currencies: Those in which every plan has a price (ISO 4217), in the order of the table.
        fallback_currency: For whom none of them is their own.
    """

    trial_days: int
    trial_plan: str
    months_per_year: int
    currencies: tuple[str, ...]
    fallback_currency: str
    plans: tuple[Plan, ...]

    def get_yearly_minor(self, plan: Plan, currency: str) -> int:
        """Return what a year costs in the smallest coin, before tax."""
        return plan.monthly_minor[currency] * self.months_per_year
