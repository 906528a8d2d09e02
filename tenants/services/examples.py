"""The business that the platform shows to visitors: made anew out of sight, then put in the place of the old one."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from tenants.errors import TenantUnknown
from tenants.hosts import make_subdomain
from tenants.models import Domain, Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.due_work import add_due_work
from tenants.services.life_cycle import drop_tenant
from tenants.services.provisioning import provision_tenant
from tenants.types import EXAMPLE_SLUG, SignUpDetails, TenantInfo

REST = timedelta(hours=2)
"""How long an example stays after another one has taken its place: twice as long as visitors are led back to it."""
DUE_KIND = "drop_example"


def prepare_example(*, details: SignUpDetails, now: datetime) -> TenantInfo:
    """Make an example that answers nowhere yet, whatever address its details name."""
    hidden = replace(details, slug=f"{EXAMPLE_SLUG}-{secrets.token_hex(4)}")
    return provision_tenant(details=hidden, now=now, is_example=True)


@transaction.atomic
def show_example(*, schema_name: str, now: datetime) -> None:
    """Let a prepared example answer at the address of examples, instead of the one before, in one step.

    The one before answers at an address of its own for two hours more: visitors are in the middle of it
    (`tenants.middleware` leads them there).

    Raises:
        TenantUnknown: No prepared example has this schema.
    """
    new = Tenant.objects.select_for_update().filter(schema_name=schema_name, is_example=True).first()
    if new is None:
        raise TenantUnknown
    old = Tenant.objects.select_for_update().filter(slug=EXAMPLE_SLUG, is_example=True).first()
    if old is not None and old.pk != new.pk:
        old.slug = f"{EXAMPLE_SLUG}-{secrets.token_hex(4)}"
        old.save(update_fields=["slug"])
        Domain.objects.filter(tenant=old).update(domain=make_subdomain(old.slug))
        add_due_work(kind=DUE_KIND, row_id=old.pk, due_at=now + REST, now=now)
    Tenant.objects.filter(pk=new.pk).update(slug=EXAMPLE_SLUG)
    Domain.objects.get_or_create(domain=make_subdomain(EXAMPLE_SLUG), tenant=new, is_primary=True)
    transaction.on_commit(forget_tenants)


def drop_example(row_id: int, now: datetime) -> None:  # noqa: ARG001 - a handler of due work
    """Remove an example that another one has replaced, with all that visitors typed there; safe to run twice."""
    old = Tenant.objects.filter(pk=row_id, is_example=True).exclude(slug=EXAMPLE_SLUG).first()
    if old is not None:
        drop_tenant(schema_name=old.schema_name)


def drop_hidden_examples(*, before: datetime) -> int:
    """Remove what resets that died have left behind: examples made before an instant that are not shown.

    None when the one that is shown is younger than that: who was in the one before may still be. Returns how
    many there were. One that is being prepared right now is younger than any ``before`` in the past.
    """
    if Tenant.objects.filter(slug=EXAMPLE_SLUG, is_example=True, created_at__gte=before).exists():
        return 0
    examples = Tenant.objects.filter(is_example=True, created_at__lt=before).exclude(slug=EXAMPLE_SLUG)
    hidden = list(examples.values_list("schema_name", flat=True))
    for schema_name in hidden:
        drop_tenant(schema_name=schema_name)
    return len(hidden)
