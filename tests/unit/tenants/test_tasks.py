from __future__ import annotations

from datetime import UTC, datetime

from tenants import tasks
from tenants.services import due_work, spares
from tenants.services.copies import nightly

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_a_woken_worker_does_what_is_due_whatever_the_message_says(monkeypatch):
    done = []
    monkeypatch.setattr(due_work, "work_off", lambda: done.append("all"))

    tasks.perform_due_work()
    tasks.perform_due_work(schema_name="t1_taller", kind="event", row_id=7, lease="2026-11-23T14:59:00+00:00")

    assert done == ["all", "all"]


def test_beat_sweeps(monkeypatch):
    swept = []
    monkeypatch.setattr(tasks, "utc_now", lambda: NOW)
    monkeypatch.setattr(due_work, "sweep_due_work", lambda **values: swept.append(values))

    tasks.sweep_due_work(invented_later=True)

    assert swept == [{"now": NOW}]


def test_beat_refills_spare_schemas(monkeypatch):
    made = []
    monkeypatch.setattr(spares, "refill_spares", lambda: made.append("once"))

    tasks.refill_spare_schemas(invented_later=True)

    assert made == ["once"]


def test_beat_plans_backups(monkeypatch):
    planned = []
    monkeypatch.setattr(tasks, "utc_now", lambda: NOW)
    monkeypatch.setattr(nightly, "plan_backups", lambda **values: planned.append(values))

    tasks.plan_backups(invented_later=True)

    assert planned == [{"now": NOW}]
