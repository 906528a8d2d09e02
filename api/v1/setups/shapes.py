"""Set-ups as staff and programs read them, made of the values that the catalog says of itself (`ServiceSetup` …)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rest_framework import serializers

from api.fields import DayField, InstantField
from api.pagination import PageShape
from scheduling.selectors.catalog.setups import to_fields
from scheduling.types import Entry

Field = serializers.Field[Any, Any, Any, Any]
ONE, SEVERAL = "_id", "_ids"


class EntryShape(serializers.Serializer[Any]):
    """What everything of a catalog has."""

    id = serializers.CharField()
    version = serializers.IntegerField(help_text="Grows with each change.")
    is_active = serializers.BooleanField(help_text="False: it is archived.")
    is_sample = serializers.BooleanField(help_text="It was made up at the start, and nobody has saved it since.")
    coming_bookings = serializers.IntegerField(help_text="How many that have not ended use it.")


def make_shape(name: str, setup: type) -> type[serializers.Serializer[Any]]:
    """Return the shape of a set-up that is an entry of the catalog."""
    return type(name, (EntryShape,), {"__doc__": f"{name}, as it was set up.", **_make_fields(setup)})


def make_list(name: str, shape: type[serializers.Serializer[Any]]) -> type[PageShape]:
    """Return the shape of a page of a list."""
    return type(f"{name}List", (PageShape,), {"__doc__": f"A page of {name}.", "results": shape(many=True)})


def describe_entry(entry: Entry[Any]) -> dict[str, object]:
    """Return an entry; identifiers are called by what they name, and are texts."""
    return {
        "id": str(entry.id),
        "version": entry.version,
        "is_active": entry.is_active,
        "is_sample": entry.is_sample,
        "coming_bookings": entry.coming_bookings,
        **_rename(_list_values(entry.setup)),
    }


def _list_values(setup: Any) -> dict[str, object]:
    """Return the values as JSON holds them; instants as every call answers them."""
    values = to_fields(setup)
    return values | {name: at for name in values if isinstance(at := getattr(setup, name), datetime)}


def _rename(values: Mapping[str, object]) -> dict[str, object]:
    return {name_field(key): _write(key, value) for key, value in values.items()}


def name_field(key: str) -> str:
    """Return how bodies call a value of a set-up: what is an identifier there is named by what it is of."""
    if key.endswith(SEVERAL):
        return f"{key.removesuffix(SEVERAL)}s"
    return key.removesuffix(ONE)


def _write(key: str, value: object) -> object:
    if key.endswith(ONE):
        return None if value is None else str(value)
    if isinstance(value, list):
        is_named = key.endswith(SEVERAL)
        return [str(each) if is_named else _rename(each) if isinstance(each, Mapping) else each for each in value]
    return value


@cache
def _make_nested(kind: Any) -> type[serializers.Serializer[Any]]:
    name = kind.__name__.removesuffix("Setup")
    return type(f"{name}Part", (serializers.Serializer,), {"__doc__": f"{name}, within another.", **_make_fields(kind)})


def _make_fields(kind: type) -> dict[str, Field]:
    return {name_field(key): _make_field(key, hint) for key, hint in get_type_hints(kind).items()}


def _make_field(key: str, hint: Any) -> Field:
    parts = get_args(hint)
    if key.endswith(SEVERAL):
        return serializers.ListField(child=serializers.CharField())
    if get_origin(hint) is tuple:
        return _list_of(parts[0])
    if isinstance(hint, UnionType):
        (hint,) = (each for each in parts if each is not NoneType)
    # Said here: fields are made anew for each serializer, of what they were made of at first.
    return _plain(key, hint, allow_null=NoneType in parts)


def _list_of(inner: Any) -> Field:
    if hasattr(inner, "__dataclass_fields__"):
        return _make_nested(inner)(many=True)
    if inner in {int, str}:
        return serializers.ListField(child=_plain("", inner))
    # A period: weekday, and minutes from and to.
    return serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


def _plain(key: str, hint: Any, *, allow_null: bool = False) -> Field:
    if hint is bool:
        return serializers.BooleanField(allow_null=allow_null)
    if hint is int and not key.endswith(ONE):
        return serializers.IntegerField(allow_null=allow_null)
    if hint is datetime:
        return InstantField(allow_null=allow_null)
    return DayField(allow_null=allow_null) if hint is date else serializers.CharField(allow_null=allow_null)
