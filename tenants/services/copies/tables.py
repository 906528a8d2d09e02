"""The tables of a schema as PostgreSQL itself lists them: nobody has to remember to name a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from database.connection import connection

TABLES_SQL = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '')
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = %s AND c.relkind = 'r'
GROUP BY c.relname ORDER BY c.relname
"""
"""Columns that are computed from others are computed again."""
SEQUENCES_SQL = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s ORDER BY 1"
DIGEST_SQL = """
SELECT count(*), coalesce(sum(hashtextextended(ROW({columns})::text, 0)::numeric), 0)::text FROM {table}
"""
"""In no order: a table that was filled anew has its rows elsewhere."""
TEXT_SQL = """
SET LOCAL TIME ZONE 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1
"""
"""How values are written as text: two servers have to agree, or their sums differ."""
PIECE_BYTES = 1 << 20
EMPTY = (0, "0")
"""What `digest_table` finds in a table without rows."""


def speak_plainly(cursor: Any) -> None:
    """Let this transaction write values as every archive does."""
    cursor.execute(TEXT_SQL)


def list_tables(cursor: Any, schema_name: str) -> dict[str, tuple[str, ...]]:
    """Map each table of a schema to its columns, in their order."""
    cursor.execute(TABLES_SQL, [schema_name])
    return {table: tuple(columns or ()) for table, columns in cursor.fetchall()}


def count_rows(cursor: Any, schema_name: str, table: str) -> int:
    """Return how many rows a table has."""
    cursor.execute(f"SELECT count(*) FROM {_name(schema_name, table)}")  # noqa: S608 - quoted
    return int(cursor.fetchone()[0])


def list_sequences(cursor: Any, schema_name: str) -> dict[str, int | None]:
    """Map each sequence to the number that it gave last; None: it has given none."""
    cursor.execute(SEQUENCES_SQL, [schema_name])
    return dict(cursor.fetchall())


def set_sequences(cursor: Any, schema_name: str, values: Mapping[str, int | None]) -> None:
    """Let sequences go on after these numbers; those that had given none begin anew.

    A spare schema may have been tried in before: what a sequence gave then is not taken back with the transaction.
    """
    known = list_sequences(cursor, schema_name)
    for name, last in values.items():
        if last is not None:
            cursor.execute("SELECT setval(%s::regclass, %s)", [_name(schema_name, name), last])
        elif known.get(name) is not None:
            cursor.execute(f"ALTER SEQUENCE {_name(schema_name, name)} RESTART")


def digest_table(cursor: Any, schema_name: str, table: str, columns: Sequence[str]) -> tuple[int, str]:
    """Return how many rows a table has, and a sum that differs when one value of one row does."""
    cursor.execute(DIGEST_SQL.format(table=_name(schema_name, table), columns=_list(columns)))
    rows, total = cursor.fetchone()
    return rows, total


def read_table(cursor: Any, schema_name: str, table: str, columns: Sequence[str]) -> Iterator[bytes]:
    """Return a table's rows in pieces of a megabyte or so, each of whole rows."""
    piece = bytearray()
    sql = f"COPY {_name(schema_name, table)} ({_list(columns)}) TO STDOUT"
    with connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in copy:
            piece += row
            if len(piece) >= PIECE_BYTES and piece.endswith(b"\n"):
                yield bytes(piece)
                piece.clear()
    if piece:
        yield bytes(piece)


def write_table(cursor: Any, schema_name: str, table: str, columns: Sequence[str], piece: bytes) -> None:
    """Add the rows of a piece to a table."""
    sql = f"COPY {_name(schema_name, table)} ({_list(columns)}) FROM STDIN"
    with connection.wrap_database_errors, cursor.copy(sql) as copy:
        copy.write(piece)


def empty_tables(cursor: Any, schema_name: str, tables: Sequence[str]) -> None:
    """Remove what the migrations of an empty schema wrote; keys are checked later, once all rows are there.

    Sequences begin anew as well, and what they give from here on is undone with the transaction: else a try that
    is rolled back would leave its numbers in the spare schema that the next business gets.
    """
    cursor.execute(f"TRUNCATE {', '.join(_name(schema_name, table) for table in tables)} RESTART IDENTITY")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def check_keys(cursor: Any) -> None:
    """Let PostgreSQL check every key now, and go on checking at the end."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def count_again(cursor: Any, schema_name: str, tables: Sequence[str]) -> None:
    """Let PostgreSQL plan with what is in the tables, not with nothing."""
    cursor.execute(f"ANALYZE {', '.join(_name(schema_name, table) for table in tables)}")


def _name(schema_name: str, table: str) -> str:
    quote = connection.ops.quote_name
    return f"{quote(schema_name)}.{quote(table)}"


def _list(columns: Sequence[str]) -> str:
    return ", ".join(connection.ops.quote_name(column) for column in columns)
