"""One way to keep a model's history, used by every room.

The author is a plain number, not a foreign key: history outlives the person, and no key
may reach a table that an erasure empties.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class _Records(HistoricalRecords):
    """simple_history's, with an empty reason where none was given: the column takes no NULL."""

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str) -> str:
        """Return why this change was made."""
        return super().get_change_reason_for_object(instance, history_type, using) or ""


def keep_history(*, excluded_fields: tuple[str, ...] = (), keys: tuple[str, ...] = ()) -> HistoricalRecords:
    """Return the manager that writes one history row for each save and delete of a model.

    ``keys`` names the model's foreign keys: history is read by its row, so they need no index.
    ``QuerySet.update()`` and ``.delete()`` bypass it: services save what has history.
    """
    return _Records(
        excluded_fields=list(excluded_fields),
        no_db_index=list(keys),
        history_user_id_field=models.BigIntegerField(null=True),
        history_change_reason_field=models.TextField(blank=True, default=""),
        history_user_getter=_read_author,
        history_user_setter=_write_author,
        get_user=_no_author,
    )


def sign_history(instance: models.Model, *, user_id: int | None, at: datetime, reason: str = "") -> None:
    """Say who makes the next change of ``instance``, when and why; all three go into its history row."""
    instance._history_date = at  # type: ignore[attr-defined]  # noqa: SLF001
    instance._history_user = user_id  # type: ignore[attr-defined]  # noqa: SLF001 - simple_history's way in
    instance._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001


def _read_author(row: Any) -> int | None:
    author: int | None = row.history_user_id
    return author


def _write_author(row: Any, user_id: int | None) -> None:
    row.history_user_id = user_id


def _no_author(**_: object) -> None:
    return None
