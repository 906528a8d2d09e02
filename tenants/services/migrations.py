"""Bringing every schema to the present migrations: public first, then the template, the tenants, the spares."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from database.connection import LASTING, connection
from database.locks import KeySpace, lock_platform
from tenants.models import SchemaState, Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.spares import refill_spares
from tenants.services.templates import get_migration_state, migrate_schema, recorded_statements

LOCK_TIMEOUT = "5s"
"""Of a tenant's tables; whoever queues behind a waiting ALTER has no more patience (`config.settings.database`)."""

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
    with lock_platform(KeySpace.MIGRATIONS):
        try:
            _call_connection(f"SET application_name = '{LASTING}'")
            migrate_schema("public")
            state = get_migration_state()
            current = set(SchemaState.objects.filter(state=state).values_list("schema_name", flat=True))
            migrated: list[str] = []
            failed: list[tuple[str, str]] = []
            plans: dict[frozenset[tuple[str, str]], str | None] = {}
            for schema_name in Tenant.objects.order_by("pk").values_list("schema_name", flat=True):
                if schema_name in current:
                    continue
                try:
                    _migrate_tenant(schema_name, state, plans)
                except Exception as error:
                    logger.exception("migration_failed", extra={"schema_name": schema_name})
                    failed.append((schema_name, (str(error) or type(error).__name__).splitlines()[0]))
                else:
                    migrated.append(schema_name)
            spares = refill_spares()
        finally:
            connection.set_schema_to_public()
            _call_connection("RESET application_name")
    forget_tenants()
    return MigrationReport(migrated=tuple(migrated), failed=tuple(failed), spares_made=spares)


def _call_connection(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _migrate_tenant(schema_name: str, state: str, plans: dict[frozenset[tuple[str, str]], str | None]) -> None:
    """Bring one tenant up to date, in one short transaction when its plan is known.

    ``plans`` maps what a schema has to the statements that it lacks: the first tenant of each
    kind is migrated by Django, which takes about a second, and what it executed is repeated on
    the others, which takes milliseconds. None: the plan computes with data or must not run in
    a transaction, so Django does each tenant.
    """
    applied = _list_applied(schema_name)
    statements = plans.get(applied)
    if statements is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            # A table that is in use for long must not stop the whole shop behind a waiting ALTER.
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            cursor.execute(f'SET LOCAL search_path = "{schema_name}", public')
            if statements:
                cursor.execute(statements)
            cursor.execute("SET LOCAL search_path = public")
            _note_state(schema_name, state)
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        can_repeat = _can_repeat(schema_name)
        with recorded_statements() as recorded:
            migrate_schema(schema_name)
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = DEFAULT")
    plans[applied] = ";\n".join(recorded) if can_repeat else None
    _note_state(schema_name, state)


def _note_state(schema_name: str, state: str) -> None:
    SchemaState.objects.update_or_create(schema_name=schema_name, defaults={"state": state})


def _list_applied(schema_name: str) -> frozenset[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema_name}".django_migrations')  # noqa: S608 - a schema's name is ours
        return frozenset(cursor.fetchall())


def _can_repeat(schema_name: str) -> bool:
    """Tell whether what this schema lacks is plain SQL that may run in one transaction."""
    connection.set_schema(schema_name)
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    finally:
        connection.set_schema_to_public()
    return all(migration.atomic and _is_plain_sql(migration.operations) for migration, _ in plan)


def _is_plain_sql(operations: Sequence[Operation]) -> bool:
    return all(
        _is_plain_sql(operation.database_operations)
        if isinstance(operation, SeparateDatabaseAndState)
        else operation.reduces_to_sql
        for operation in operations
    )
