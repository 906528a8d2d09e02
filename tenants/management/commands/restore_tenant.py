"""``manage restore_tenant ARCHIVE --as SLUG``: a new business of an archive."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from tenants.services.copies.restores import restore


class Command(BaseCommand):
    """Restore one business under an address that nobody has."""

    requires_system_checks = ()
    help = (
        "Make a new business of an archive: people sign in as before, with all bookings, files, history and work that "
        "is due. Never takes the place of a business that exists. Links in old messages offer the new one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the archive, the new address and a key."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--as", required=True, dest="slug", metavar="SLUG", help="its address from now on")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="with the secret key, as age-keygen writes it"
        )
        parser.add_argument("--although-removed", action="store_true", help="also when it was closed and removed since")

    def handle(self, *, archive: Path, slug: str, identity: Path | None, although_removed: bool, **_: Any) -> None:
        """Do it, and say where the business answers."""
        try:
            done = restore(
                archive=archive, slug=slug, identity=identity, although_removed=although_removed, now=utc_now()
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        for note in done.notes:
            self.stderr.write(note)
        self.stdout.write(
            f"{done.name}, as it was at {done.made_at:%Y-%m-%d %H:%M:%S} UTC: "
            f"{done.tables} tables, {done.rows} rows, {done.files} files"
        )
        self.stdout.write(f"It answers at {done.tenant.primary_host}")
