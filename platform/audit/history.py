"""One way to keep a model's history, used by every room.

The author is a plain number, not a foreign key: history outlives the person, and no key
may reach a table that an erasure empties.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from database.statements import Statement

HISTORY_SQL = """
INSERT INTO {table} ({columns}, history_date, history_type, history_user_id, history_change_reason)
SELECT {columns}, %({name}_date)s::timestamptz, %({name}_type)s::text, %({name}_user_id)s::int8,
       %({name}_reason)s::text
FROM {source}
"""


class _Records(HistoricalRecords):
    """simple_history's, with an empty reason where none was given: the column takes no NULL."""

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str) -> str:
        """Return why this change was made."""
        return super().get_change_reason_for_object(instance, history_type, using) or ""


def keep_history(*, excluded_fields: tuple[str, ...] = (), keys: tuple[str, ...] = ()) -> HistoricalRecords:
    """Return the manager that writes one history row for each save and delete of a model.

    ``keys`` names the model's foreign keys: history is read by its row, so they need no index.
    ``QuerySet.update()`` and ``.delete()`` bypass it: services save what has history.
    """
    return _Records(
        excluded_fields=list(excluded_fields),
        no_db_index=list(keys),
        history_user_id_field=models.BigIntegerField(null=True),
        history_change_reason_field=models.TextField(blank=True, default=""),
        history_user_getter=_read_author,
        history_user_setter=_write_author,
        get_user=_no_author,
    )


def add_history_part(
    statement: Statement,
    model: type[models.Model],
    *,
    source: str,
    is_new: bool,
    user_id: int | None,
    at: datetime,
    reason: str = "",
) -> None:
    """Let a statement keep the history of the rows that its part ``source`` returns whole.

    The same row as `keep_history` writes when a model is saved, from the columns of the
    history's own model. The part is called ``<source>_history``.
    """
    name = f"{source}_history"
    values = {"date": at, "type": "+" if is_new else "~", "user_id": user_id, "reason": reason}
    statement.add(name, _write_history_sql(model, name, source), values)


@cache
def _write_history_sql(model: type[models.Model], name: str, source: str) -> str:
    history: type[models.Model] = model.history.model  # type: ignore[attr-defined]
    own, kept = (each._meta for each in (model, history))  # noqa: SLF001 - Django's documented way to fields
    columns = {field.column for field in own.local_concrete_fields}
    names = [f'"{field.column}"' for field in kept.local_concrete_fields if field.column in columns]
    return HISTORY_SQL.format(table=f'"{kept.db_table}"', columns=", ".join(names), name=name, source=source)


def _read_author(row: Any) -> int | None:
    author: int | None = row.history_user_id
    return author


def _write_author(row: Any, user_id: int | None) -> None:
    row.history_user_id = user_id


def _no_author(**_: object) -> None:
    return None
