"""Writing down who changed what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from audit.models import Entry
from audit.types import NewEntry


def log_changes(entries: Iterable[NewEntry], *, user_id: int | None, now: datetime) -> None:
    """Write entries in the caller's transaction, so that they are kept if, and only if, the changes are; one query."""
    Entry.objects.bulk_create(
        Entry(
            noun=each.noun,
            row_id=each.row_id,
            version=each.version,
            action=each.action,
            fields={name: list(values) for name, values in each.fields.items()},
            user_id=user_id,
            at=now,
        )
        for each in entries
    )
