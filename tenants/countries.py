"""What a country gives a new business: time zone, currency, language.

Data: IANA's zone.tab (`tenants.zones`), ISO 4217 and CLDR's official languages. A country with
several zones gives the one that most of its people live in; sign-up asks which one it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from tenants.zones import list_zones_by_country

FIRST_MARKETS = ("MX", "CO", "AR", "CL", "PE", "ES", "EC", "GT", "CR", "PA", "UY", "PY", "BO", "DO", "SV", "HN", "US")
"""Offered first at sign-up; the others follow in the order of their names."""


@dataclass(frozen=True, slots=True)
class Market:
    """A country and what follows from it: IANA zone, ISO 4217 currency, our language."""

    country: str
    timezone: str
    currency: str
    locale: str


@lru_cache(maxsize=512)
def get_market(country: str) -> Market:
    """Return what follows from a country (ISO 3166-1 alpha-2, upper case).

    Raises:
        LookupError: We do not know this country.
    """
    if country not in list_countries():
        message = f"{country!r} is not a country that we know"
        raise LookupError(message)
    currencies = get_territory_currencies(country, start_date=date(2026, 1, 1))
    languages = get_official_languages(country, de_facto=True)
    return Market(
        country=country,
        timezone=list_zones_by_country()[country][0],
        currency=currencies[0] if currencies else "USD",
        locale="es" if "es" in languages else "en",
    )


@lru_cache(maxsize=1)
def list_countries() -> tuple[str, ...]:
    """Return every country that has a time zone and a name, our first markets first."""
    names = Locale("en").territories
    known = sorted(code for code in list_zones_by_country() if code in names)
    return (*FIRST_MARKETS, *(code for code in known if code not in FIRST_MARKETS))
