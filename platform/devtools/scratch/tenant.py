"""A tenant to measure and replay in: provisioned like any other, emptied at will."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection

from kernel.clock import utc_now
from kernel.ids import new_reference, new_token
from scheduling.services.catalog.starter_kit import take_over_samples
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import find_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.services.provisioning import provision_tenant
from tenants.types import SignUpDetails, TenantInfo


def make_scratch_tenant(*, slug: str, now: datetime, vertical: str = "salon") -> TenantInfo:
    """Provision a tenant for one run; the caller drops it."""
    migrate_all()
    return add_scratch_tenant(slug=slug, now=now, vertical=vertical)


def migrate_all() -> None:
    """Bring the database up to this code."""
    call_command("migrate_platform", verbosity=0, stdout=StringIO())


def add_scratch_tenant(*, slug: str, now: datetime, vertical: str = "salon") -> TenantInfo:
    """Provision a tenant in a database that is up to this code; the caller drops it."""
    details = SignUpDetails(
        business_name=slug,
        slug=slug,
        vertical=vertical,
        country="MX",
        owner_name="Scratch",
        email=f"{slug}@scratch.example",
        password_hash=make_password(new_token()),
        locale="es",
    )
    info = provision_tenant(details=details, now=now)
    call_in_tenant(info.schema_name, take_over_samples)
    return info


@contextmanager
def temporary_tenant(name: str) -> Iterator[TenantInfo]:
    """Provision a tenant whose slug begins with ``name``, and drop it when the block ends."""
    tenant = make_scratch_tenant(slug=f"{name}-{new_reference().lower()}", now=utc_now())
    try:
        yield tenant
    finally:
        drop_tenant(schema_name=tenant.schema_name)


def empty_scheduling(tenant: TenantInfo) -> None:
    """Remove everything that can be booked or was, in the current tenant's schema."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I.%%I', schemaname, tablename), ', ') FROM pg_tables "
            "WHERE schemaname = %s AND split_part(tablename, '_', 1) IN ('scheduling', 'notifications', 'audit')",
            [tenant.schema_name],
        )
        tables = cursor.fetchone()[0]
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        cursor.execute("DELETE FROM public.tenants_duework WHERE schema_name = %s", [tenant.schema_name])


__all__ = [
    "add_scratch_tenant",
    "empty_scheduling",
    "find_tenant",
    "make_scratch_tenant",
    "migrate_all",
    "temporary_tenant",
]
