"""Reading who changed what."""

from __future__ import annotations

from accounts.selectors.staff import name_people
from audit.models import Entry
from audit.types import Change, FieldChange


def list_changes(*, noun: str, row_id: int, after_version: int = 0) -> tuple[Change, ...]:
    """List what was done to a row, newest first, from a version on; two queries."""
    rows = list(Entry.objects.filter(noun=noun, row_id=row_id, version__gt=after_version).order_by("-version"))
    names = name_people({row.user_id for row in rows if row.user_id is not None})
    return tuple(
        Change(
            version=row.version,
            at=row.at,
            action=row.action,
            user_id=row.user_id,
            user_name=names.get(row.user_id or 0, ""),
            fields=tuple(FieldChange(name, old, new) for name, (old, new) in row.fields.items()),
        )
        for row in rows
    )
