from __future__ import annotations

import pytest

from kernel.money import Money


def test_amounts_of_one_currency_are_added():
    assert Money(1_050, "MXN") + Money(-50, "MXN") == Money(1_000, "MXN")


def test_amounts_of_two_currencies_are_not_added():
    with pytest.raises(ValueError, match="cannot add USD to MXN"):
        Money(1, "MXN") + Money(1, "USD")
