"""A booking's row, its history and its event, written as one statement."""

from __future__ import annotations

from functools import cache
from typing import cast

from scheduling.models import Booking
from tenants.statements import Statement, to_document

INSERT_SQL = """
INSERT INTO scheduling_booking ({columns})
SELECT {values} FROM jsonb_populate_record(NULL::scheduling_booking, %(booking_row)s::jsonb) r {condition}
RETURNING *
"""
UPDATE_SQL = """
UPDATE scheduling_booking SET ({columns}) = (
  SELECT {values} FROM jsonb_populate_record(NULL::scheduling_booking, %(booking_row)s::jsonb) r)
WHERE id = %(booking_id)s::int8 RETURNING *
"""


def add_booking_part(statement: Statement, booking: Booking, *, condition: str = "") -> None:
    """Let a statement save a booking; the part is called ``booking`` and returns the whole row.

    ``condition`` may add to the query that a new row comes from; without a result of it
    there is no booking.
    """
    row = {column: getattr(booking, name) for column, name in _list_columns()}
    values = {"row": to_document(row)}
    if is_new(booking):
        statement.add("booking", _write_sql(INSERT_SQL, condition), values)
    else:
        statement.add("booking", _write_sql(UPDATE_SQL, ""), values | {"id": booking.pk})


def is_new(booking: Booking) -> bool:
    """Tell whether a booking was never saved."""
    return cast("int | None", booking.pk) is None


@cache
def _list_columns() -> tuple[tuple[str, str], ...]:
    """List every column that is written, with the attribute that holds its value."""
    fields = Booking._meta.local_concrete_fields  # noqa: SLF001 - Django's documented way to fields
    written = (field for field in fields if not (field.primary_key or field.generated))
    return tuple((str(field.column), field.attname) for field in written)


@cache
def _write_sql(template: str, condition: str) -> str:
    columns = [column for column, _ in _list_columns()]
    return template.format(
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(f'r."{column}"' for column in columns),
        condition=condition,
    )
