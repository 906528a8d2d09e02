"""Due work of one schema, done at once and by hand instead of by a worker."""

from __future__ import annotations

from contextvars import Context

from django.db import connection

from kernel.clock import utc_now
from tenants.models import DueWork
from tenants.services.due_work import perform_due_work


def send_messages(schema_name: str) -> None:
    """Try every message that waits in a schema once, however late the next attempt is meant to be."""
    perform_all(schema_name, "message")


def perform_all(schema_name: str, kind: str) -> None:
    """Try all due work of a kind in a schema once, as `send_messages` does."""
    before = connection.tenant
    try:
        for row in list(DueWork.objects.filter(schema_name=schema_name, kind=kind).order_by("row_id")):
            DueWork.objects.filter(pk=row.pk).update(due_at=utc_now(), leased_until=None)
            # A worker is in no tenant before it begins.
            Context().run(perform_due_work, schema_name=schema_name, kind=row.kind, row_id=row.row_id, now=utc_now())
    finally:
        connection.set_tenant(before)
