"""Lines of a task name it, and how it ended is counted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import structlog
from celery.signals import task_postrun, task_prerun, worker_process_init

from config import watching
from config.celery import app
from config.watching import begin_process, begin_task, end_task, watch_tasks
from telemetry.meters import OWN

ID, OTHER = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a", "1b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"
TASK = SimpleNamespace(name="tests.watch")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(watching, "measure_process", measured.append)
    measured.clear()
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


measured: list[str] = []


def read(outcome: str) -> float:
    return OWN.get_sample_value("turnero_jobs_total", {"task": "tests.watch", "outcome": outcome}) or 0.0


def test_lines_of_a_task_name_it_and_those_after_it_do_not():
    structlog.contextvars.bind_contextvars(left="over")

    begin_task(task_id=ID, task=TASK, args=(), kwargs={"anything": "else"})
    during = structlog.contextvars.get_contextvars()
    end_task(task_id=ID, task=TASK, state="SUCCESS", retval=None)

    assert during == {"request_id": ID, "task_id": ID, "task": "tests.watch"}
    assert structlog.contextvars.get_contextvars() == {}
    assert measured == ["worker"]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("SUCCESS", "done"), ("FAILURE", "failed"), ("RETRY", "retried"), ("REJECTED", "refused"), (None, "failed")],
)
def test_task_is_counted_by_how_it_ended(state, outcome):
    before = read(outcome)

    begin_task(task_id=ID, task=TASK)
    end_task(task_id=ID, task=TASK, state=state)

    assert read(outcome) - before == 1


def test_task_whose_begin_nobody_saw_took_no_time():
    seconds = OWN.get_sample_value("turnero_job_seconds_sum", {"task": "tests.watch"}) or 0.0

    begin_task(task_id=OTHER, task=TASK)
    end_task(task_id=ID, task=TASK, state="SUCCESS")

    assert OWN.get_sample_value("turnero_job_seconds_sum", {"task": "tests.watch"}) == seconds


def test_failures_of_our_tasks_stand_at_zero_before_the_first():
    app.loader.import_default_modules()

    begin_process(sender=None)

    failed = {"task": "tenants.sweep_due_work", "outcome": "failed"}
    assert OWN.get_sample_value("turnero_jobs_total", failed) == 0
    assert OWN.get_sample_value("turnero_jobs_total", {**failed, "task": "celery.chord"}) is None


def test_listening_twice_is_listening_once():
    watch_tasks()
    signals = (task_prerun, task_postrun, worker_process_init)
    before = [len(signal.receivers) for signal in signals]

    watch_tasks()

    assert [len(signal.receivers) for signal in signals] == before
