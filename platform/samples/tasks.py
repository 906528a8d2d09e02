"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from kernel.clock import utc_now
from samples import example


@current_app.task(name="samples.renew_example")
def renew_example(**_: Any) -> None:
    """Make the public example anew, every night, where there is one."""
    example.renew_example(now=utc_now())
