"""Work that is not a request: it names its tenant, and enters it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from celery import Celery, current_app

from tenants.context import tenant_scope
from tenants.database import connection
from tenants.errors import TenantUnknown
from tenants.selectors.resolution import find_tenant

P = ParamSpec("P")
R = TypeVar("R")


def call_in_tenant(schema_name: str, function: Callable[..., R], **kwargs: Any) -> R:
    """Call ``function(**kwargs)`` inside the tenant with this schema.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    tenant = find_tenant(schema_name)
    if tenant is None:
        raise TenantUnknown
    with tenant_scope(tenant):
        return function(**kwargs)


def call_in_schema(schema_name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` inside a tenant, or on the platform's behalf when the schema is public."""
    if schema_name == "public":
        connection.set_schema_to_public()
        return function(*args, **kwargs)
    tenant = find_tenant(schema_name)
    if tenant is None:
        raise TenantUnknown
    with tenant_scope(tenant):
        return function(*args, **kwargs)


def send_task(name: str, **kwargs: Any) -> None:
    """Queue a task by name; it fails at once when the broker does not answer.

    Raises:
        kombu.exceptions.OperationalError: The broker does not answer.
    """
    app: Celery = current_app
    app.send_task(name, kwargs=kwargs, retry=False)
