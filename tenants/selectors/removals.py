"""Businesses that were removed, and the proof of it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min, QuerySet

from kernel.page import MAX_LIMIT, Page, cut_page, read_cursor
from tenants.enums import TenantStatus
from tenants.models import Removal, Tenant
from tenants.types import REMOVED_AFTER, RemovalProof


def list_over(*, now: datetime) -> QuerySet[Tenant]:
    """List the closed businesses whose time is over."""
    closed: QuerySet[Tenant] = Tenant.objects.filter(status=TenantStatus.CLOSED, is_example=False)
    return closed.filter(status_since__lte=now - REMOVED_AFTER)


def list_begun() -> QuerySet[Removal]:
    """List the removals of which something is left to be done."""
    return Removal.objects.filter(finished_at=None)


def find_overdue(*, now: datetime) -> datetime | None:
    """Return since when the business that waits the longest should be gone; None: none waits. Two queries.

    Who waits for a store that is away comes again for ever, and is neither late nor parked as due work.
    """
    closed = [
        list_over(now=now).aggregate(at=Min("status_since"))["at"],
        list_begun().aggregate(at=Min("closed_at"))["at"],
    ]
    return min((at + REMOVED_AFTER for at in closed if at is not None), default=None)


def list_removals(*, cursor: str = "", limit: int = MAX_LIMIT) -> Page[RemovalProof]:
    """List the proofs, newest first; one query.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    rows = Removal.objects.order_by("-pk")
    if cursor:
        (last,) = read_cursor(cursor, int)
        rows = rows.filter(pk__lt=last)
    return cut_page(list(rows[: limit + 1]), limit=limit, view=describe, key=lambda row: (row.pk,))


def find_removal(schema_name: str) -> RemovalProof | None:
    """Return the proof that a business was removed; None: it was not."""
    removal = Removal.objects.filter(schema_name=schema_name).first()
    return describe(removal) if removal is not None else None


def describe(removal: Removal) -> RemovalProof:
    """Return what a row proves."""
    known = {name: int(removal.counts.get(name, 0)) for name in ("tables", "rows", "files", "archives", "cached")}
    return RemovalProof(
        tenant_id=removal.tenant_id,
        schema_name=removal.schema_name,
        slug=removal.slug,
        closed_at=removal.closed_at,
        began_at=removal.began_at,
        finished_at=removal.finished_at,
        backups_gone_at=removal.backups_gone_at,
        **known,
    )
