"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from kernel.clock import utc_now
from recovery.services import keeping

LONGEST_SECONDS = 6 * 3600
"""Of a base backup: a worker's other tasks end after ten minutes."""


@current_app.task(name="recovery.back_up", time_limit=LONGEST_SECONDS + 60, soft_time_limit=LONGEST_SECONDS)
def back_up(**_: Any) -> None:
    """Back the platform up, every night, where its PostgreSQL was set for it."""
    keeping.back_up_tonight(now=utc_now())


@current_app.task(name="recovery.keep_log")
def keep_log(**_: Any) -> None:
    """Put what PostgreSQL has handed on of its log into the store, every minute."""
    keeping.keep_log(now=utc_now())


@current_app.task(name="recovery.keep_files")
def keep_files(**_: Any) -> None:
    """Keep what is new among the files of businesses, every hour."""
    keeping.keep_files(now=utc_now())
