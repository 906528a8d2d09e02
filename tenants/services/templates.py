"""The statements that make a tenant's schema, recorded from the real migrations."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from database.connection import connection
from tenants.models import SchemaTemplate

READS = ("SELECT", "SET SEARCH_PATH", "SAVEPOINT", "RELEASE", "ROLLBACK", "SHOW")


class EachMigration(MigrationLoader):
    """The migrations one by one, without those that stand for several: a schema of before may have some of them."""

    def load_disk(self) -> None:
        """Read the migrations and leave out what replaces others."""
        super().load_disk()
        self.disk_migrations = {key: each for key, each in self.disk_migrations.items() if not each.replaces}


@lru_cache(maxsize=1)
def get_migration_state() -> str:
    """Return a hash of every migration file of the project: schemas of one state are alike.

    Read once per process: code does not change under a running process.
    """
    loader = MigrationLoader(None)
    digest = hashlib.sha256(repr(sorted(settings.TENANT_APPS)).encode())
    for app_label, name in sorted(loader.disk_migrations):
        module = loader.disk_migrations[app_label, name].__module__
        digest.update(f"{app_label}.{name}.{module}".encode())
        path = Path(apps.get_app_config(app_label).path, "migrations", f"{name}.py")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def migrate_schema(
    schema_name: str,
    *,
    targets: Sequence[tuple[str, str]] | None = None,
    progress: Callable[..., None] | None = None,
) -> None:
    """Run the migrations that ``schema_name`` lacks, by Django's own executor.

    Without ``targets`` all of them; otherwise those up to and with these, one by one (`EachMigration`). ``progress``
    hears of each.
    """
    connection.set_schema(schema_name, include_public=False)
    MigrationRecorder(connection).ensure_schema()
    connection.set_schema(schema_name)
    try:
        executor = MigrationExecutor(connection, progress)
        if targets is not None:
            executor.loader = EachMigration(connection)
        executor.migrate(executor.loader.graph.leaf_nodes() if targets is None else list(targets))
    finally:
        connection.set_schema_to_public()


def ensure_template() -> SchemaTemplate:
    """Return the template of the present migrations; record it first when there is none."""
    state = get_migration_state()
    template = SchemaTemplate.objects.filter(state=state).first()
    if template is None:
        template, _ = SchemaTemplate.objects.get_or_create(
            state=state, defaults={"statements": ";\n".join(_record_statements())}
        )
    return template


def _record_statements() -> list[str]:
    """Migrate a scratch schema, in a transaction that is rolled back, and keep what was executed."""
    scratch = f"template_{secrets.token_hex(6)}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{scratch}"')
        with recorded_statements() as statements:
            migrate_schema(scratch)
        transaction.set_rollback(True)
    return statements


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Collect what the block executes, except what only reads; the statements name no schema."""
    statements: list[str] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        result = execute(sql, params, many, context)
        text = str(sql)
        if not text.lstrip().upper().startswith(READS):
            rows = params if many else [params]
            statements.extend(
                connection.ops.compose_sql(text, row).rstrip("; \n") if row else text.rstrip("; \n") for row in rows
            )
        return result

    with connection.execute_wrapper(record):
        yield statements
