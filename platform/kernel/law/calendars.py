"""Public holidays and working days of a country, from the library `holidays`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays as holidays_library

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=2048)
def list_public_holidays(country: str, region: str, year: int, language: str = "") -> Mapping[date, str]:
    """Return the public holidays of a year with their names.

    Args:
        country: ISO 3166-1 alpha-2; empty or unknown: there are none.
        region: Its part, as ISO 3166-2 has it after the dash; empty: what holds in the whole country.
        year: Of the calendar.
        language: In which the names are wanted (``es``), where the library has them; empty: in the country's own.
    """
    if not country:
        return MappingProxyType({})
    try:
        known = holidays_library.country_holidays(country, subdiv=region or None, years=year)
        wanted = next((each for each in known.supported_languages if each.split("_")[0] == language), None)
        if wanted:
            known = holidays_library.country_holidays(country, subdiv=region or None, years=year, language=wanted)
    except NotImplementedError:
        return MappingProxyType({})
    return MappingProxyType(dict(known.items()))


def is_known_region(country: str, region: str) -> bool:
    """Tell whether a country has a region of its own holidays, by the second part of ISO 3166-2."""
    return region in holidays_library.list_supported_countries().get(country, [])


@lru_cache(maxsize=64)
def list_regions(country: str) -> tuple[tuple[str, str], ...]:
    """List the regions of a country that have holidays of their own: (code, name), by name; none if it has none."""
    if not holidays_library.list_supported_countries().get(country):
        return ()
    names = holidays_library.country_holidays(country).get_subdivision_aliases()
    return tuple(sorted(((code, next(iter(also), code)) for code, also in names.items()), key=lambda row: row[1]))


def is_working_day(on: date, *, country: str, region: str = "") -> bool:
    """Tell whether offices work on a date: it is from Monday to Friday, and no public holiday."""
    return on.weekday() < SATURDAY and on not in list_public_holidays(country, region, on.year)


def add_working_days(on: date, days: int, *, country: str, region: str = "") -> date:
    """Return the working day that is ``days`` (1 or more) working days after a date, which itself does not count."""
    while days:
        on += ONE_DAY
        days -= is_working_day(on, country=country, region=region)
    return on


def find_working_day(on: date, *, country: str, region: str = "") -> date:
    """Return the date itself if it is a working day, else the next one."""
    return (
        on
        if is_working_day(on, country=country, region=region)
        else add_working_days(on, 1, country=country, region=region)
    )
