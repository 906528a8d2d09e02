from __future__ import annotations

import pytest

from kernel.money import Money, raise_amount


def test_amounts_of_one_currency_are_added():
    assert Money(1_050, "MXN") + Money(-50, "MXN") == Money(1_000, "MXN")


def test_amounts_of_two_currencies_are_not_added():
    with pytest.raises(ValueError, match="cannot add USD to MXN"):
        Money(1, "MXN") + Money(1, "USD")


@pytest.mark.parametrize(
    ("amount", "percent", "unit", "raised"),
    [
        (85000, 5, 100, 89300),
        (85000, -5, 100, 80800),
        (1999, 10, 100, 2199),
        (2000, 10, 100, 2200),
        (2050, 10, 100, 2300),
        (5, 10, 100, 6),
        (850, 5, 1, 893),
        (0, 50, 100, 0),
        (100, -90, 100, 10),
    ],
)
def test_raised_amount_is_whole_where_prices_are(amount, percent, unit, raised):
    assert raise_amount(amount, percent, unit_minor=unit) == raised
