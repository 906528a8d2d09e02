"""``manage migrate_platform``: bring every schema to the present migrations."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.services.migrations import migrate_platform
from tenants.services.pooling import find_unsafe_pooling


class Command(BaseCommand):
    """Migrate public, template, tenants and spares."""

    requires_system_checks = ()
    help = "Migrate the public schema, every tenant's and the spares; may be repeated and resumed."

    def handle(self, **_: Any) -> None:
        """Run it and name what failed; refuse a database behind which tenants would mix."""
        problem = find_unsafe_pooling()
        if problem:
            raise CommandError(problem)
        report = migrate_platform()
        self.stdout.write(f"{len(report.migrated)} tenants migrated, {report.spares_made} spare schemas made")
        if report.failed:
            lines = "\n".join(f"  {schema_name}: {reason}" for schema_name, reason in report.failed)
            message = f"{len(report.failed)} tenants were left behind:\n{lines}"
            raise CommandError(message)
