"""Where a business is, as sign-up asks: its country and the zone of its clocks, in one choice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import get_timezone_location
from django import forms

from edge.language import current_language
from tenants.countries import FIRST_MARKETS, list_countries
from tenants.zones import list_other_names, list_zones_by_country


def list_place_choices() -> list[tuple[str, str]]:
    """Return zones with their names in the active language: our first markets first, then by country."""
    return list(_list_choices(current_language()))


class PlaceInput(forms.Select):
    """All countries with their zones; a script takes the browser's zone and shows it as a line.

    An option lists the other names of its zone, because browsers do not know them all by one name.
    Without a script it is a plain list. ``data-guess`` lets the script choose.
    """

    template_name = "site/place_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Keep what somebody chose before: the script only chooses for whom nobody did."""
        context = super().get_context(name, value, attrs)
        if not self.is_chosen:
            context["widget"]["attrs"]["data-guess"] = True
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Note that a value was sent."""
        self.is_chosen = name in data
        return super().value_from_datadict(data, files, name)

    is_chosen = False

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the zone's other names."""
        option = super().create_option(name, value, *args, **kwargs)
        others = list_other_names().get(str(value), ())
        return {**option, "attrs": {**option["attrs"], **({"data-also": " ".join(others)} if others else {})}}


@lru_cache(maxsize=8)
def _list_choices(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language).territories
    others = sorted((code for code in list_countries() if code not in FIRST_MARKETS), key=lambda code: names[code])
    choices: list[tuple[str, str]] = []
    for country in (*FIRST_MARKETS, *others):
        zones = list_zones_by_country()[country]
        if len(zones) == 1:
            choices.append((zones[0], names[country]))
        else:
            choices += ((zone, f"{names[country]} · {_name_zone(zone, language)}") for zone in zones)
    return tuple(choices)


def _name_zone(zone: str, language: str) -> str:
    """Return the city that a zone is called after: "Buenos Aires", not "Argentina/Buenos Aires"."""
    return get_timezone_location(zone, locale=language, return_city=True).rpartition("/")[2]
