"""Work that is not a request: it names its tenant, and enters it here."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import ParamSpec, TypeVar

from database.connection import connection
from tenants.context import tenant_scope
from tenants.errors import TenantUnknown
from tenants.selectors.resolution import find_tenant

P = ParamSpec("P")
R = TypeVar("R")


def call_in_tenant(schema_name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` inside the tenant with this schema.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    tenant = find_tenant(schema_name)
    if tenant is None:
        raise TenantUnknown
    with tenant_scope(tenant):
        return function(*args, **kwargs)


def call_in_schema(schema_name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` inside a tenant, or on the platform's behalf when the schema is public.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    if schema_name == "public":
        connection.set_schema_to_public()
        return function(*args, **kwargs)
    return call_in_tenant(schema_name, function, *args, **kwargs)


def call_outside(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` outside of any tenant, as a request begins, and come back to where this work is."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        return Context().run(function, *args, **kwargs)
    finally:
        connection.set_tenant(before)
