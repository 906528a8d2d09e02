"""Time zones by the names of their cities, in a list that is searched while one types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import get_timezone_location
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from edge.language import current_language
from kernel.clock import utc_now
from kernel.identity.keys import fold_letters
from kernel.instants import is_known_timezone
from tenants.context import current_tenant
from tenants.zones import find_zone, list_zones_by_country
from web.formats import format_offset
from web.parts.voice import FILL_IN
from web.templatetags.formats import get_current_formats

NO_ZONE = gettext_lazy("Choose a city from the list: the nearest one whose clocks show the same time.")


@dataclass(frozen=True, slots=True)
class ZoneOption:
    """A line of the list: "Ciudad de México", with what its clocks show now."""

    zone: str
    name: str
    now: str


class ZoneInput(forms.TextInput):
    """A text with all cities as suggestions, those of the business's country first."""

    template_name = "components/widgets/zones.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the list, and what the clocks of the chosen place show."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"list": f"l-{name}", "autocomplete": "off"}
        options = list_zone_options(utc_now())
        zone = read_zone(str(value or ""))
        return {**context, "options": options, "now": say_now(zone, utc_now()) if zone else ""}


class ZoneField(forms.Field):
    """A time zone, typed as its city or as IANA calls it; its value is IANA's name."""

    default_error_messages = {"required": FILL_IN}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": ZoneInput(), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Show a zone by its city; keep what was typed."""
        return name_zone(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the zone.

        Raises:
            ValidationError: No city of the list is called so.
        """
        typed = str(value or "").strip()
        super().clean(typed)
        zone = read_zone(typed)
        if typed and zone is None:
            raise ValidationError(NO_ZONE, code="invalid")
        return zone or ""


def list_zone_options(now: datetime) -> tuple[ZoneOption, ...]:
    """List every zone with its name in the active language and its time at ``now``."""
    names = _list_names(current_language(), current_tenant().country)
    return tuple(ZoneOption(zone, name, say_now(zone, now)) for zone, name in names.items())


def name_zone(zone: str) -> str:
    """Return a zone as the list calls it; what the list does not have stays as it is."""
    names = _list_names(current_language(), current_tenant().country)
    return names.get(zone) or names.get(find_zone(zone) or "", zone)


def say_now(zone: str, now: datetime) -> str:
    """Return what the clocks of a zone show, and how far they are from UTC: "10:24 (UTC−6)"."""
    return f"{get_current_formats().format_time(now, zone)} ({format_offset(now, zone)})"


def read_zone(typed: str) -> str | None:
    """Return the zone that somebody means: by its city in the list, or by its name; None when there is none."""
    by_name = _list_zones(current_language(), current_tenant().country)
    found = by_name.get(fold_letters(typed.strip()))
    if found is None and typed and is_known_timezone(typed):
        return typed
    return found


@lru_cache(maxsize=64)
def _list_names(language: str, country: str) -> Mapping[str, str]:
    """Map each zone to its city, with its country where that is another one, the business's own first."""
    countries = Locale.parse(language).territories
    own, others = {}, {}
    for code, zones in list_zones_by_country().items():
        for zone in zones:
            city = get_timezone_location(zone, locale=language, return_city=True).rpartition("/")[2]
            if code == country:
                own[zone] = city
            else:
                others[zone] = f"{city}, {countries.get(code, code)}"
    return {**own, **dict(sorted(others.items(), key=lambda row: fold_letters(row[1])))}


@lru_cache(maxsize=64)
def _list_zones(language: str, country: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for zone, name in _list_names(language, country).items():
        found.setdefault(fold_letters(name), zone)
        found.setdefault(fold_letters(zone), zone)
    return found
