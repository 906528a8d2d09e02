"""What workers tell about their tasks: lines that name the task, and how it ended, counted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import structlog
from celery import current_app
from celery.signals import task_postrun, task_prerun, worker_process_init

from edge.measuring import measure_process
from telemetry.meters import expect_tasks, note_task
from telemetry.tracing import REQUEST_ID

OUTCOMES: Mapping[str, str] = MappingProxyType({"SUCCESS": "done", "RETRY": "retried", "REJECTED": "refused"})
"""Celery's words for how a task ended → ours; all others are failures."""

OF_CELERY = "celery."

_begun: dict[str, float] = {}
"""Task at hand → when it began; a process has one at a time."""


def watch_tasks() -> None:
    """Listen to Celery, once."""
    worker_process_init.connect(begin_process, dispatch_uid="telemetry.process")
    task_prerun.connect(begin_task, dispatch_uid="telemetry.begin")
    task_postrun.connect(end_task, dispatch_uid="telemetry.end")


def begin_process(**_: object) -> None:
    """Name our tasks in the figures of a new process before the first of them ends."""
    expect_tasks(sorted(name for name in current_app.tasks if not name.startswith(OF_CELERY)))


def begin_task(task_id: str, task: Any, **_: object) -> None:
    """Let each line of the task name it; what nobody asked for has the task's own id as that of its cause."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{REQUEST_ID: task_id, "task_id": task_id, "task": task.name})
    _begun.clear()  # of one that was cut short
    _begun[task_id] = time.perf_counter()


def end_task(task_id: str, task: Any, state: str | None = None, **_: object) -> None:
    """Count how the task ended."""
    begun = _begun.pop(task_id, None)
    seconds = 0.0 if begun is None else time.perf_counter() - begun
    note_task(task=task.name, outcome=OUTCOMES.get(state or "", "failed"), seconds=seconds)
    measure_process("worker")
    structlog.contextvars.clear_contextvars()
