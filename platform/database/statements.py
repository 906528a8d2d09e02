"""Several writes as one statement: one round trip, and one plan that PostgreSQL keeps.

What belongs to one change lies in tables of several rooms. Each room adds its own part, so
that no room knows another's tables, and all of it is done or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Model

from database.connection import connection

INSERT_SQL = """
INSERT INTO {table} ({columns})
SELECT {values} FROM {populate}(NULL::{table}, %({name}_rows)s::jsonb) r {source}
RETURNING *
"""
ONE, MANY = "jsonb_populate_record", "jsonb_populate_recordset"
"""PostgreSQL expects a hundred rows of the second; a few such parts joined look worth compiling to it."""
UPDATE_SQL = """
UPDATE {table} SET ({columns}) = (
  SELECT {values} FROM {populate}(NULL::{table}, %({name}_rows)s::jsonb) r)
WHERE id = %({name}_id)s::int8
RETURNING *
"""


class Statement:
    """A ``WITH`` query that is put together part by part.

    A part may read what the parts before it return. All parts see the tables as they were
    before the statement began, but constraints and ``ON CONFLICT`` see what is there now.
    The same parts in the same order are the same text, whose plan is kept.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._parameters: dict[str, object] = {}

    def add(self, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Add a part; its parameters are called ``%(<name>_<parameter>)s`` and need a cast each."""
        self._parts.append(f"{name} AS ({sql})")
        for key, value in (parameters or {}).items():
            self._parameters[f"{name}_{key}"] = value

    def insert(
        self, name: str, rows: Sequence[Model], *, source: str = "", values: Mapping[str, str] | None = None
    ) -> None:
        """Add a part that inserts unsaved rows of one model and returns them whole.

        ``source`` goes on after ``FROM r``: an earlier part that has to be there, or a
        condition. ``values`` gives columns an expression instead of what the rows hold.
        """
        model = type(rows[0])
        populate = ONE if len(rows) == 1 else MANY
        sql = _write_sql(INSERT_SQL, model, name, populate, source, tuple((values or {}).items()))
        self.add(name, sql, {"rows": _to_rows(model, rows)})

    def update(self, name: str, row: Model, *, values: Mapping[str, str] | None = None) -> None:
        """Add a part that saves every column of a row and returns it whole; ``values`` as in `insert`."""
        model = type(row)
        sql = _write_sql(UPDATE_SQL, model, name, ONE, "", tuple((values or {}).items()))
        self.add(name, sql, {"rows": _to_rows(model, [row]), "id": row.pk})

    def fetch(self, select: str) -> list[tuple[Any, ...]]:
        """Do everything and return the rows of ``select``, which reads from the parts."""
        return connection.fetch_planned(f"WITH {', '.join(self._parts)} {select}", self._parameters)


@cache
def _list_columns(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """List every column that is written, with the attribute that holds its value."""
    fields = model._meta.local_concrete_fields  # noqa: SLF001 - Django's documented way to fields
    written = (field for field in fields if not (field.primary_key or field.generated))
    return tuple((str(field.column), field.attname) for field in written)


@cache
def _write_sql(
    template: str, model: type[Model], name: str, populate: str, source: str, values: tuple[tuple[str, str], ...]
) -> str:
    columns = [column for column, _ in _list_columns(model)]
    given = dict(values)
    return template.format(
        table=f'"{model._meta.db_table}"',  # noqa: SLF001
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(given.get(column, f'r."{column}"') for column in columns),
        name=name,
        populate=populate,
        source=source,
    )


def _to_rows(model: type[Model], rows: Sequence[Model]) -> str:
    """Write a row, or a list of rows, as one document; instants in the ISO format, to the microsecond."""
    columns = _list_columns(model)
    documents = [{column: getattr(row, name) for column, name in columns} for row in rows]
    return json.dumps(documents[0] if len(documents) == 1 else documents, default=_to_text, separators=(",", ":"))


def _to_text(value: object) -> str:
    # PostgreSQL would give an instant without a zone the session's.
    if isinstance(value, date) and not (isinstance(value, datetime) and value.tzinfo is None):
        return value.isoformat()
    message = f"a {type(value).__name__} cannot be written in a document"
    raise TypeError(message)
