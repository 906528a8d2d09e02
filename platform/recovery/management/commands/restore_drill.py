"""``manage restore_drill``: a backup counts only when it was restored."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from recovery.management.instants import read_instant
from recovery.services.drills import drill
from recovery.types import DrillDone

MOST_NAMED = 10


class Command(BaseCommand):
    """Restore the platform beside itself and compare."""

    requires_system_checks = ()
    help = (
        "Restore the platform as it is now, or was at an instant, to a second server made of the store alone, count "
        "every table and compare, look at every file of businesses, and leave nothing. Prints how much work would have "
        "been lost (RPO) and how long it took until a server answered (RTO)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an instant, a folder and a key."""
        parser.add_argument("--at", type=read_instant, metavar="INSTANT", help="2026-11-26T09:00:00Z; else now")
        parser.add_argument("--in", type=Path, dest="folder", metavar="DIR", help="where there is room for a server")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="with the secret key, as age-keygen writes it"
        )

    def handle(self, *, at: datetime | None, folder: Path | None, identity: Path | None, **_: Any) -> None:
        """Do it, print the figures, and end with an error when anything differs."""
        try:
            done = drill(target=at, folder=folder, identity=identity, now=utc_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for line in describe(done):
            self.stdout.write(line)
        if done.different or done.spoiled:
            message = "What was restored is not what there was."
            raise CommandError(message)


def describe(done: DrillDone) -> list[str]:
    """Return what a drill found, in lines."""
    reached = f"{done.reached:%Y-%m-%d %H:%M:%S.%f}" if done.reached else "nothing after the backup"
    lost = f"{done.lost_seconds:.1f} s" if done.lost_seconds is not None else "everything: nothing was in the store"
    lines = [
        f"target    {done.target:%Y-%m-%d %H:%M:%S.%f} UTC, last commit replayed {reached}",
        f"RPO       {lost} (what would have been lost, had the machine burned down when this began)",
        f"RTO       {done.ready_seconds:.1f} s (from the store alone to a server that answers)",
        *(f"          {seconds:.1f} s {name}" for name, seconds in done.steps.items()),
        _describe_size(done),
        f"counted   {done.rows} rows in {done.tables} tables",
    ]
    if done.equal or done.between or done.different:
        lines.append(
            f"compared  {done.equal} tables have the same count, {done.between} were written to meanwhile and lie "
            f"between, {len(done.different)} differ"
        )
    lines += [
        f"          {name}: {least} to {most} rows, restored {'none' if found < 0 else found}"
        for name, (least, most, found) in list(done.different.items())[:MOST_NAMED]
    ]
    lines.append(f"files     {done.pictures} of businesses, {len(done.spoiled)} missing or changed")
    lines += [f"          {path}" for path in done.spoiled[:MOST_NAMED]]
    return lines


def _describe_size(done: DrillDone) -> str:
    ratio = done.stored_bytes / max(done.data_bytes, 1)
    bases = "one base backup" if done.bases == 1 else f"{done.bases} base backups"
    return (
        f"size      {done.data_bytes / 1e6:.1f} MB of data, {done.raw_bytes / 1e6:.1f} MB in {bases}, "
        f"{done.stored_bytes / 1e6:.1f} MB in the store ({ratio:.2f} of the data), {done.segments} segments of log"
    )
