"""How the pool of this process stands, and what PostgreSQL keeps for one of its connections."""

from __future__ import annotations

from collections.abc import Mapping

from database.connection import connection

MAY_READ_SQL = """
SELECT has_function_privilege('pg_get_backend_memory_contexts()', 'EXECUTE')
  AND has_table_privilege('pg_backend_memory_contexts', 'SELECT')
"""
BACKEND_SQL = "SELECT sum(total_bytes)::int8 FROM pg_backend_memory_contexts"
CONNECTIONS_SQL = """
SELECT count(*), current_setting('max_connections')::int8 FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


def pop_pool_counts() -> Mapping[str, int]:
    """Return how this process's pool stands, and what it counted since the last time; empty: there is none."""
    pool = connection.pool
    return {} if pool is None else pool.pop_stats()


def read_backend_bytes() -> int | None:
    """Return what PostgreSQL keeps for this thread's connection; None: our user may not ask (docs/operations.md)."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_READ_SQL)
        ((may_read,),) = cursor.fetchall()
        if not may_read:
            return None
        cursor.execute(BACKEND_SQL)
        ((size,),) = cursor.fetchall()
        return int(size)


def count_connections() -> tuple[int, int]:
    """Count the connections of all clients of the server, and return the most that it lets in."""
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS_SQL)
        ((count, most),) = cursor.fetchall()
        return int(count), int(most)
