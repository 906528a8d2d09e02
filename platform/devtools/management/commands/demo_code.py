"""``manage demo_code``: the code that lets the demo's operator in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.second_step import make_code
from devtools.demo.seeding import OPERATOR_SECRET


class Command(BaseCommand):
    """Do what the operator's authenticator app would."""

    help = "Print the code that the demo's operator types now; each works once, and for about a minute."

    def handle(self, **_: Any) -> None:
        """Print it."""
        self.stdout.write(make_code(OPERATOR_SECRET))
