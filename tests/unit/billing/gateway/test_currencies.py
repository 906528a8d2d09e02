from __future__ import annotations

import pytest
from babel.numbers import get_currency_precision

from billing.gateway.currencies import (
    WITH_THREE_DECIMALS,
    WITHOUT_DECIMALS,
    count_provider_decimals,
    from_provider_amount,
    to_provider_amount,
)
from billing.gateway.errors import AmountRefused
from kernel.money import Money

TABLE = [
    # ours in minor units, currency, the provider's units
    (85_000, "MXN", 85_000),
    (1_234, "EUR", 1_234),
    (1_234, "USD", 1_234),
    (1_234, "BRL", 1_234),
    (15_000, "CLP", 15_000),
    (90_000, "PYG", 90_000),
    (5_000_000, "COP", 5_000_000),
    (1_234, "ARS", 1_234),
    (1_234, "PEN", 1_234),
    (1_234, "UYU", 1_234),
    (500, "JPY", 500),
    (500, "ISK", 50_000),
    (500, "UGX", 50_000),
    (1_230, "KWD", 1_230),
]


@pytest.mark.parametrize(("minor", "currency", "amount"), TABLE)
def test_amount_is_written_as_the_provider_does(minor, currency, amount):
    assert to_provider_amount(Money(minor, currency)) == amount


@pytest.mark.parametrize(("minor", "currency", "amount"), TABLE)
def test_amount_is_read_back_as_ours(minor, currency, amount):
    assert from_provider_amount(amount, currency.lower()) == Money(minor, currency)


def test_currencies_without_decimals_have_none_with_us_either():
    assert {code for code in WITHOUT_DECIMALS if get_currency_precision(code) != 0} == set()


def test_currencies_with_three_decimals_have_them_with_us_too():
    assert {code for code in WITH_THREE_DECIMALS if get_currency_precision(code) != 3} == set()


def test_pesos_of_colombia_are_shown_without_their_two_decimals():
    assert (count_provider_decimals("COP"), get_currency_precision("COP")) == (2, 2)


def test_dinars_end_in_a_zero():
    with pytest.raises(AmountRefused):
        to_provider_amount(Money(1_234, "KWD"))


def test_currency_that_has_more_decimals_with_us_is_refused_unless_they_are_zero():
    assert to_provider_amount(Money(50_000, "UYW")) == 500
    with pytest.raises(AmountRefused):
        to_provider_amount(Money(50_001, "UYW"))


def test_less_than_our_smallest_coin_is_no_amount():
    with pytest.raises(ValueError, match="no whole number of ours"):
        from_provider_amount(50_001, "isk")
