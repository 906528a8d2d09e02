"""``manage seed_demo``: the sample businesses of ``./dev demo``."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from devtools.demo.seeding import OPERATOR_EMAIL, OPERATOR_SECRET, seed_demo
from kernel.clock import utc_now
from samples.businesses import DEMO_PASSWORD
from tenants.hosts import make_base_url


class Command(BaseCommand):
    """Makes what is missing; prints where and as whom to sign in."""

    help = "Makes three sample businesses with two weeks of bookings around today; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--json``."""
        parser.add_argument("--json", action="store_true", help="print the logins as JSON")

    def handle(self, **options: Any) -> None:
        """Fill and print."""
        logins = seed_demo(now=utc_now())
        if options["json"]:
            self.stdout.write(json.dumps([login.to_json() for login in logins], ensure_ascii=False))
            return
        for (business, page_url), people in groupby(logins, key=lambda login: (login.business, login.page_url)):
            emails = ", ".join(f"{login.email} ({login.role})" for login in people)
            self.stdout.write(f"{business}: {page_url} · workspace: {page_url}workspace/ · {emails}")
        self.stdout.write(f"Operator's console: {make_base_url(settings.PLATFORM_HOST)}/operator/ · {OPERATOR_EMAIL}")
        self.stdout.write(f"Password of all of them: {DEMO_PASSWORD}")
        self.stdout.write(
            f"The operator's second step: ./dev manage demo_code says the code; secret for an app: {OPERATOR_SECRET}"
        )
