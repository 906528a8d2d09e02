"""How many rows each table of a database has, and whether the files that rows name are there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from files.storage import make_path

TABLES_SQL = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2
"""
HOLDERS_SQL = """
SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'files_storedfile' AND c.relkind = 'r' ORDER BY 1
"""
FILES_SQL = """
SELECT f.key, f.kind, r.value->>'name', r.value->>'sha256'
FROM {table} f CROSS JOIN LATERAL jsonb_array_elements(f.renditions) r WHERE f.state = 'ready'
"""


def count_rows(connection: psycopg.Connection[Any]) -> Mapping[str, int]:
    """Return how many rows each table has, those of a schema as of one instant; names are ``schema.table``.

    A schema at a time: counting locks each table with its indexes until the transaction ends, and all businesses in
    one would fill the lock table of the server, which then refuses everybody.
    """
    counts: dict[str, int] = {}
    for schema, found in groupby(connection.execute(TABLES_SQL).fetchall(), key=lambda row: row[0]):
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            counts |= {f"{schema}.{table}": _count(connection, schema, table) for _, table in found}
    return counts


def list_spoiled(connection: psycopg.Connection[Any], folder: Path) -> tuple[int, tuple[str, ...]]:
    """Return how many files the rows of all businesses name, and those that are not there as they say."""
    count, spoiled = 0, []
    for (schema,) in connection.execute(HOLDERS_SQL).fetchall():
        table = sql.Identifier(schema, "files_storedfile")
        for key, kind, name, sha256 in connection.execute(sql.SQL(FILES_SQL).format(table=table)).fetchall():
            count += 1
            path = make_path(schema, kind, key, name)
            place = folder / path
            if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != sha256:
                spoiled.append(path)
    return count, tuple(spoiled)


def _count(connection: psycopg.Connection[Any], schema: str, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))).fetchone()
    return int(row[0]) if row else 0
