"""Deposits against exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.engine import DepositKind, DepositPolicy, compute_deposit
from kernel.money import Money

policies = st.builds(
    DepositPolicy, st.sampled_from(DepositKind), amount_minor=st.integers(0, 10**12), percent=st.integers(0, 100)
)
prices = st.integers(0, 10**15)


@given(policies, prices)
def test_deposit_lies_between_nothing_and_the_price(policy: DepositPolicy, price: int) -> None:
    due = compute_deposit(policy, price=Money(price, "MXN"), currency="MXN")

    assert 0 <= due.amount_minor <= price


@given(prices, st.integers(0, 100))
def test_share_is_the_exact_one_with_halves_up(price: int, percent: int) -> None:
    policy = DepositPolicy(DepositKind.PERCENT, percent=percent)

    due = compute_deposit(policy, price=Money(price, "CLP"), currency="CLP")

    assert due == Money(math.floor(Fraction(price * percent, 100) + Fraction(1, 2)), "CLP")


@given(prices, prices, st.integers(0, 100))
def test_dearer_never_asks_for_less(price: int, more: int, percent: int) -> None:
    policy = DepositPolicy(DepositKind.PERCENT, percent=percent)
    amounts = [
        compute_deposit(policy, price=Money(each, "EUR"), currency="EUR").amount_minor for each in (price, price + more)
    ]

    assert amounts[0] <= amounts[1]
