"""Local law as data: for how long a consumer may withdraw from what was booked at a distance."""

from __future__ import annotations

from datetime import timedelta

EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - a table
)
"""ISO 3166-1 codes of the members; reviewed on 2026-11-25."""
EU_PERIOD, NONE = timedelta(days=14), timedelta()


def find_withdrawal_period(country: str) -> timedelta:
    """Return it for a country (ISO 3166-1).

    In the EU 14 days (directive 2011/83, article 9); its exception for leisure on a fixed date (16 l) is not for
    workshops and hairdressers.
    """
    return EU_PERIOD if country in EU_COUNTRIES else NONE
