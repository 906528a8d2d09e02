"""Two records of one customer become one: what the person asked goes with the record that goes on."""

from __future__ import annotations

from database.rows import move_rows
from privacy.models import PersonRequest
from scheduling.hooks import MovedRows, register_customer_mover


def register() -> None:
    """Be called when two records are merged, and when they are parted again."""
    register_customer_mover("privacy", move_requests)


def move_requests(from_id: int, to_id: int, rows: MovedRows | None) -> MovedRows:
    """Give requests of a customer to another one; as `register_customer_mover` says."""
    row_ids = None if rows is None else rows.get("requests", ())
    return {
        "requests": move_rows(PersonRequest.objects.all(), "customer_id", from_id=from_id, to_id=to_id, row_ids=row_ids)
    }
