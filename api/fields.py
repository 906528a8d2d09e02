"""Fields of what is sent to the API: each takes the type that the document promises, and repairs nothing.

REST framework's own take a number for a text, a text for a number, and an instant without a zone for one
in the server's; a check bans those that read dates and times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.drainage import set_override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from edge.reading import NotRead, check_date, check_instant, restore_plus
from kernel.ids import read_row_id
from kernel.text import mark

ID_UNKNOWN = mark("This identifier is not known.")
_WHOLE = re.compile(r"^-?[0-9]{1,18}$")


class TextField(serializers.CharField):
    """A text; a number or a truth value is none."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text.

        Raises:
            ValidationError: It is something else.
        """
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": ["string", "integer", "null"], "maxLength": 200})
class AnswerField(TextField):
    """What is told about an asset: a text of at most 200 characters, or a whole number, as for a year."""

    def __init__(self) -> None:
        super().__init__(allow_blank=True, max_length=200)

    def to_internal_value(self, data: Any) -> str:
        """Return it as text.

        Raises:
            ValidationError: It is something else.
        """
        is_number = type(data) is int and _WHOLE.fullmatch(str(data))
        return super().to_internal_value(str(data) if is_number else data)


class WholeField(serializers.IntegerField):
    """A whole number, or its digits: in an address there is nothing else."""

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)
        schema = {"type": ["integer", "string"], "pattern": _WHOLE.pattern, "minimum": min_value, "maximum": max_value}
        set_override(self, "field", schema)

    def to_internal_value(self, data: Any) -> int:
        """Return the number.

        Raises:
            ValidationError: It is something else, or has more than 18 digits.
        """
        if isinstance(data, str) and _WHOLE.fullmatch(data):
            return int(data)
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if type(data) is not int or not _WHOLE.fullmatch(str(data)):
            self.fail("invalid")
        return int(data)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.DateTimeField):  # noqa: TID251 - it reads by `edge.reading`
    """An instant, RFC 3339 with its zone; aware, in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant.

        Raises:
            ValidationError: It is none, has no zone, or nobody means its year.
        """
        try:
            return check_instant(restore_plus(value) if is_in_address(self) else value)
        except NotRead as error:
            raise serializers.ValidationError(gettext(error.text), code="invalid") from error


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.DateField):  # noqa: TID251 - it reads by `edge.reading`
    """A date, ``YYYY-MM-DD``."""

    def to_internal_value(self, value: Any) -> date:
        """Return the date.

        Raises:
            ValidationError: It is none, or nobody means its year.
        """
        try:
            return check_date(value)
        except NotRead as error:
            raise serializers.ValidationError(gettext(error.text), code="invalid") from error


@extend_schema_field({"type": ["string", "integer"]})
class IdField(serializers.Field[Any, Any, Any, Any]):
    """An opaque identifier; a broken one is a field error, never a crash."""

    default_error_messages: ClassVar = {"invalid_id": gettext_lazy(ID_UNKNOWN)}

    def to_internal_value(self, data: Any) -> int:
        """Turn the text, or its number, into the number that it stands for.

        Raises:
            ValidationError: No row can have it.
        """
        is_written = isinstance(data, str) or type(data) is int
        row_id = read_row_id(str(data).strip()) if is_written else None
        if row_id is None:
            self.fail("invalid_id")
        return row_id


class AnswersField(serializers.DictField):
    """What is answered, by the key of the question; ``null`` says that it is not."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the answers that were given.

        Raises:
            ValidationError: One is wrong, or it is no object.
        """
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if value is not None}
        answers: dict[str, Any] = super().to_internal_value(data)
        return answers


class IdListField(TextField):
    """Identifiers separated by commas, as in ``add_ons=3,5``."""

    default_error_messages = IdField.default_error_messages

    def to_internal_value(self, data: Any) -> Any:
        """Turn the text into a tuple of numbers.

        Raises:
            ValidationError: No row can have one of them.
        """
        parts = [part.strip() for part in super().to_internal_value(data).split(",") if part.strip()]
        row_ids = tuple(read_row_id(part) for part in parts)
        if None in row_ids:
            self.fail("invalid_id")
        return row_ids


def is_in_address(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """Tell whether a field stands in an address, where everything is text, and not in a body."""
    return bool(getattr(field.parent, "is_address", False))
