"""``manage verify_backup ARCHIVE``: an archive counts only when it was restored."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from tenants.services.copies.restores import verify


class Command(BaseCommand):
    """Restore an archive into a scratch schema and compare."""

    requires_system_checks = ()
    help = "Restore an archive into a scratch schema, compare every table and file, and leave nothing of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the archive and a key."""
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="with the secret key, as age-keygen writes it"
        )

    def handle(self, *, archive: Path, identity: Path | None, **_: Any) -> None:
        """Do it, and say what was compared."""
        try:
            done = verify(archive=archive, identity=identity, now=utc_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for note in done.notes:
            self.stderr.write(note)
        self.stdout.write(
            f"{done.name}, as it was at {done.made_at:%Y-%m-%d %H:%M:%S} UTC: "
            f"{done.tables} tables, {done.rows} rows and {done.files} files are equal"
        )
