"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from kernel.clock import utc_now
from tenants.services import counts, due_work, spares
from tenants.services.copies import nightly
from tenants.services.erasures import erasing
from tenants.services.leaving import leftovers, removal


@current_app.task(name="tenants.perform_due_work")
def perform_due_work(**_: Any) -> None:
    """Do what is due, the most urgent first."""
    due_work.work_off()


@current_app.task(name="tenants.sweep_due_work")
def sweep_due_work(**_: Any) -> None:
    """Wake workers for what is due and was not done: what a lost message left behind, and what has a time."""
    due_work.sweep_due_work(now=utc_now())


@current_app.task(name="tenants.refill_spare_schemas")
def refill_spare_schemas(**_: Any) -> None:
    """Keep spare schemas ready for new businesses."""
    spares.refill_spares()


@current_app.task(name="tenants.forget_counts")
def forget_counts(**_: Any) -> None:
    """Remove counts whose windows have ended."""
    counts.forget_counts(now=utc_now())


@current_app.task(name="tenants.plan_backups")
def plan_backups(**_: Any) -> None:
    """Let workers back every business up, every night."""
    nightly.plan_backups(now=utc_now())


@current_app.task(name="tenants.store_tombstones")
def store_tombstones(**_: Any) -> None:
    """Put notes of who was erased beside the archives, those that have waited for the storage."""
    erasing.store_all_waiting(now=utc_now())


@current_app.task(name="tenants.plan_removals")
def plan_removals(**_: Any) -> None:
    """Let workers remove the businesses that were closed long enough ago."""
    removal.plan_removals(now=utc_now())


@current_app.task(name="tenants.remove_leftovers")
def remove_leftovers(**_: Any) -> None:
    """Remove archives that nothing names any more."""
    leftovers.remove_leftovers(now=utc_now())
