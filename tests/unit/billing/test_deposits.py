"""Deposits: never below nothing, never above the price, rounded as documented."""

from __future__ import annotations

import pytest

from billing.engine import DepositKind, DepositPolicy, compute_deposit
from billing.engine.errors import DepositPolicyInvalid
from kernel.money import Money

NONE = DepositPolicy()
FULL = DepositPolicy(DepositKind.FULL)


def _fixed(amount_minor: int) -> DepositPolicy:
    return DepositPolicy(DepositKind.FIXED, amount_minor=amount_minor)


def _percent(percent: int) -> DepositPolicy:
    return DepositPolicy(DepositKind.PERCENT, percent=percent)


@pytest.mark.parametrize(
    ("policy", "price_minor", "due_minor"),
    [
        (NONE, 85_000, 0),
        (_fixed(20_000), 85_000, 20_000),
        (_fixed(90_000), 85_000, 85_000),
        (_fixed(20_000), 0, 0),
        (_fixed(20_000), None, 20_000),
        (_percent(30), 85_000, 25_500),
        (_percent(33), 101, 33),  # 33.33
        (_percent(33), 105, 35),  # 34.65
        (_percent(50), 101, 51),  # 50.5: halves go up
        (_percent(1), 1, 0),
        (_percent(50), 3, 2),
        (_percent(0), 85_000, 0),
        (_percent(100), 85_001, 85_001),
        (_percent(30), 0, 0),
        (_percent(30), None, 0),
        (FULL, 85_000, 85_000),
        (FULL, 0, 0),
        (FULL, None, 0),
        (_percent(33), 10**30 + 1, 33 * 10**28),  # no float ever touches it
    ],
    ids=str,
)
def test_compute_deposit(policy: DepositPolicy, price_minor: int | None, due_minor: int) -> None:
    price = None if price_minor is None else Money(price_minor, "MXN")

    assert compute_deposit(policy, price=price, currency="MXN") == Money(due_minor, "MXN")


@pytest.mark.parametrize(
    ("amount_minor", "percent", "field"), [(-1, 0, "amount_minor"), (0, -1, "percent"), (0, 101, "percent")]
)
def test_deposit_policy_refuses_impossible_numbers(amount_minor: int, percent: int, field: str) -> None:
    with pytest.raises(DepositPolicyInvalid) as caught:
        DepositPolicy(DepositKind.PERCENT, amount_minor=amount_minor, percent=percent)

    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize("price", [Money(100, "USD"), Money(-1, "MXN")], ids=str)
def test_compute_deposit_refuses_a_price_that_cannot_be(price: Money) -> None:
    with pytest.raises(ValueError, match="cannot have a deposit"):
        compute_deposit(FULL, price=price, currency="MXN")
