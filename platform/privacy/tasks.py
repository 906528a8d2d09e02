"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from kernel.clock import utc_now
from privacy.services import retention


@current_app.task(name="privacy.plan_sweeps")
def plan_sweeps(**_: Any) -> None:
    """Let workers take away, in every business, what has been kept long enough, every night."""
    retention.plan_sweeps(now=utc_now())
