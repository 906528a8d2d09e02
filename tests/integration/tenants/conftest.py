"""Committed tenants, and what a schema looks like as text."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from tenants.models import DueWork, SchemaState, SignUp, Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.life_cycle import drop_tenant
from tenants.services.provisioning import provision_tenant
from tenants.types import AskedAct, SignUpDetails, TenantInfo
from tests.harness.platform import STANDING

CATALOG = """
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || a.attnum || ' ' || format_type(a.atttypid, a.atttypmod)
       || ' null=' || (NOT a.attnotnull)::text || ' identity=' || a.attidentity::text
       || ' collation=' || a.attcollation::regcollation::text
       || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0
UNION ALL
SELECT 'constraint ' || conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'index ' || indexname || ' ' || indexdef FROM pg_indexes WHERE schemaname = %(schema)s
UNION ALL
SELECT 'sequence ' || sequencename || ' ' || data_type::text || ' ' || start_value || ' ' || increment_by || ' '
       || coalesce(last_value, 0)
  FROM pg_sequences WHERE schemaname = %(schema)s
UNION ALL
SELECT 'class ' || relname || ' ' || relkind::text || ' ' || coalesce(obj_description(oid), '')
  FROM pg_class WHERE relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'function ' || proname || ' ' || prosrc FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'trigger ' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND NOT tgisinternal
"""


def dump_schema(schema_name: str) -> list[str]:
    """Return everything the catalog knows about a schema, and all its rows, without times and the schema's name."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOG, {"schema": schema_name})
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema_name])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t) - \'applied\' FROM "{schema_name}"."{table}" t ORDER BY 1')
            lines += [f"row {table} {row}" for (row,) in cursor.fetchall()]
    return sorted(line.replace(f"{schema_name}.", "").replace(f'"{schema_name}".', "") for line in lines)


def list_schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'")
        return {name for (name,) in cursor.fetchall()}


def make_details(slug: str, **changes: str) -> SignUpDetails:
    values = {
        "business_name": "Taller Morales",
        "slug": slug,
        "vertical": "automotive",
        "country": "MX",
        "owner_name": "Ana Morales",
        "email": "ana@example.com",
        "password_hash": make_password("un-secreto-largo"),
        "locale": "es",
    }
    return SignUpDetails(**{**values, **changes})


def ask(
    info: TenantInfo, reason: str = "Por algo", *, seen: str | None = None, now: datetime | None = None
) -> AskedAct:
    return AskedAct(info.schema_name, reason, author_id=None, now=now or datetime.now(tz=UTC), seen=seen)


def new_slug() -> str:
    return f"t{secrets.token_hex(5)}"


@pytest.fixture
def committed(tenants, django_db_blocker) -> Iterator[None]:
    """Let the test commit; what it leaves in the public tables is removed, the run's two tenants stay."""
    with django_db_blocker.unblock():
        kept = {info.schema_name for info in tenants.values()} | STANDING
        try:
            yield
        finally:
            connection.rollback()
            connection.set_schema_to_public()
            for schema_name in Tenant.objects.exclude(schema_name__in=kept).values_list("schema_name", flat=True):
                drop_tenant(schema_name=schema_name)
            SignUp.objects.all().delete()
            DueWork.objects.exclude(schema_name__in=kept).delete()
            SchemaState.objects.exclude(schema_name__in=kept).delete()
            forget_tenants()


@pytest.fixture
def provision(committed) -> Callable[..., TenantInfo]:
    """Return a function that provisions and commits a tenant."""

    def run(**changes: str) -> TenantInfo:
        return provision_tenant(details=make_details(new_slug(), **changes), now=datetime.now(tz=UTC))

    return run


@pytest.fixture
def dump() -> Callable[[str], list[str]]:
    return dump_schema


@pytest.fixture
def schemas() -> Callable[[], set[str]]:
    return list_schemas


@pytest.fixture
def details() -> Callable[..., SignUpDetails]:
    return make_details


@pytest.fixture
def slug() -> str:
    return new_slug()
