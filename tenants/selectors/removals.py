"""Businesses that were removed, and the proof of it."""

from __future__ import annotations

from kernel.page import MAX_LIMIT, Page, cut_page, read_cursor
from tenants.models import Removal
from tenants.types import RemovalProof


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
