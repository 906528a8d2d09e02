"""``manage publish_page``: publish the booking page of a business, or make it a draft again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from kernel.errors import DomainError
from scheduling.errors import PageNotReady
from scheduling.services.first_run.publishing import publish_page, unpublish_page
from scheduling.types import SYSTEM
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import list_tenants


class Command(BaseCommand):
    """Do what the owner does with the button."""

    help = "Publish the booking page of a business (--draft: make it a draft again); says what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the business's address."""
        parser.add_argument("slug", help="the first part of the business's address")
        parser.add_argument("--draft", action="store_true", help="make it a draft again; bookings stay")

    def handle(self, *, slug: str, draft: bool, **_: Any) -> None:
        """Publish it, or take it back."""
        tenant = next((each for each in list_tenants() if each.slug == slug), None)
        if tenant is None:
            message = f"No business has the address “{slug}”."
            raise CommandError(message)
        switch = unpublish_page if draft else publish_page
        try:
            is_changed = call_in_tenant(tenant.schema_name, switch, by=SYSTEM, now=utc_now())
        except PageNotReady as error:
            raise CommandError(" ".join([str(error), *(str(each.label) for each in error.blockers)])) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        state = "a draft" if draft else "published"
        self.stdout.write(f"{tenant.name}: {state}" if is_changed else f"{tenant.name}: {state} already")
