"""Bodies and addresses as calls read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Self

from django.utils.functional import lazystr
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.formatting import lazy_format
from rest_framework.utils.serializer_helpers import BindingDict

from api.errors import UnknownField
from kernel.money import PriceKind
from kernel.text import mark

SENT_TWICE = mark("Send this only once.")


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a typing mistake must not be ignored silently.

    A field that may be left out may also be ``null``, which says the same.

    All serializers of a class share one set of fields: REST framework copies them for each request,
    so that one may change its own, which takes longer than what they check. Here nobody does, and a
    field keeps nothing of what passes through it.
    """

    is_address = False

    @property
    def fields(self) -> BindingDict:
        """Return the fields of the class."""
        return _bind_fields(type(self))

    @classmethod
    def read(cls, request: Request) -> Self:
        """Return the serializer of a request's body, checked; no body is an empty one.

        Raises:
            ValidationError: A field is unknown or wrong.
        """
        sent: Any = request.data
        form = cls(data={} if sent is None else sent)
        form.is_valid(raise_exception=True)
        return form

    def to_internal_value(self, data: Any) -> Any:
        """Check for unknown fields first.

        Raises:
            ValidationError: A field is unknown or wrong.
        """
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({name: [gettext(UnknownField.text)] for name in unknown})
            fields = self.fields
            data = {name: value for name, value in data.items() if value is not None or fields[name].required}
        return super().to_internal_value(data)


class AddressSerializer(StrictSerializer):
    """What an address says after its question mark: text, and each name once."""

    is_address = True

    @classmethod
    def read(cls, request: Request) -> Self:
        """Return the serializer of a request's address, checked.

        Raises:
            ValidationError: A field is unknown, wrong, or there twice.
        """
        sent = request.query_params
        twice = [name for name, values in sent.lists() if len(values) > 1]
        if twice:
            raise serializers.ValidationError({name: [gettext(SENT_TWICE)] for name in twice})
        form = cls(data=sent.dict())
        form.is_valid(raise_exception=True)
        return form


class PriceKindField(serializers.ChoiceField):
    """How far a ``price`` binds: "from" is the least that it will be, and "on_request" has none."""

    def __init__(self) -> None:
        super().__init__(choices=[kind.value for kind in PriceKind])


class MoneyShape(serializers.Serializer[Any]):
    """An amount in the smallest coin of its currency (ISO 4217)."""

    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()


@cache
def _bind_fields(kind: type[StrictSerializer]) -> BindingDict:
    serializer = kind()
    bound = BindingDict(serializer)
    for name, field in serializer.get_fields().items():
        if not field.required and not kind.is_address:
            field.allow_null = True
        _thaw_texts(field)
        bound[name] = field
    return bound


def _thaw_texts(field: Any) -> None:
    """Let a field's limits speak the language of each call; REST framework's text keeps that of the first."""
    for validator in field.validators:
        text = getattr(validator, "message", None)
        if isinstance(text, lazy_format):
            validator.message = lazystr(_Limit(text))
    if hasattr(field, "child"):
        _thaw_texts(field.child)


class _Limit:
    """A text with its figures, put together anew whenever it is read."""

    def __init__(self, text: lazy_format) -> None:
        self._text, self._figures = text.format_string, text.kwargs

    def __str__(self) -> str:
        return str(self._text).format(**self._figures)
