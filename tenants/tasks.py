"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from kernel.clock import utc_now
from kernel.iso import parse_instant
from tenants.services import counts, due_work, spares


@current_app.task(name="tenants.perform_due_work")
def perform_due_work(*, schema_name: str, kind: str, row_id: int, lease: str | None = None, **_: Any) -> None:
    """Do one piece of due work; ``lease`` (ISO 8601) comes from the sweeper."""
    due_work.perform_due_work(
        schema_name=schema_name,
        kind=kind,
        row_id=row_id,
        now=utc_now(),
        lease=parse_instant(lease) if lease else None,
    )


@current_app.task(name="tenants.sweep_due_work")
def sweep_due_work(**_: Any) -> None:
    """Queue everything that is due and was not done: what a lost message left behind."""
    while due_work.sweep_due_work(now=utc_now()) == due_work.SWEEP_BATCH:
        pass


@current_app.task(name="tenants.refill_spare_schemas")
def refill_spare_schemas(**_: Any) -> None:
    """Keep spare schemas ready for new businesses."""
    spares.refill_spares()


@current_app.task(name="tenants.forget_counts")
def forget_counts(**_: Any) -> None:
    """Remove counts whose windows have ended."""
    counts.forget_counts(now=utc_now())
