"""What a country gives a new business."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from babel.numbers import list_currencies

from tenants.countries import FIRST_MARKETS, Market, get_market, list_countries

EXPECTED = [
    ("MX", "America/Mexico_City", "MXN", "es"),
    ("AR", "America/Argentina/Buenos_Aires", "ARS", "es"),
    ("CL", "America/Santiago", "CLP", "es"),
    ("CO", "America/Bogota", "COP", "es"),
    ("PE", "America/Lima", "PEN", "es"),
    ("ES", "Europe/Madrid", "EUR", "es"),
    ("EC", "America/Guayaquil", "USD", "es"),
    ("PA", "America/Panama", "PAB", "es"),
    ("US", "America/New_York", "USD", "en"),
    ("GB", "Europe/London", "GBP", "en"),
    ("DE", "Europe/Berlin", "EUR", "en"),
    ("IN", "Asia/Kolkata", "INR", "en"),
]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row[0])
def test_market(expected):
    assert get_market(expected[0]) == Market(*expected)


@pytest.mark.parametrize("country", list_countries())
def test_every_country_has_a_zone_a_currency_and_a_language(country):
    market = get_market(country)

    assert ZoneInfo(market.timezone).key == market.timezone
    assert market.currency in list_currencies()
    assert market.locale in {"es", "en"}


def test_list_starts_with_our_markets_and_holds_each_once():
    countries = list_countries()

    assert countries[: len(FIRST_MARKETS)] == FIRST_MARKETS
    assert len(set(countries)) == len(countries)
    assert len(countries) > 230


@pytest.mark.parametrize("country", ["", "mx", "XX", "MEX", "<script>"])
def test_unknown_country(country):
    with pytest.raises(LookupError):
        get_market(country)
