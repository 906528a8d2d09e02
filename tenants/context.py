"""The tenant whose schema this piece of work runs in.

Only this room enters a tenant (a test checks it); other rooms ask `current_tenant` or hand a
function to `tenants.jobs.call_in_tenant`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from database.connection import connection
from tenants.errors import TenantUnknown
from tenants.types import TenantInfo

_current: ContextVar[TenantInfo | None] = ContextVar("tenant", default=None)


def current_tenant() -> TenantInfo:
    """Return the tenant that this work is for.

    Raises:
        TenantUnknown: The work runs on the platform's behalf.
    """
    tenant = _current.get()
    if tenant is None:
        raise TenantUnknown
    return tenant


def find_current_tenant() -> TenantInfo | None:
    """Return the tenant that this work is for; None when it runs on the platform's behalf."""
    return _current.get()


@contextmanager
def tenant_scope(tenant: TenantInfo) -> Iterator[TenantInfo]:
    """Run the block in ``tenant``'s schema.

    Raises:
        RuntimeError: The work is already in another tenant: one piece of work sees one tenant.
    """
    outer = _current.get()
    if outer is not None and outer.schema_name != tenant.schema_name:
        message = f"already in tenant {outer.schema_name}, cannot enter {tenant.schema_name}"
        raise RuntimeError(message)
    token = _current.set(tenant)
    connection.set_tenant(tenant)
    try:
        yield tenant
    finally:
        _current.reset(token)
        if outer is None:
            connection.set_schema_to_public()
