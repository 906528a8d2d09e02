"""Which time zones a country has, and which place a browser means by the name of its zone.

Data: ``zone.tab`` and the links of the locked `tzdata` package; CLDR's aliases through `babel`, because
browsers give zones the names that CLDR once chose (``America/Buenos_Aires``, ``Asia/Calcutta``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from babel.core import get_global

MOST_POPULOUS_ZONE = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CD": "Africa/Kinshasa",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Chuuk",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UM": "Pacific/Wake",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
"""In countries with several zones: the one that most of their people live in."""


@lru_cache(maxsize=1)
def list_zones_by_country() -> Mapping[str, tuple[str, ...]]:
    """Return country (ISO 3166-1 alpha-2) → its zones, the one with most people first, as IANA orders the others."""
    found: dict[str, list[str]] = {}
    for line in _read("zone.tab"):
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return MappingProxyType({country: _put_first(country, zones) for country, zones in sorted(found.items())})


def find_country(zone: str) -> str | None:
    """Return the country of a zone as `list_zones_by_country` writes it; None when none is called so."""
    return _countries_by_zone().get(zone)


@lru_cache(maxsize=1)
def list_other_names() -> Mapping[str, tuple[str, ...]]:
    """Return zone → the other names that browsers and systems give it."""
    zones = _countries_by_zone()
    aliases: Mapping[str, str] = get_global("zone_aliases")
    links = dict(line.split()[2:0:-1] for line in _read("tzdata.zi") if line.startswith("L "))
    by_alias = {aliases.get(zone, zone): zone for zone in zones}
    found: dict[str, list[str]] = {}
    for name in sorted(({*links, *aliases, *aliases.values()}) - zones.keys()):
        # CLDR first: a link may lead to another country, where clocks merely show the same.
        zone = by_alias.get(aliases.get(name, name)) or links.get(name)
        if zone in zones:
            found.setdefault(zone, []).append(name)
    return MappingProxyType({zone: tuple(names) for zone, names in found.items()})


def find_zone(name: str) -> str | None:
    """Return the zone that a browser calls ``name``; None when it is no place's (``UTC``)."""
    if find_country(name):
        return name
    return next((zone for zone, names in list_other_names().items() if name in names), None)


@lru_cache(maxsize=1)
def _countries_by_zone() -> dict[str, str]:
    return {zone: country for country, zones in list_zones_by_country().items() for zone in zones}


def _put_first(country: str, zones: list[str]) -> tuple[str, ...]:
    first = MOST_POPULOUS_ZONE.get(country, zones[0])
    return (first, *(zone for zone in zones if zone != first))


def _read(name: str) -> list[str]:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()
