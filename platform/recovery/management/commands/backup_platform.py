"""``manage backup_platform``: every business at once, as PostgreSQL's own files."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from recovery.engine.bases import Kind
from recovery.services.keeping import back_up_now


class Command(BaseCommand):
    """Back the platform up."""

    requires_system_checks = ()
    help = (
        "Take a base backup of the whole server into the store of archives, with the files of businesses, and let go "
        "of what is 34 days old. Incremental where PostgreSQL can (17 and newer) and a backup of this week is "
        "there, else full. Prints the backup's label last."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the kind."""
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument("--full", action="store_const", dest="kind", const=Kind.FULL, help="whatever there is")
        kind.add_argument(
            "--incremental", action="store_const", dest="kind", const=Kind.INCREMENTAL, help="or an error that says why"
        )

    def handle(self, *, kind: Kind | None, **_: Any) -> None:
        """Do it, and say what was done otherwise than asked for."""
        try:
            made = back_up_now(kind=kind, now=utc_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for note in made.notes:
            self.stderr.write(f"{note}.")
        self.stdout.write(
            f"{made.kind}: {made.files} files, {made.raw_bytes} bytes, {made.stored_bytes} in the store"
            f"{', encrypted' if made.is_encrypted else ''}; "
            f"from {made.end_at:%Y-%m-%d %H:%M:%S} UTC on every instant can be restored"
        )
        self.stdout.write(made.label)
