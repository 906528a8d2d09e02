"""``manage follow_zone_changes``: after an update of `tzdata`, let bookings keep the wall time that was agreed."""

from __future__ import annotations

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.clock import utc_now
from scheduling.services.bookings.zones import Outcome, ZoneReport, follow_zone_changes
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import list_tenants

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """List the bookings whose instant no longer fits, and move them, business by business."""

    help = (
        "Move coming bookings to the instants of their agreed wall times, after the rules of a time zone changed. "
        "May be repeated; --dry-run only lists."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the dry run."""
        parser.add_argument("--dry-run", action="store_true", help="list what would move, and move nothing")

    def handle(self, *, dry_run: bool, **_: Any) -> None:
        """Run it for each business; one that fails stops no other."""
        failed: list[str] = []
        listed, left = 0, 0
        for tenant in list_tenants():
            try:
                report = call_in_tenant(tenant.schema_name, follow_zone_changes, now=utc_now(), is_dry_run=dry_run)
            except Exception as error:
                logger.exception("zones_not_followed", extra={"schema_name": tenant.schema_name})
                failed.append(f"  {tenant.schema_name}: {str(error) or type(error).__name__}")
            else:
                self._tell(tenant.schema_name, report)
                listed += len(report.outcomes)
                left += sum(outcome is Outcome.LEFT for _, outcome in report.outcomes)
        self.stdout.write(f"{listed} bookings {'would keep' if dry_run else 'keep'} their hours by another instant")
        if failed or left:
            lines = "\n".join([f"{left} bookings could not be moved, {len(failed)} businesses failed", *failed])
            raise CommandError(lines)

    def _tell(self, schema_name: str, report: ZoneReport) -> None:
        if report.noted:
            self.stdout.write(f"{schema_name}: {report.noted} agreed times noted")
        if report.absences:
            self.stdout.write(f"{schema_name}: {report.absences} absences keep their hours")
        for drift, outcome in report.outcomes:
            wanted = "unknown zone" if drift.wanted_at is None else f"{drift.wanted_at:%Y-%m-%d %H:%MZ}"
            line = f"{drift.reference} {drift.timezone} {drift.starts_at:%Y-%m-%d %H:%MZ} -> {wanted}: {outcome}"
            self.stdout.write(f"{schema_name}: {line}")
