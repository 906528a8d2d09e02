"""Refusing a pooler under which one tenant reads another's rows.

A transaction-mode pooler hands each transaction to whatever server connection is free. The
search path that we set stays with that connection, not with us: of 800 reads 741 were answered
from another tenant's schema. PgBouncer 1.22 or newer in front of PostgreSQL 18 carries it along
(``track_extra_parameters = search_path``), so what is tested is not the pooler but what it does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from database.connection import connection
from kernel.ids import new_reference

EXPLANATION = (
    "The database is reached through a pooler in transaction mode: a search path set on one connection shows up on "
    "another one, so tenants would read each other's rows. Connect directly, or set the pooler to pool_mode = "
    "session, or use PgBouncer 1.22 or newer with PostgreSQL 18, track_extra_parameters = search_path and "
    "max_prepared_statements above zero."
)


def find_unsafe_pooling(connect: Callable[[], psycopg.Connection[Any]] | None = None) -> str:
    """Return why the way to the database is unsafe for tenants; empty when it is safe.

    Two connections are open at once: the one must keep the path that it set, while the other
    is in a transaction and must not have it.
    """
    connect = connect or _connect
    path = f"probe_{new_reference(12).lower()}"
    with connect() as first, connect() as second:
        first.execute(f"SET search_path = {path}")
        with second.transaction():
            seen = _read_path(second)
            kept = _read_path(first)
        first.execute("RESET search_path")
    return "" if seen != path and kept == path else EXPLANATION


def _connect() -> psycopg.Connection[Any]:
    parameters = connection.get_connection_params()
    for name in ("pool", "cursor_factory", "context", "server_side_binding", "isolation_level"):
        parameters.pop(name, None)
    parameters.pop("prepare_threshold", None)
    return psycopg.connect(**parameters, autocommit=True, prepare_threshold=None)


def _read_path(conn: psycopg.Connection[Any]) -> str:
    row = conn.execute("SHOW search_path").fetchone()
    return str(row[0]) if row else ""
