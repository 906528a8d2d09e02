"""``manage import_tenant FILE.zip --as SLUG``: a new business of an export."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from tenants.services.copies.imports import import_business


class Command(BaseCommand):
    """Import one business under an address that nobody has."""

    requires_system_checks = ()
    help = (
        "Make a new business of an export. People set new passwords by mail, customers get new links. Never takes the "
        "place of a business that exists."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the export and the new address."""
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        parser.add_argument("--as", required=True, dest="slug", metavar="SLUG", help="its address from now on")

    def handle(self, *, file: Path, slug: str, **_: Any) -> None:
        """Do it, and say where the business answers."""
        try:
            done = import_business(path=file, slug=slug, now=utc_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for note in done.notes:
            self.stderr.write(note)
        self.stdout.write(f"{done.name}: {done.tables} tables, {done.rows} rows, {done.files} files")
        self.stdout.write(f"It answers at {done.tenant.primary_host}")
