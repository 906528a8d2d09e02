"""Two records of one customer become one: what was paid, asked for, left and owed belongs to the one that goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Manager

from billing.models import Credit, InvoiceWish, Payment, SavedMethod
from database.rows import move_rows
from scheduling.hooks import MovedRows, register_customer_mover

ROWS: Mapping[str, Manager[Any]] = {
    "payments": Payment.objects,
    "credits": Credit.objects,
    "invoices": InvoiceWish.objects,
    "cards": SavedMethod.objects,
}
"""In the order in which they are locked elsewhere."""


def register() -> None:
    """Be called when two records are merged, and when they are parted again."""
    register_customer_mover("billing", move_money)


def move_money(from_id: int, to_id: int, rows: MovedRows | None) -> MovedRows:
    """Give rows of a customer to another one; as `register_customer_mover` says."""
    return {
        name: move_rows(
            manager.all(),
            "customer_id",
            from_id=from_id,
            to_id=to_id,
            row_ids=None if rows is None else rows.get(name, ()),
        )
        for name, manager in ROWS.items()
    }
