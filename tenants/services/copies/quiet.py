"""A copy of a business is quiet at first: the business that it was made of may still write to the same customers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants import hooks
from tenants.context import current_tenant
from tenants.enums import CopyAct
from tenants.hosts import get_platform_name
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.services.copies.archives import Head
from tenants.types import ActDone, TenantInfo

BY_OWNER = "Its owner said so."
NOTE = "It writes to no customer until its owner says so in the workspace: the one that it was made of may do that."


def is_beside_another(head: Head, tenant_id: int) -> bool:
    """Tell whether the business of an archive, or another copy of it, may be there and write to the same people."""
    if head.platform != get_platform_name():
        return True  # nobody here knows
    others = Tenant.objects.exclude(pk=tenant_id)
    is_there = others.filter(schema_name=head.schema_name).exists()
    return bool(is_there or others.filter(former_schemas__contains=[head.schema_name]).exists())


def begin_quiet(tenant_id: int, *, now: datetime) -> None:
    """Let a business that is just being made write to no customer."""
    Tenant.objects.filter(pk=tenant_id).update(quiet_since=now)


@transaction.atomic
def end_quiet(*, now: datetime) -> None:
    """Let the current business write to its customers from now on; what it kept back stays unsaid."""
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant().id)
    if tenant.quiet_since is None:
        return
    tenant.quiet_since = None
    tenant.save(update_fields=["quiet_since"])
    note(CopyAct.SPEAK, make_info(tenant, tenant.domains.all()), reason=BY_OWNER, now=now)
    transaction.on_commit(forget_tenants)


def note(act: CopyAct, tenant: TenantInfo, *, reason: str, now: datetime) -> None:
    """Write into the platform's log what made a business of a copy, in the caller's transaction."""
    status = tenant.status
    hooks.note_act(ActDone(tenant=tenant, act=act, old="", new=status, reason=reason, author_id=None, at=now))
