"""``manage restore_platform --to DIR``: what a server needs to come up as it was, made of the store alone."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from recovery.management.instants import read_instant
from recovery.services.log_archive import ship_before_restoring
from recovery.services.restoring import restore


class Command(BaseCommand):
    """Restore the platform into a folder; what waits of the log goes into the store first."""

    requires_system_checks = ()
    help = (
        "Make a data directory of the newest base backup before an instant, with the log to replay and the files of "
        "businesses beside it. Needs no database. docs/operations.md says how a server is started on it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, an instant and a key."""
        parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="empty, or made")
        parser.add_argument("--at", type=read_instant, metavar="INSTANT", help="2026-11-26T09:00:00Z; else the newest")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="with the secret key, as age-keygen writes it"
        )

    def handle(self, *, to: Path, at: datetime | None, identity: Path | None, **_: Any) -> None:
        """Do it, and say where what lies."""
        waited = 0
        try:
            waited = ship_before_restoring().files
        except DomainError as error:
            self.stderr.write(f"what waits in the folder of the log is not restored: {error}")
        try:
            done = restore(to=to.resolve(), target=at, identity=identity, now=utc_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for words in done.passed_over:
            self.stdout.write(f"passed over: {words}")
        self.stdout.write(
            f"made of {', '.join(each.label for each in done.bases)}, {done.segments} segments of log "
            f"and {done.pictures} files of businesses"
        )
        if waited:
            self.stdout.write(f"{waited} files of the log were still waiting, and are in the store now")
        for name, value in done.bases[-1].settings.items():
            self.stdout.write(f"the server needs {name} = {value} or more")
        self.stdout.write(f"its log is in {done.wal}, files of businesses are in {done.files}")
        self.stdout.write("once it answers, before anybody is let in: manage erase_again")
        self.stdout.write(str(done.data))
