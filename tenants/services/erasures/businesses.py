"""A business that was removed stays removed, also when the whole platform is put back to before that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tenants.enums import TenantStatus
from tenants.models import Tenant
from tenants.services.erasures.marks import list_keys
from tenants.services.erasures.stones import Stone
from tenants.types import TenantInfo

KIND = "tenants.Tenant"
"""What a business is called among what was erased; its rows go as a whole, which no room does by its kind."""


def make_stone(tenant_id: int, created_at: datetime, *, closed_at: datetime) -> Stone:
    """Return what is noted of a business that is removed: since when it was closed."""
    key = list_keys()[0]
    return Stone(KIND, key.id, key.mark(KIND, tenant_id, created_at), closed_at)


def close_again(tenant: TenantInfo, found: Iterable[Stone]) -> bool:
    """Let a business that was removed be closed since then, so that it is removed again; tell whether it was.

    Copies of it have another number: they stay.
    """
    closed = {stone.mark: stone.erased_at for stone in found if stone.kind == KIND}
    if not closed or tenant.created_at is None:
        return False
    marks = [key.mark(KIND, tenant.id, tenant.created_at) for key in list_keys()]
    closed_at = next((closed[mark] for mark in marks if mark in closed), None)
    if closed_at is None:
        return False
    Tenant.objects.filter(pk=tenant.id).update(status=TenantStatus.CLOSED, status_since=closed_at)
    return True
