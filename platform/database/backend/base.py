"""Connections whose search path follows the tenant.

``TENANT_LIMIT_SET_CALLS`` sends ``SET search_path`` only when the tenant changed. A connection
that comes out of the pool may carry another thread's path, so a wrapper forgets what it knew
whenever it gets one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper
from psycopg import RawCursor
from psycopg.pq import Format

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


class DatabaseWrapper(TenantDatabaseWrapper):
    """django-tenants' wrapper, safe with a pool."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection out of the pool and forget the path of the one before."""
        connection = super().get_new_connection(conn_params)
        self.search_path_set_schemas = None
        return connection

    def fetch_planned(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return all rows of a statement whose plan PostgreSQL keeps, as long as the option ``prepare_threshold`` says.

        For the few long statements that are sent all the time: planning them costs more than
        running them. Parameters are bound by the server, so each needs a cast that says its
        type. The kept plan belongs to a search path: in another tenant PostgreSQL plans anew.
        Select no ``jsonb``: a logged statement would return it as text.
        """
        with self.cursor() as cursor:  # connects, and puts the tenant's search path
            # psycopg does not tell a log which statement was prepared.
            if self.queries_logged:
                cursor.execute(sql, parameters)
                return list(cursor.fetchall())
        text, names = _number_placeholders(sql)
        bare: Any = RawCursor(self.connection)
        bare.format = Format.BINARY
        with self.make_cursor(bare) as planned:
            planned.execute(text, [parameters[name] for name in names])
            return list(planned.fetchall())

    def _configure_connection(self, connection: Any) -> bool:
        # Only `fetch_planned` prepares statements. Left to itself PostgreSQL makes a plan for each set
        # of parameters again and again, for arrays of unknown length look long.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return bool(super()._configure_connection(connection))


@lru_cache(maxsize=256)
def _number_placeholders(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn ``%(name)s`` into PostgreSQL's own ``$1``: psycopg would take a long statement apart each time."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found.group(1)
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return PLACEHOLDER.sub(number, sql), tuple(names)
