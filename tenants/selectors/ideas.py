"""What people of businesses told the platform, for whoever runs it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from kernel.page import MAX_LIMIT, Page, cut_page, read_cursor
from tenants.models import Idea, Tenant
from tenants.types.ideas import IdeaView


def list_ideas(*, is_unread: bool = True, cursor: str = "", limit: int = MAX_LIMIT) -> Page[IdeaView]:
    """List what was written, newest first; ``is_unread``: only what nobody has put away. Two queries.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    rows = Idea.objects.order_by("-written_at", "-pk")
    if is_unread:
        rows = rows.filter(read_at=None)
    if cursor:
        written_at, last_id = read_cursor(cursor, datetime, int)
        rows = rows.filter(Q(written_at__lt=written_at) | Q(written_at=written_at, pk__lt=last_id))
    found = list(rows[: limit + 1])
    schemas = {row.schema_name for row in found}
    names = dict(Tenant.objects.filter(schema_name__in=schemas).values_list("schema_name", "name"))

    def view(row: Idea) -> IdeaView:
        return IdeaView(
            id=row.pk,
            schema_name=row.schema_name,
            business=names.get(row.schema_name, ""),
            user_id=row.user_id,
            text=row.text,
            page=row.page,
            written_at=row.written_at,
            read_at=row.read_at,
        )

    return cut_page(found, limit=limit, view=view, key=lambda row: (row.written_at, row.pk))
