"""What the owner of a closed business told the customers who are expected: they read it behind their link as well."""

from __future__ import annotations

from datetime import datetime

from kernel.iso import parse_instant
from notifications.selectors.events import find_last_event
from tenants.context import current_tenant
from tenants.enums import TenantStatus

EVENT = "business.closed"


def is_closed_since(at: datetime) -> bool:
    """Tell whether the business is closed, and was at that instant: not opened and closed again meanwhile."""
    tenant = current_tenant()
    return tenant.status == TenantStatus.CLOSED and at == tenant.status_since


def find_closing_words(*, starts_at: datetime | None = None) -> str:
    """Return what the owner said to whoever comes at an instant; without one, to everybody; empty: nothing.

    An SMS has no room for it. One query while the business is closed, none otherwise.
    """
    tenant = current_tenant()
    if tenant.status != TenantStatus.CLOSED:
        return ""
    event = find_last_event(kind=EVENT, subject_id=tenant.id)
    if event is None or not is_closed_since(event.occurred_at):
        return ""
    first = event.payload.get("first")  # only they are told, whose visit is after the removal
    if isinstance(first, str) and (starts_at is None or starts_at < parse_instant(first)):
        return ""
    return str(event.payload.get("text", ""))
