"""``manage erase_again``: whoever was erased is erased again, after the whole platform was restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from tenants.services.erasures.erasing import erase_everywhere_again


class Command(BaseCommand):
    """Erase in every business whoever a note beside the archives stands for."""

    requires_system_checks = ()
    help = (
        "After a backup of the whole platform was restored: erase whoever had been erased since it was made. Run it "
        "before anybody is let in; running it twice changes nothing."
    )

    def handle(self, **_: Any) -> None:
        """Do it, and say in how many businesses somebody was there again."""
        try:
            done = erase_everywhere_again(now=utc_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for schema_name, number in done.items():
            if number:
                self.stdout.write(f"{schema_name}: {number}")
        self.stdout.write(f"{sum(done.values())} erased again in {sum(map(bool, done.values()))} businesses")
