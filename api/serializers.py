"""Fields that several calls share."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict

from api.errors import UnknownField
from kernel.ids import read_row_id


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a typing mistake must not be ignored silently.

    All serializers of a class share one set of fields: REST framework copies them for each request,
    so that one may change its own, which takes longer than what they check. Here nobody does, and a
    field keeps nothing of what passes through it.
    """

    @property
    def fields(self) -> BindingDict:
        """Return the fields of the class."""
        return _bind_fields(type(self))

    def to_internal_value(self, data: Any) -> Any:
        """Check for unknown fields first.

        Raises:
            ValidationError: A field is unknown or wrong.
        """
        if isinstance(data, dict):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({name: [gettext(UnknownField.text)] for name in unknown})
        return super().to_internal_value(data)


class MoneyShape(serializers.Serializer[Any]):
    """An amount in the smallest coin of its currency (ISO 4217)."""

    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()


class IdField(serializers.CharField):
    """An opaque identifier; a broken one is a field error, never a crash."""

    default_error_messages = {"invalid_id": "This identifier is not known."}

    def to_internal_value(self, data: Any) -> Any:
        """Turn the text into the number that it stands for."""
        row_id = read_row_id(super().to_internal_value(data))
        if row_id is None:
            self.fail("invalid_id")
        return row_id


class IdListField(serializers.CharField):
    """Identifiers separated by commas, as in ``add_ons=3,5``."""

    default_error_messages = IdField.default_error_messages

    def to_internal_value(self, data: Any) -> Any:
        """Turn the text into a tuple of numbers."""
        parts = [part.strip() for part in super().to_internal_value(data).split(",") if part.strip()]
        row_ids = tuple(read_row_id(part) for part in parts)
        if None in row_ids:
            self.fail("invalid_id")
        return row_ids


@cache
def _bind_fields(kind: type[StrictSerializer]) -> BindingDict:
    serializer = kind()
    bound = BindingDict(serializer)
    for name, field in serializer.get_fields().items():
        bound[name] = field
    return bound
