"""``manage demo_tenant``: the public example of the product page."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.clock import utc_now
from samples.example import find_example, reset_example
from tenants.errors import ExampleBusy
from tenants.hosts import make_base_url


class Command(BaseCommand):
    """Makes the example, or makes it anew; prints where it answers."""

    help = (
        "Makes the example that the product page links, or makes it anew: a workshop that writes to nobody and that "
        "nobody signs in to. From then on it is made anew every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--keep``."""
        parser.add_argument("--keep", action="store_true", help="leave an example that is there as it is")

    def handle(self, **options: Any) -> None:
        """Make and print."""
        if not (options["keep"] and find_example()):
            try:
                reset_example(now=utc_now())
            except ExampleBusy as error:
                raise CommandError(str(error)) from error
        example = find_example()
        self.stdout.write(f"{make_base_url(example.primary_host)}/" if example else "there is no example")
