"""Bringing every schema to the present migrations: public first, then the template, the tenants, the spares."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import DatabaseError

from tenants.database import connection
from tenants.models import SchemaState, Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.spares import refill_spares
from tenants.services.templates import get_migration_state, migrate_schema

LOCK_NUMBER = 0x7475726E65726F
LOCK_TIMEOUT = "5s"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Which schemas were brought up to date, and which could not be, with the reason."""

    migrated: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    spares_made: int


def migrate_platform() -> MigrationReport:
    """Migrate everything that is behind; a tenant that fails is named and left, the others go on.

    The ledger (`SchemaState`) remembers what each schema has, so a run that was interrupted
    goes on where it stopped, and an up-to-date platform costs one query. One run at a time:
    a second one waits.
    """
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
    try:
        migrate_schema("public")
        state = get_migration_state()
        current = set(SchemaState.objects.filter(state=state).values_list("schema_name", flat=True))
        migrated: list[str] = []
        failed: list[tuple[str, str]] = []
        for schema_name in Tenant.objects.order_by("pk").values_list("schema_name", flat=True):
            if schema_name in current:
                continue
            try:
                _migrate_tenant(schema_name, state)
            except DatabaseError as error:
                logger.exception("migration_failed", extra={"schema_name": schema_name})
                failed.append((schema_name, str(error).splitlines()[0]))
            else:
                migrated.append(schema_name)
        spares = refill_spares()
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])
    forget_tenants()
    return MigrationReport(migrated=tuple(migrated), failed=tuple(failed), spares_made=spares)


def _migrate_tenant(schema_name: str, state: str) -> None:
    with connection.cursor() as cursor:
        # A table that is in use for long must not stop the whole shop behind a waiting ALTER.
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        migrate_schema(schema_name)
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = DEFAULT")
    SchemaState.objects.update_or_create(schema_name=schema_name, defaults={"state": state})
