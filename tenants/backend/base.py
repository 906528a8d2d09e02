"""Connections whose search path follows the tenant.

``TENANT_LIMIT_SET_CALLS`` sends ``SET search_path`` only when the tenant changed. A connection
that comes out of the pool may carry another thread's path, so a wrapper forgets what it knew
whenever it gets one.
"""

from __future__ import annotations

from typing import Any

from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper


class DatabaseWrapper(TenantDatabaseWrapper):
    """django-tenants' wrapper, safe with a pool."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection out of the pool and forget the path of the one before."""
        connection = super().get_new_connection(conn_params)
        self.search_path_set_schemas = None
        return connection
