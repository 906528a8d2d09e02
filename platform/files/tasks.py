"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from files.services import sweeping
from kernel.clock import utc_now


@current_app.task(name="files.sweep")
def sweep_files(**_: Any) -> None:
    """Remove stored objects that belong to nothing."""
    sweeping.sweep_files(now=utc_now())
