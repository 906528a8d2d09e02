"""The table of plans, from its data file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from billing.enums import PlanFeature, PlanLimit
from billing.types import Plan, PlanTable


@lru_cache(maxsize=1)
def get_plans() -> PlanTable:
    """Return the plans that are in force."""
    return read_plans(files("billing").joinpath("plans.toml").read_text(encoding="utf-8"))


def read_plans(text: str) -> PlanTable:
    """Read a table of plans.

    Raises:
        ValueError: It is not one: a key is missing or unknown, an amount is no whole number from 0 on, plans do
            not have the same currencies, or a limit or feature does not exist.
    """
    data = tomllib.loads(text)
    try:
        plans = tuple(_read_plan(each) for each in data.pop("plans"))
        table = PlanTable(plans=plans, currencies=tuple(plans[0].monthly_minor), **data)
    except (KeyError, IndexError, TypeError) as error:
        message = f"not a table of plans: {error}"
        raise ValueError(message) from error
    numbers = [table.trial_days, table.months_per_year]
    numbers += (n for plan in plans for part in (plan.monthly_minor, plan.limits) for n in part.values())
    if any(type(number) is not int or number < 0 for number in numbers):
        raise ValueError("amounts, limits and spans are whole numbers from 0 on")
    if any(tuple(plan.monthly_minor) != table.currencies for plan in plans):
        raise ValueError("every plan has a price in the same currencies, in one order")
    if table.fallback_currency not in table.currencies or table.trial_plan not in [plan.key for plan in plans]:
        raise ValueError("the fallback is a currency of the plans, and the trial one of them")
    return table


def _read_plan(data: Mapping[str, Any]) -> Plan:
    return Plan(
        **{
            **data,
            "names": MappingProxyType(data["names"]),
            "monthly_minor": MappingProxyType(data["monthly_minor"]),
            "limits": MappingProxyType({PlanLimit(key): number for key, number in data["limits"].items()}),
            "features": frozenset(map(PlanFeature, data["features"])),
        }
    )
