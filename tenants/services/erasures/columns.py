"""Taking out of rows what their room has declared to be about people (`kernel.personal`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import Field, JSONField, QuerySet
from django.db.models.fields import NOT_PROVIDED

from kernel.personal import Erasure
from tenants import hooks


def erase_columns(rows: QuerySet[Any], *, stand_ins: Mapping[str, object] | None = None, **more: object) -> None:
    """Blank what a table has about people, or put stand-ins there, or delete the rows, as its room has declared.

    ``stand_ins`` has a value for each column that may not be empty; ``more`` is written besides. Nothing of it comes
    into the history: that would be another copy.

    Raises:
        KeyError: The table is not declared, or a stand-in is missing.
    """
    columns, is_row = _read_declared(rows.model._meta.label)  # noqa: SLF001
    if is_row:
        rows.delete()
        return
    given = stand_ins or {}
    values = {
        name: given[name] if erasure is Erasure.REPLACE else _make_blank(rows.model._meta.get_field(name))  # noqa: SLF001
        for name, erasure in columns.items()
    }
    rows.update(**values, **more)


@cache
def _read_declared(label: str) -> tuple[Mapping[str, Erasure], bool]:
    table = next((each for each in hooks.list_inventory() if each.model == label), None)
    if table is None:
        raise KeyError(label)
    named = {name: column.erasure for name, column in table.personal.items()}
    is_row = Erasure.DELETE_ROW in named.values()
    return {name: erasure for name, erasure in named.items() if erasure is not Erasure.KEEP}, is_row


def _make_blank(field: Field[Any, Any]) -> object:
    if field.null:
        return None
    if isinstance(field, JSONField) and field.default is not NOT_PROVIDED:
        return field.get_default()
    return ""
