"""``manage backup_tenant SLUG --to DIR``: one business with all its data as one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from tenants.errors import TenantUnknown
from tenants.services.copies.backups import back_up


class Command(BaseCommand):
    """Back one business up."""

    requires_system_checks = ()
    help = (
        "Write one business into an archive: every table, its files, its settings. Prints the archive's path last. "
        "With a key (age or SSH) only who has the other half can read it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address of the business, a folder and keys."""
        parser.add_argument("slug", help="the first part of the business's address")
        parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="made when it is not there")
        parser.add_argument("--encrypt-to", action="append", default=[], metavar="KEY", help="age1…; may be repeated")

    def handle(self, *, slug: str, to: Path, encrypt_to: list[str], **_: Any) -> None:
        """Do it, and say what is in the archive and what could not be read."""
        try:
            done = back_up(slug=slug, folder=to.resolve(), keys=encrypt_to, now=utc_now())
        except TenantUnknown as error:
            message = f"No business has the address “{slug}”."
            raise CommandError(message) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        for place in done.lost:
            self.stderr.write(f"{place} is named by a row and not in the storage, or not what was stored: left out.")
        self.stdout.write(f"{done.tables} tables, {done.rows} rows, {done.files} files, {done.bytes} bytes")
        self.stdout.write(str(done.path))
