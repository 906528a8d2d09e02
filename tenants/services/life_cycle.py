"""A tenant's brand, its domains and its end; takes effect at once on every process."""

from __future__ import annotations

from django.db import transaction

from database.connection import connection
from tenants.errors import TenantUnknown
from tenants.models import Domain, DueWork, Tenant, Workplace
from tenants.selectors.resolution import forget_tenants


@transaction.atomic
def change_accent(*, schema_name: str, accent: str) -> None:
    """Give a tenant another brand color (``#rrggbb``).

    Raises:
        TenantUnknown: There is no such tenant.
    """
    if not Tenant.objects.filter(schema_name=schema_name).update(accent=accent):
        raise TenantUnknown
    transaction.on_commit(forget_tenants)


@transaction.atomic
def add_domain(*, schema_name: str, domain: str, is_primary: bool = False) -> None:
    """Let a tenant answer at another host, given without port.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    tenant = Tenant.objects.filter(schema_name=schema_name).first()
    if tenant is None:
        raise TenantUnknown
    Domain.objects.create(tenant=tenant, domain=domain.lower().rstrip("."), is_primary=is_primary)
    transaction.on_commit(forget_tenants)


@transaction.atomic
def remove_domain(*, domain: str) -> None:
    """Stop answering at a host."""
    Domain.objects.filter(domain=domain.lower().rstrip(".")).delete()
    transaction.on_commit(forget_tenants)


@transaction.atomic
def drop_tenant(*, schema_name: str) -> None:
    """Remove a tenant with all its data: its schema, its domains, what is due for it.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    connection.set_schema_to_public()
    tenant = Tenant.objects.select_for_update().filter(schema_name=schema_name).first()
    if tenant is None:
        raise TenantUnknown
    DueWork.objects.filter(schema_name=schema_name).delete()
    Workplace.objects.filter(schema_name=schema_name).delete()
    with connection.cursor() as cursor:
        # No table is dropped while checks of rows wait that this very transaction wrote.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(schema_name)} CASCADE")
    tenant.delete()
    transaction.on_commit(forget_tenants)
