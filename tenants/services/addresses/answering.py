"""Letting a business answer at a domain, or not any more; belongs in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants import hooks
from tenants.enums import AddressEvent, DomainState
from tenants.errors import DomainTaken
from tenants.hosts import make_subdomain
from tenants.models import Domain, DueWork, OwnDomain, Tenant
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.types import AddressChange

CHECK_KIND = "own_domain"
"""Due work: look whether a domain leads here and belongs to its business."""


def start_answering(tenant: Tenant, name: str) -> None:
    """Let a business answer at a domain, which its links name from now on; also where we gave it that one by hand.

    Raises:
        DomainTaken: Another business answers there.
    """
    row, _ = Domain.objects.get_or_create(domain=name, defaults={"tenant": tenant, "is_primary": True})
    if row.tenant_id != tenant.pk:
        raise DomainTaken
    row.is_primary = True
    row.save()
    transaction.on_commit(forget_tenants)


def stop_answering(tenant: Tenant, name: str) -> None:
    """Answer at a domain no more; links name the address below the platform's again."""
    Domain.objects.filter(tenant=tenant, domain=name).exclude(domain=make_subdomain(tenant.slug)).delete()
    Domain.objects.filter(tenant=tenant, domain=make_subdomain(tenant.slug)).update(is_primary=True)
    transaction.on_commit(forget_tenants)


def note(
    event: AddressEvent,
    tenant: Tenant,
    *,
    old: str = "",
    new: str = "",
    author_id: int | None = None,
    now: datetime,
    lack: str = "",
    points_to: str = "",
) -> None:
    """Hand what was done over to those who keep a log and write to people; the last thing of a transaction."""
    info = make_info(tenant, tenant.domains.all())
    hooks.note_address(AddressChange(event, info, old, new, author_id, now, lack=lack, points_to=points_to))


def wake_holder(name: str, *, but: int, now: datetime) -> None:
    """Have another business's hold of a domain looked at soon: it may have been sold or left behind.

    That one's schema does its own work; ours only says that it is due.
    """
    holder = OwnDomain.objects.filter(name=name, state=DomainState.VERIFIED).exclude(tenant_id=but).first()
    if holder is not None:
        rows = DueWork.objects.filter(schema_name=holder.tenant.schema_name, kind=CHECK_KIND, row_id=holder.pk)
        rows.filter(due_at__gt=now).update(due_at=now)
