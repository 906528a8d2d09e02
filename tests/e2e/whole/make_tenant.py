"""Make a tenant inside a running demo: ``python -m tests.e2e.whole.make_tenant SLUG VERTICAL [--minimal]``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import django
from django.contrib.auth.hashers import make_password


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("slug")
    parser.add_argument("vertical")
    parser.add_argument("--minimal", action="store_true")
    options = parser.parse_args()
    django.setup()
    from devtools.demo.seeding import DEMO_PASSWORD
    from scheduling.models import Resource
    from scheduling.services.catalog.starter_kit import take_over_samples
    from tenants.context import tenant_scope
    from tenants.services.provisioning import provision_tenant
    from tenants.types import SignUpDetails

    details = SignUpDetails(
        business_name=f"Negocio {options.slug}",
        slug=options.slug,
        vertical=options.vertical,
        country="MX",
        owner_name="Olga Owner",
        email=f"owner@{options.slug}.example",
        password_hash=make_password(DEMO_PASSWORD),
        locale="es",
    )
    with tenant_scope(provision_tenant(details=details, now=datetime.now(tz=UTC))):
        take_over_samples()
        if options.minimal:
            first = Resource.objects.order_by("resource_type_id", "pk").distinct("resource_type_id")
            Resource.objects.exclude(pk__in=[each.pk for each in first]).update(is_active=False)


if __name__ == "__main__":
    main()
