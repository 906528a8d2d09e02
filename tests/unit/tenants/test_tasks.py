from __future__ import annotations

from datetime import UTC, datetime

from tenants import tasks
from tenants.services import due_work, spares

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_due_work_is_done_with_its_lease_whatever_else_the_message_says(monkeypatch):
    done = []
    monkeypatch.setattr(tasks, "utc_now", lambda: NOW)
    monkeypatch.setattr(due_work, "perform_due_work", lambda **values: done.append(values))
    work = {"schema_name": "t1_taller", "kind": "process_event", "row_id": 7}

    tasks.perform_due_work(**work)
    tasks.perform_due_work(**work, lease="2026-11-23T14:59:00+00:00", invented_later=True)

    lease = datetime(2026, 11, 23, 14, 59, tzinfo=UTC)
    assert done == [{**work, "now": NOW, "lease": None}, {**work, "now": NOW, "lease": lease}]


def test_sweep_goes_on_while_batches_are_full(monkeypatch):
    batches = [due_work.SWEEP_BATCH, due_work.SWEEP_BATCH, 3]
    monkeypatch.setattr(due_work, "sweep_due_work", lambda **_: batches.pop(0))

    tasks.sweep_due_work(invented_later=True)

    assert batches == []


def test_beat_refills_spare_schemas(monkeypatch):
    made = []
    monkeypatch.setattr(spares, "refill_spares", lambda: made.append("once"))

    tasks.refill_spare_schemas(invented_later=True)

    assert made == ["once"]
