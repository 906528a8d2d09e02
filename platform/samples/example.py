"""The public example: a busy workshop for visitors of the product page, made anew every night."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from database.locks import KeySpace, try_lock_platform
from samples.businesses import TALLER, DemoPerson
from samples.filling import equip, fill_business, make_details
from tenants.errors import ExampleBusy
from tenants.hosts import make_subdomain
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import resolve_host
from tenants.services.examples import REST, drop_hidden_examples, prepare_example, show_example
from tenants.services.life_cycle import change_accent
from tenants.types import EXAMPLE_SLUG, TenantInfo

EXAMPLE = replace(
    TALLER,
    slug=EXAMPLE_SLUG,
    name="Taller de ejemplo",
    # No number and no house of somebody's: strangers would call and come.
    address="Calle de ejemplo 1, Ciudad de México",
    phone="",
    people=tuple(DemoPerson(each.name, f"{each.role}@ejemplo.example", each.role) for each in TALLER.people),
)


def reset_example(*, now: datetime) -> None:
    """Make the example, or make it anew: bookings around ``now``, and nothing of what visitors left.

    The new one is complete before anybody sees it, and whoever is in the old one stays there; when this is
    interrupted the old one stays, and a later time removes what is left over.

    Raises:
        ExampleBusy: Another process is at it.
    """
    with try_lock_platform(KeySpace.EXAMPLE) as is_ours:
        if not is_ours:
            raise ExampleBusy
        drop_hidden_examples(before=now - REST)
        _make_example(now)


def _make_example(now: datetime) -> None:
    # A password that nobody has: Django marks such a hash as unusable.
    locked = make_password(None)
    with transaction.atomic():
        tenant = prepare_example(details=make_details(EXAMPLE, locked), now=now)
        change_accent(schema_name=tenant.schema_name, accent=EXAMPLE.accent)
        call_in_tenant(tenant.schema_name, equip, business=EXAMPLE, password_hash=locked, now=now)
    call_in_tenant(tenant.schema_name, fill_business, business=EXAMPLE, now=now)
    show_example(schema_name=tenant.schema_name, now=now)


def find_example() -> TenantInfo | None:
    """Return the example; None where nobody made one."""
    tenant = resolve_host(make_subdomain(EXAMPLE_SLUG))
    return tenant if tenant is not None and tenant.is_example else None


def renew_example(*, now: datetime) -> None:
    """Make the example anew where there is one and nobody else does."""
    if find_example() is not None:
        with suppress(ExampleBusy):
            reset_example(now=now)
