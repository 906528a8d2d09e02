"""Of whom a deposit is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DepositConditions:
    """When a service asks for its deposit: when one of them holds; without any, always.

    Attributes:
        above_minor: The price is more than this, in the smallest coin.
        is_first_visit: The customer never was here.
        is_outside_hours: The visit lies outside the usual hours.
        ahead_minutes: The visit begins so long after it was booked, or later.
        within_minutes: The visit begins sooner than so long after it was booked.
        is_must_prepay: The business wants money from the customer first: such a one is asked in any case.
    """

    above_minor: int | None = None
    is_first_visit: bool = False
    is_outside_hours: bool = False
    ahead_minutes: int | None = None
    within_minutes: int | None = None
    is_must_prepay: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a visit when its price is agreed.

    Attributes:
        price_minor: None while the price is open: then it is above nothing.
        must_prepay: The business wants money from this customer first, whatever else holds.
    """

    price_minor: int | None
    is_first_visit: bool
    is_outside_hours: bool
    lead_minutes: int
    must_prepay: bool = False


def is_deposit_asked(conditions: DepositConditions, circumstances: Circumstances) -> bool:
    """Tell whether the deposit of a service is asked of this visit."""
    if circumstances.must_prepay or conditions == DepositConditions():
        return True
    price, lead = circumstances.price_minor, circumstances.lead_minutes
    return any(
        (
            conditions.above_minor is not None and price is not None and price > conditions.above_minor,
            conditions.is_first_visit and circumstances.is_first_visit,
            conditions.is_outside_hours and circumstances.is_outside_hours,
            conditions.ahead_minutes is not None and lead >= conditions.ahead_minutes,
            conditions.within_minutes is not None and lead < conditions.within_minutes,
        )
    )
