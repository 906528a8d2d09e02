"""Set-ups as staff and programs send them, in the shape in which they are read, made of the same values.

Whether something can be set up so, the services of the catalog judge: here only its form is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rest_framework import serializers

from api.fields import DayField, IdField, InstantField, TextField, WholeField
from api.serializers import StrictSerializer
from api.v1.setups.shapes import ONE, SEVERAL, name_field
from scheduling.errors import SetupInvalid
from scheduling.types import LARGEST_PRICE_MINOR

LARGEST = 2**31 - 1
"""Of the columns that hold numbers."""
LONGEST_TEXT, MOST_ROWS = 10_000, 500
VERSION = "version"
PARTS = "__dataclass_fields__"
Body = type["SetupFields"]


class SetupFields(StrictSerializer):
    """What of a set-up is sent; in a change ``null`` takes away what may be missing, elsewhere it says nothing."""

    nullable: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Return what was sent.

        Raises:
            ValidationError: A field is unknown or wrong.
        """
        given: dict[str, Any] = super().to_internal_value(data)
        return given | {name: None for name in self.nullable if name in data and data[name] is None}


def make_body(name: str, setup: type) -> Body:
    """Return the body that makes one; what the business may leave open may be left out."""
    return _make(f"{name}Fields", f"A new {name}.", _make_fields(setup))


def make_whole(name: str, setup: type) -> Body:
    """Return the body that says the whole of one anew."""
    return _make(f"{name}Fields", f"The whole {name}.", {**_make_fields(setup), VERSION: _make_version()})


def make_change(name: str, setup: type) -> Body:
    """Return the body that changes one: what is left out stays."""
    made = _make_fields(setup, is_change=True)
    change = _make(f"{name}Changes", f"What changes of a {name}.", {**made, VERSION: _make_version()})
    hints = get_type_hints(setup)
    change.nullable = frozenset(name_field(key) for key, hint in hints.items() if isinstance(hint, UnionType))
    return change


def read_setup(setup: type, sent: Mapping[str, Any]) -> Any:
    """Return the set-up that a body describes."""
    return setup(**_read_values(setup, sent))


def change_setup(before: Any, sent: Mapping[str, Any]) -> Any:
    """Return a set-up with what a body says about it."""
    return replace(before, **_read_values(type(before), sent))


def name_errors(error: SetupInvalid) -> SetupInvalid:
    """Name the fields as bodies do."""
    return SetupInvalid(errors={_name_path(path): texts for path, texts in error.errors.items()})


def _name_path(path: str) -> str:
    return ".".join(name_field(part) for part in path.split("."))


def _make(name: str, text: str, made: Mapping[str, serializers.Field[Any, Any, Any, Any]]) -> Body:
    return type(name, (SetupFields,), {"__doc__": text, **made})


def _make_version() -> WholeField:
    said = "As it was read: refused when somebody changed it since."
    return WholeField(required=False, min_value=0, max_value=LARGEST, help_text=said)


@cache
def _make_nested(kind: Any) -> Body:
    name = kind.__name__.removesuffix("Setup")
    return _make(f"{name}PartFields", f"{name}, within another.", _make_fields(kind))


def _make_fields(setup: Any, *, is_change: bool = False) -> dict[str, Any]:
    hints = get_type_hints(setup)
    return {name_field(each.name): _make_field(each, hints[each.name], is_change=is_change) for each in fields(setup)}


def _make_field(of: Field[Any], hint: Any, *, is_change: bool) -> Any:
    how: dict[str, Any] = {"required": of.default is MISSING and not is_change}
    if isinstance(hint, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    if of.name.endswith(SEVERAL):
        return serializers.ListField(child=IdField(), max_length=MOST_ROWS, **how)
    if get_origin(hint) is tuple:
        return _make_several(get_args(hint)[0], how)
    return _make_one(of, hint, how)


def _make_several(inner: Any, how: Mapping[str, Any]) -> Any:
    if hasattr(inner, PARTS):
        return serializers.ListSerializer(child=_make_nested(inner)(), max_length=MOST_ROWS, **how)
    if inner is str:
        return serializers.ListField(child=TextField(max_length=LONGEST_TEXT), max_length=MOST_ROWS, **how)
    number = WholeField(min_value=0, max_value=LARGEST)
    if inner is int:
        return serializers.ListField(child=number, max_length=MOST_ROWS, **how)
    # A period: weekday, and minutes from and to.
    length = len(_list_parts(inner))
    period = serializers.ListField(child=number, min_length=length, max_length=length)
    return serializers.ListField(child=period, max_length=MOST_ROWS, **how)


def _make_one(of: Field[Any], hint: Any, how: Mapping[str, Any]) -> Any:
    if of.name.endswith(ONE):
        return IdField(**how)
    if hint is bool:
        return serializers.BooleanField(**how)
    if hint in {date, datetime}:
        return DayField(**how) if hint is date else InstantField(**how)
    if hint is int:
        usual = (0, LARGEST_PRICE_MINOR if of.name.endswith("_minor") else LARGEST)
        least, most = of.metadata.get("limits", usual)
        return WholeField(min_value=least, max_value=most, **how)
    if issubclass(hint, Enum):
        return serializers.ChoiceField(choices=[each.value for each in hint], **how)
    return TextField(allow_blank=of.default is not MISSING, max_length=LONGEST_TEXT, **how)


def _list_parts(inner: Any) -> Sequence[Any]:
    return getattr(inner, "_fields", None) or get_args(inner)


def _read_values(setup: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(setup)
    names = {each.name: name_field(each.name) for each in fields(setup)}
    values = {key: _read_value(hints[key], sent[name]) for key, name in names.items() if name in sent}
    # Whoever names something twice means it once.
    return {key: tuple(dict.fromkeys(each)) if key.endswith(SEVERAL) else each for key, each in values.items()}


def _read_value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        if hasattr(inner, PARTS):
            return tuple(inner(**_read_values(inner, each)) for each in value)
        if hasattr(inner, "_fields"):
            return tuple(inner(*each) for each in value)
        return tuple(tuple(each) if isinstance(each, list) else each for each in value)
    return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value
