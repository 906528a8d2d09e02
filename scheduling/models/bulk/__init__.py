"""Decisions about many bookings, and what became of each."""

from scheduling.models.bulk.rows import BulkAct, BulkRow

__all__ = ["BulkAct", "BulkRow"]
