"""``manage sms_countries``: to which countries a business writes SMS besides its own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import DomainError
from tenants.errors import TenantUnknown
from tenants.selectors.resolution import list_tenants
from tenants.services.sms_countries import change_sms_countries
from tenants.types import TenantInfo


class Command(BaseCommand):
    """Show, open and close countries for SMS."""

    help = "Show, open (--add) and close (--remove) the countries to which a business writes SMS besides its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the business's address and the countries."""
        parser.add_argument("slug", help="the first part of the business's address")
        parser.add_argument("--add", nargs="+", default=[], metavar="COUNTRY", help="two letters (ISO 3166-1)")
        parser.add_argument("--remove", nargs="+", default=[], metavar="COUNTRY")

    def handle(self, *, slug: str, add: list[str], remove: list[str], **_: Any) -> None:
        """Change the list, and say what it is now."""
        try:
            tenant = _get_tenant(slug)
            now = tenant.sms_countries
            if add or remove:
                now = change_sms_countries(schema_name=tenant.schema_name, opened=add, closed=remove)
        except DomainError as error:
            raise CommandError(str(error)) from error
        others = ", ".join(now) or "none"
        self.stdout.write(f"{tenant.name}: {tenant.country}, and besides: {others}")


def _get_tenant(slug: str) -> TenantInfo:
    found = next((tenant for tenant in list_tenants() if tenant.slug == slug), None)
    if found is None:
        raise TenantUnknown
    return found
