"""Connections whose search path follows the tenant.

``TENANT_LIMIT_SET_CALLS`` sends ``SET search_path`` only when the tenant changed. A connection
that comes out of the pool may carry another thread's path, so a wrapper forgets what it knew
whenever it gets one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper
from psycopg.pq import Format

PlannedCursor: Any = ServerBindingCursor
"""Typed as anything: the stubs do not know that it is psycopg's cursor."""


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
            bare: Any = PlannedCursor(self.connection)
            bare.format = Format.BINARY
            with self.make_cursor(bare) as planned:
                planned.execute(sql, parameters)
                return list(planned.fetchall())

    def _configure_connection(self, connection: Any) -> bool:
        # Only `fetch_planned` prepares statements. Left to itself PostgreSQL makes a plan for each set
        # of parameters again and again, for arrays of unknown length look long.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return bool(super()._configure_connection(connection))
