"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from accounts.services import retention
from kernel.clock import utc_now


@current_app.task(name="accounts.forget")
def forget(**_: Any) -> None:
    """Remove, every night, what accounts keep no longer."""
    retention.forget_everywhere(now=utc_now())
