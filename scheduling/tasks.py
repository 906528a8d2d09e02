"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from kernel.clock import utc_now
from scheduling.services.bulk import forgetting


@current_app.task(name="scheduling.forget_bulk_acts")
def forget_bulk_acts(**_: Any) -> None:
    """Let workers remove the old decisions about many bookings, every night."""
    forgetting.plan_forgetting(now=utc_now())
