"""A database for each test process, copied from a template that is migrated once.

Migrating takes seconds, copying takes a fraction of one. The template outlives the run: its name
says what it was made from, so a change of a migration makes a new one and drops the old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from django.conf import settings
from django.db import ProgrammingError, connection
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from config.environment import ROOT
from tenants.services.templates import ensure_template, get_migration_state

TEMPLATE_LOCK = 0x74657374
"""Only one process at a time makes, copies or drops a template."""

PATIENCE_SECONDS = 60.0
PREFIX = "test_template_"
SOURCES = ("tenants", "platform/database")
"""Their code makes the tables and records a tenant's schema."""


def name_template() -> str:
    digest = hashlib.sha256(get_migration_state().encode())
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{PREFIX}{digest.hexdigest()[:16]}"


def make_database() -> None:
    """Connect this process to a new database of its own; one that a killed run left under its name is replaced."""
    name, template = connection.settings_dict["TEST"]["NAME"], name_template()
    with maintenance() as execute:
        execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        present = {row[0] for row in execute("SELECT datname FROM pg_database")}
        if template not in present:
            for old in sorted(each for each in present if each.startswith(PREFIX)):
                drop(execute, old)
            migrate_template(f"{template}_draft")
            draft, made = sql.Identifier(f"{template}_draft"), sql.Identifier(template)
            execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft, made))
        drop(execute, name)
        execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    connect_to(name)


def drop_database() -> None:
    """Drop this process's database."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    with maintenance() as execute:
        drop(execute, name)


def drop(execute: Callable[[object], object], name: str) -> None:
    """Drop a database, if it is there, and end whoever is connected to it.

    The server's own autovacuum may be, which ends by itself soon and which only a superuser may end.
    """
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except ProgrammingError as error:
            if not isinstance(error.__cause__, InsufficientPrivilege) or monotonic() > until:
                raise
            sleep(0.2)
        else:
            return


def migrate_template(name: str) -> None:
    """Make a database with the public tables and the recorded statements of a tenant's schema."""
    own_name = connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.settings_dict["TEST"]["NAME"] = own_name
    ensure_template()
    # PostgreSQL copies no database that somebody is connected to.
    connection.close()
    connection.close_pool()


def connect_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def maintenance() -> Iterator[object]:
    """Run statements on the server itself, connected to no database of ours."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # another process may be migrating

        def execute(statement: object, parameters: object = None) -> list[tuple[object, ...]]:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

        yield execute
