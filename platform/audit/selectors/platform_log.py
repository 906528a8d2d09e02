"""Reading what operators did."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.selectors.staff import name_people
from audit.public.models import PlatformEntry
from audit.types import PlatformAct, PlatformLine
from kernel.page import MAX_LIMIT, Page, cut_page, read_cursor


def list_acts(
    *, schema_name: str = "", action: str = "", cursor: str = "", limit: int = MAX_LIMIT
) -> Page[PlatformLine]:
    """List acts, newest first, of one business and of one kind where they are named; two queries.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    entries = PlatformEntry.objects.order_by("-pk")
    if schema_name:
        entries = entries.filter(schema_name=schema_name)
    if action:
        entries = entries.filter(action=action)
    if cursor:
        (last,) = read_cursor(cursor, int)
        entries = entries.filter(pk__lt=last)
    rows = list(entries[: limit + 1])
    names = name_people({each for row in rows for each in (row.author_id, row.person_id) if each is not None})
    return cut_page(rows, limit=limit, view=lambda row: _describe(row, names), key=lambda row: (row.pk,))


def _describe(row: PlatformEntry, names: Mapping[int, str]) -> PlatformLine:
    act = PlatformAct(
        action=row.action,
        at=row.at,
        author_id=row.author_id,
        schema_name=row.schema_name,
        business_name=row.business_name,
        person_id=row.person_id,
        old=row.old,
        new=row.new,
        reason=row.reason,
    )
    return PlatformLine(row.pk, act, names.get(row.author_id or 0, ""), names.get(row.person_id or 0, ""))
