"""A copy of a business is quiet at first: the business that it was made of may still write to the same customers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants import hooks
from tenants.context import current_tenant
from tenants.enums import Ability, CopyAct
from tenants.hosts import get_platform_name
from tenants.models import Tenant
from tenants.policies import check_business_may
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.services.copies.archives import Head
from tenants.types import ActDone, TenantInfo

BY_OWNER = "Its owner said so (person {user_id} of the business)."
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
    Tenant.objects.filter(pk=tenant_id).update(quiet_since=now, was_quiet_since=None, was_quiet_until=None)


@transaction.atomic
def end_quiet(*, user_id: int | None, now: datetime) -> None:
    """Let the current business write to its customers from now on; what it kept back stays unsaid.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant().id)
    if tenant.quiet_since is None:
        return
    tenant.quiet_since, tenant.was_quiet_since, tenant.was_quiet_until = None, tenant.quiet_since, now
    tenant.save(update_fields=["quiet_since", "was_quiet_since", "was_quiet_until"])
    reason = BY_OWNER.format(user_id=user_id)
    note(CopyAct.SPEAK, make_info(tenant, tenant.domains.all()), reason=reason, now=now, user_id=user_id)
    transaction.on_commit(forget_tenants)


def note(act: CopyAct, tenant: TenantInfo, *, reason: str, now: datetime, user_id: int | None = None) -> None:
    """Write into the platform's log what made a business of a copy, in the caller's transaction."""
    done = ActDone(tenant, act, old="", new=tenant.status, reason=reason, author_id=None, at=now, user_id=user_id)
    hooks.note_act(done)
