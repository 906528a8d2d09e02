"""``manage export_tenant SLUG --to FILE.zip``: everything of a business for its people."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from tenants.errors import TenantUnknown
from tenants.services.copies.exports import export


class Command(BaseCommand):
    """Export one business."""

    requires_system_checks = ()
    help = (
        "Write everything of a business into a ZIP: sheets (CSV), documents (JSON), files, and a page about them. "
        "No hashes of passwords, no keys, no tokens. Prints the path last."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address of the business and a file that is not there yet."""
        parser.add_argument("slug", help="the first part of the business's address")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE.zip")

    def handle(self, *, slug: str, to: Path, **_: Any) -> None:
        """Do it, and say what is in it."""
        try:
            done = export(slug=slug, path=to.resolve(), now=utc_now())
        except TenantUnknown as error:
            message = f"No business has the address “{slug}”."
            raise CommandError(message) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.tables} tables, {done.rows} rows, {done.files} files, {done.bytes} bytes")
        self.stdout.write(str(done.path))
