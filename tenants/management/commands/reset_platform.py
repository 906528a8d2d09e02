"""``manage reset_platform --yes``: drop everything. For demonstrations only."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from database.connection import connection


class Command(BaseCommand):
    """Drop every schema of this database: all tenants with all their data."""

    requires_system_checks = ()
    help = "Drop every tenant and the public tables. There is no way back; asks for --yes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the word that shows the intention."""
        parser.add_argument("--yes", action="store_true", help="yes, drop all data")

    def handle(self, *, yes: bool, **_: Any) -> None:
        """Drop schema by schema, so that no transaction needs too many locks."""
        if not yes:
            message = "This drops every tenant with all data. Repeat with --yes if that is what you want."
            raise CommandError(message)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            )
            names = [name for (name,) in cursor.fetchall()]
            for name in names:
                cursor.execute(f"DROP SCHEMA {connection.ops.quote_name(name)} CASCADE")
            cursor.execute("CREATE SCHEMA public")
        self.stdout.write(f"dropped {len(names)} schemas")
