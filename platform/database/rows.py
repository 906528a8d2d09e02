"""Giving rows to another owner."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet


def move_rows(
    rows: QuerySet[Any], column: str, *, from_id: int, to_id: int, row_ids: Collection[int] | None = None
) -> list[int]:
    """Let ``column`` of the rows that name ``from_id`` name ``to_id``; return their ids, in order.

    ``row_ids``: of these alone, and of them those that still name ``from_id``. They are locked in the order of their
    ids. Belongs in the caller's transaction; models with history are not told of it.
    """
    found = rows.filter(**{column: from_id})
    if row_ids is not None:
        found = found.filter(pk__in=row_ids)
    ids = list(found.select_for_update().order_by("pk").values_list("pk", flat=True))
    if ids:
        rows.filter(pk__in=ids).update(**{column: to_id})
    return ids
