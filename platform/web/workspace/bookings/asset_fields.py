"""The vertical's questions about a vehicle or patient, as fields of the staff's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext

from scheduling.types import ServiceView
from tenants.context import current_tenant
from verticals.contract import ArrivalMode, FieldKind, Vertical
from verticals.registry import get_vertical
from web.templatetags.formats import get_current_formats

PREFIX = "asset_"


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a field."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class StaffAssetInput:
    """A field of the asset to draw for staff; ``suggestions`` are only offered."""

    name: str
    label: str
    hint: str
    value: str
    is_required: bool
    is_number: bool
    max_length: int
    options: tuple[Option, ...]
    suggestions: tuple[str, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """What the vertical asks about a visit."""

    asset_name: str
    fields: tuple[StaffAssetInput, ...]
    arrival_label: str
    arrival_modes: tuple[Option, ...]


def list_arrival_modes(service: ServiceView) -> tuple[ArrivalMode, ...]:
    """Return the ways to arrive that a service allows, in the vertical's order."""
    modes = get_vertical(current_tenant().vertical).intake.arrival_modes
    return tuple(mode for mode in modes if mode.key in service.arrival_modes)


def make_visit(
    typed: QueryDict, errors: Mapping[str, tuple[str, ...]], arrival_modes: tuple[ArrivalMode, ...]
) -> Visit:
    """Return the questions with what was typed and what is wrong with it; ``errors`` by the field's key."""
    tenant = current_tenant()
    vertical = get_vertical(tenant.vertical)
    words = {"language": get_current_formats().language, "country": tenant.country}
    modes = tuple(Option(mode.key, gettext(mode.label)) for mode in arrival_modes)
    return Visit(
        asset_name=vertical.say("asset", **words) if vertical.asset else "",
        fields=_make_fields(vertical, words, typed, errors),
        arrival_label=vertical.say("question.arrival", **words) if modes else "",
        arrival_modes=modes,
    )


def read_asset(typed: QueryDict) -> dict[str, str]:
    """Return what was typed about the asset, by the field's key."""
    vertical = get_vertical(current_tenant().vertical)
    fields = vertical.asset.fields if vertical.asset else ()
    values = {field.key: typed.get(PREFIX + field.key, "").strip() for field in fields}
    return {key: value for key, value in values.items() if value}


def _make_fields(
    vertical: Vertical, words: dict[str, str], typed: QueryDict, errors: Mapping[str, tuple[str, ...]]
) -> tuple[StaffAssetInput, ...]:
    if vertical.asset is None:
        return ()
    return tuple(
        StaffAssetInput(
            name=PREFIX + field.key,
            label=gettext(vertical.label_field(field, **words)),
            hint=gettext(field.hint) if field.hint else "",
            value=typed.get(PREFIX + field.key, ""),
            is_required=field.required,
            is_number=field.kind in {FieldKind.NUMBER, FieldKind.YEAR},
            max_length=field.max_length,
            options=tuple(Option(choice.key, gettext(choice.label)) for choice in field.choices),
            suggestions=tuple(field.suggestions.values.get("", ())) if field.suggestions else (),
            errors=tuple(gettext(text) for text in errors.get(field.key, ())),
        )
        for field in vertical.asset.fields
    )
