"""Connections whose search path follows the tenant, and which are there when they come out of the pool.

``TENANT_LIMIT_SET_CALLS`` sends ``SET search_path`` only when the tenant changed. A connection
that comes out of the pool may carry another thread's path, so a wrapper forgets what it knew
whenever it gets one.

PostgreSQL keeps what it learned of every table that a connection used until the connection ends:
with a schema per tenant that is a megabyte or so for each tenant. So a connection that served
``TENANTS_PER_CONNECTION`` tenants goes back to the pool for the last time.
"""

from __future__ import annotations

import re
import select
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import OperationalError
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper
from psycopg import RawCursor
from psycopg.pq import Format, TransactionStatus

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


class DatabaseWrapper(TenantDatabaseWrapper):
    """django-tenants' wrapper, safe with a pool.

    Django's own health check (``CONN_HEALTH_CHECKS``) asks the server each time; `is_lost` asks this machine.
    """

    _served_by: ClassVar[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()
    """Connection → the schemas that it was used for, whichever threads used it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._served: set[str] = set()
        super().__init__(*arguments, **options)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection that is still there out of the pool, and forget the path of the one before."""
        connection = super().get_new_connection(conn_params)
        while self.pool and is_lost(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        self.search_path_set_schemas = None
        self._served = self._served_by.setdefault(connection, set())
        return connection

    def _cursor(self, name: str | None = None) -> Any:
        """Return a cursor in the tenant's schema.

        Raises:
            OperationalError: The path could not be set. django-tenants passes over that, for a transaction that
                has failed already; elsewhere the next statement would run in another tenant's schema.
        """
        cursor = super()._cursor(name)
        is_unset = self.search_path_set_schemas is None and not self._setting_search_path
        if is_unset and self.connection.info.transaction_status is not TransactionStatus.INERROR:
            message = "the search path could not be set"
            raise OperationalError(message)
        return cursor

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


def is_lost(connection: Any) -> bool:
    """Tell whether the server ended an idle connection, without asking it: the socket has its last words, or the end.

    A server that says something else meanwhile (a parameter changed) loses us as well, which costs a new connection.
    """
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))


@lru_cache(maxsize=256)
def _number_placeholders(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn ``%(name)s`` into PostgreSQL's own ``$1``: psycopg would take a long statement apart each time."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found.group(1)
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return PLACEHOLDER.sub(number, sql), tuple(names)
