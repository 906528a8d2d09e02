"""Reading who changed what."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Max

from accounts.selectors.staff import name_people
from audit.models import Entry
from audit.types import Change, FieldChange


def list_changes(*, noun: str, row_id: int, after_version: int = 0) -> tuple[Change, ...]:
    """List what was done to a row, newest first, from a version on; two queries."""
    rows = list(Entry.objects.filter(noun=noun, row_id=row_id, version__gt=after_version).order_by("-version"))
    names = name_people({row.user_id for row in rows if row.user_id is not None})
    return tuple(_describe(row, names) for row in rows)


def list_latest(*, noun: str, limit: int) -> tuple[tuple[int, Change], ...]:
    """List what was done last to rows of one kind, newest first, each with the row's id; two queries."""
    rows = list(Entry.objects.filter(noun=noun).order_by("-pk")[:limit])
    names = name_people({row.user_id for row in rows if row.user_id is not None})
    return tuple((row.row_id, _describe(row, names)) for row in rows)


def find_last_version(*, noun: str, row_id: int) -> int:
    """Return the version that the last change of a row made; 0: it has none yet."""
    return Entry.objects.filter(noun=noun, row_id=row_id).aggregate(last=Max("version"))["last"] or 0


def _describe(row: Entry, names: Mapping[int, str]) -> Change:
    return Change(
        version=row.version,
        at=row.at,
        action=row.action,
        user_id=row.user_id,
        user_name=names.get(row.user_id or 0, ""),
        fields=tuple(FieldChange(name, old, new) for name, (old, new) in row.fields.items()),
    )
