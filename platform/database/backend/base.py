"""Connections whose search path follows the tenant.

``TENANT_LIMIT_SET_CALLS`` sends ``SET search_path`` only when the tenant changed. A connection
that comes out of the pool may carry another thread's path, so a wrapper forgets what it knew
whenever it gets one.

PostgreSQL keeps what it learned of every table that a connection used until the connection ends:
with a schema per tenant that is a megabyte or so for each tenant. So a connection that served
``TENANTS_PER_CONNECTION`` tenants goes back to the pool for the last time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper
from psycopg import RawCursor
from psycopg.pq import Format

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


class DatabaseWrapper(TenantDatabaseWrapper):
    """django-tenants' wrapper, safe with a pool."""

    _served_by: ClassVar[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()
    """Connection → the schemas that it was used for, whichever threads used it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._served: set[str] = set()
        super().__init__(*arguments, **options)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection out of the pool and forget the path of the one before."""
        connection = super().get_new_connection(conn_params)
        self.search_path_set_schemas = None
        self._served = self._served_by.setdefault(connection, set())
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

    def _handle_search_path(self, cursor: Any = None) -> None:
        super()._handle_search_path(cursor)
        self._served.add(self.schema_name)

    def _close(self) -> None:
        if self.pool and self.connection is not None and len(self._served) > settings.TENANTS_PER_CONNECTION:
            # The pool then replaces it, without a word, as it does with one that is too old.
            self.connection._expire_at = 0.0  # noqa: SLF001 - the pool's own note on each of its connections
        super()._close()


@lru_cache(maxsize=256)
def _number_placeholders(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn ``%(name)s`` into PostgreSQL's own ``$1``: psycopg would take a long statement apart each time."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found.group(1)
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return PLACEHOLDER.sub(number, sql), tuple(names)
