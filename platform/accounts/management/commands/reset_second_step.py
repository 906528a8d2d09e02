"""``manage reset_second_step``: let somebody in who lost phone and recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.second_step import reset_by_command
from kernel.clock import utc_now
from kernel.errors import Conflict, NotFound
from tenants.jobs import call_in_schema


class Command(BaseCommand):
    """Remove the second step of an operator, or of somebody at a business; it stands in the log."""

    help = "Remove somebody's second step of signing in. Make sure that it is really that person who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the e-mail, and the schema of a business."""
        parser.add_argument("email")
        parser.add_argument("--schema", default="public", help="of the business; without it an operator is meant")

    def handle(self, *, email: str, schema: str, **_: Any) -> None:
        """Do it, and say what comes next."""
        try:
            name = call_in_schema(schema, reset_by_command, email, now=utc_now())
        except (Conflict, NotFound) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{name} signs in with the password alone now; operators set up a new second step at once")
