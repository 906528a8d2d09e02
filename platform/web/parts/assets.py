"""The vertical's questions about a vehicle, a pet or a patient, as fields of any form: ``asset.<key>``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext

from edge.language import current_language
from scheduling.selectors.customers.assets import find_meter
from tenants.context import current_tenant
from verticals.contract import AssetField, FieldKind, Vertical
from verticals.registry import get_vertical
from web.parts.forms import PageForm, mark_needed
from web.parts.widgets import SuggestInput

PREFIX = "asset."
LONGEST_KEPT = 2500
"""Characters kept of one text while it is wrong or unfinished; more would not fit an address."""

MAX_SUGGESTIONS = 400

Suggest = Callable[[AssetField], tuple[str, ...]]


class TypedField(forms.Field):
    """What was typed, as it was: a room below reads and refuses it."""

    def clean(self, value: Any) -> str:
        """Return the text, shortened to what an address carries."""
        return str(value or "")[:LONGEST_KEPT]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks the questions: ``is_optional`` for staff, who may leave all of them open.

    Attributes:
        suggest_url: Where suggestions that depend on another field come from; empty: nowhere.
    """

    vertical: Vertical
    language: str
    country: str
    is_optional: bool = False
    suggest_url: str = ""

    @property
    def fields(self) -> tuple[AssetField, ...]:
        """Return the questions."""
        return self.vertical.asset.fields if self.vertical.asset else ()


def make_asset_fields(asked: Asked, suggest: Suggest) -> dict[str, forms.Field]:
    """Return the questions as fields of a form, by name; ``suggest`` gives what is offered for each at first."""
    return {f"{PREFIX}{each.key}": _make_field(each, asked, suggest(each)) for each in asked.fields}


def read_asset(form: PageForm, asked: Asked) -> dict[str, str]:
    """Return what was typed about the asset, by key, whatever is wrong with it."""
    return {each.key: str(form[f"{PREFIX}{each.key}"].value() or "")[:LONGEST_KEPT] for each in asked.fields}


def list_suggestions(vertical: Vertical, key: str, of: str) -> tuple[str, ...]:
    """Return what to offer for the field ``key`` when the field it depends on, if any, reads ``of``."""
    fields = vertical.asset.fields if vertical.asset else ()
    found = next((each for each in fields if each.key == key), None)
    if found is None or found.suggestions is None:
        return ()
    known = {name.casefold(): values for name, values in found.suggestions.values.items()}
    return known.get(of.strip().casefold(), ())[:MAX_SUGGESTIONS]


def _make_field(each: AssetField, asked: Asked, suggestions: tuple[str, ...]) -> forms.Field:
    field = TypedField(
        label=gettext(asked.vertical.label_field(each, language=asked.language, country=asked.country)),
        help_text=gettext(each.hint) if each.hint else "",
        required=False,
        widget=_make_widget(each, asked, suggestions),
    )
    return mark_needed(field, is_needed=each.required and not asked.is_optional)


def _make_widget(each: AssetField, asked: Asked, suggestions: tuple[str, ...]) -> forms.Widget:
    attrs: dict[str, Any] = {"placeholder": each.example} if each.example else {}
    if each.kind is FieldKind.CHOICE:
        return forms.Select(choices=[("", ""), *((choice.key, gettext(choice.label)) for choice in each.choices)])
    if each.kind in {FieldKind.NUMBER, FieldKind.YEAR}:
        return forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "number", **attrs})
    if each.is_identifier:
        attrs["class"] = "capitals"  # what identifies is written in capitals
    depends_on = each.suggestions.depends_on if each.suggestions and asked.suggest_url else ""
    return SuggestInput(
        suggestions=suggestions,
        depends_on=f"{PREFIX}{depends_on}" if depends_on else "",
        key=each.key,
        url=asked.suggest_url,
        attrs=attrs,
    )


def describe_search() -> str:
    """Say what the workspace finds bookings by, in the trade's own words, short enough for its box."""
    tenant, language = current_tenant(), current_language()
    words = get_vertical(tenant.vertical).list_words(language=language, country=tenant.country)
    if "asset" not in words:
        return gettext("Customer or reference")
    return gettext("Customer or %(asset)s") % {"asset": words["asset"]}


def describe_customer_search() -> str:
    """Say what the workspace finds customers by, in the trade's own words."""
    tenant, language = current_tenant(), current_language()
    words = get_vertical(tenant.vertical).list_words(language=language, country=tenant.country)
    if "asset" not in words:
        return gettext("Name, phone, e-mail or number")
    return gettext("Name, phone, e-mail, number or %(asset)s") % {"asset": words["asset"]}


def describe_desk_search() -> str:
    """Say what whoever calls is found by while their booking is made, in the trade's own words: a plate, a patient."""
    tenant, language = current_tenant(), current_language()
    vertical = get_vertical(tenant.vertical)
    if vertical.asset is None:
        return gettext("Phone or name")
    telling = [each for each in vertical.asset.fields if each.is_identifier]
    told = next((each for each in telling if each.key not in vertical.asset.label_fields), None)
    if told is None:
        what = vertical.say("asset", language=language, country=tenant.country)
    else:
        what = gettext(vertical.label_field(told, language=language, country=tenant.country))
    return gettext("Phone, name or %(what)s") % {"what": what[:1].lower() + what[1:]}


def name_meter() -> tuple[str, str]:
    """Return what the trade reads off what visits are about, and in which unit: "Mileage", "km"; empty: nothing."""
    tenant, meter = current_tenant(), find_meter()
    if meter is None:
        return "", ""
    vertical, language = get_vertical(tenant.vertical), current_language()
    word = next((str(each.label) for each in (vertical.asset.fields if vertical.asset else ()) if each.is_meter), "")
    terms = vertical.list_words(language=language, country=tenant.country)
    return gettext(word), terms.get(f"unit.{meter.key}", meter.unit)
