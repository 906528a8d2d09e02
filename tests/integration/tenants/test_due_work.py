"""What is due is done: once when all goes well, again when it does not, and never lost."""

from __future__ import annotations

import time
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from django.db import connection, transaction

from kernel.clock import utc_now
from telemetry.meters import OWN
from telemetry.tracing import traced
from tenants import hooks
from tenants.enums import Urgency
from tenants.errors import RetryLater
from tenants.models import DueWork
from tenants.services import due_work

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_left_over(db):
    """Begin without what other tests, whose data is committed, left due."""
    DueWork.objects.all().delete()


@pytest.fixture
def done(monkeypatch) -> list[tuple[str, int]]:
    """Handle the kind ``test``: note in which schema it was called."""
    calls: list[tuple[str, int]] = []
    monkeypatch.setitem(hooks._handlers, "test", lambda row_id, _now: calls.append((connection.schema_name, row_id)))
    return calls


def perform(tenant, row_id: int = 7, **changes) -> bool:
    values = {"schema_name": tenant.schema_name, "kind": "test", "row_id": row_id, "now": utc_now()}
    return due_work.perform_due_work(**{**values, **changes})


def test_work_is_done_in_its_tenant_and_forgotten(tenant, done):
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    assert [perform(tenant), perform(tenant)] == [True, False]
    assert done == [(tenant.schema_name, 7)]
    assert DueWork.objects.filter(kind="test").count() == 0


def test_work_is_not_done_before_its_time(tenant, done):
    due_work.add_due_work(kind="test", row_id=7, due_at=utc_now() + timedelta(hours=1), now=utc_now())

    assert perform(tenant) is False
    assert due_work.sweep_due_work(now=utc_now()) == 0
    assert done == []


def test_rollback_takes_the_work_with_it(tenant, done):
    with transaction.atomic():
        due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
        transaction.set_rollback(True)

    assert DueWork.objects.filter(kind="test").count() == 0


def test_moved_and_removed_work(tenant):
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW + timedelta(days=1), now=utc_now())
    moved = DueWork.objects.get(kind="test").due_at

    due_work.remove_due_work(kind="test", row_id=7)

    assert moved == NOW + timedelta(days=1)
    assert DueWork.objects.filter(kind="test").count() == 0


def test_other_tenants_rows_are_left_alone(tenant, other_tenant, done):
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
    DueWork.objects.create(schema_name=other_tenant.schema_name, kind="test", row_id=7, due_at=NOW)

    due_work.remove_due_work(kind="test", row_id=7)

    assert [row.schema_name for row in DueWork.objects.filter(kind="test")] == [other_tenant.schema_name]


def test_dead_workers_lease_runs_out(tenant, done):
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
    DueWork.objects.filter(kind="test").update(leased_until=utc_now() + timedelta(seconds=30))

    assert perform(tenant) is False
    assert perform(tenant, now=utc_now() + timedelta(seconds=31)) is True


def test_what_takes_long_is_somebodys_as_long_as_a_task_may_run(tenant, done, monkeypatch):
    kinds = ("back_up_tenant", "data_copy", "test")
    assert [hooks.takes_long(kind) for kind in kinds] == [True, True, False]
    monkeypatch.setattr(hooks, "_long", {"test"})
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    claimed = due_work._claim(utc_now())

    kept = DueWork.objects.get(kind="test").leased_until
    assert claimed.leased_until == kept > utc_now() + 5 * due_work.LEASE
    assert due_work._claim(utc_now() + 2 * due_work.LEASE) is None


def test_sweeper_wakes_for_what_nobody_does(tenant, done, monkeypatch):
    woken = []
    monkeypatch.setattr(due_work, "push_task", lambda name, values, **_: woken.append((name, values)) or True)
    for row_id in (1, 2, 3):
        DueWork.objects.create(schema_name=tenant.schema_name, kind="test", row_id=row_id, due_at=NOW)
    DueWork.objects.filter(row_id=3).update(leased_until=utc_now() + timedelta(seconds=30))

    assert due_work.sweep_due_work(now=utc_now()) == 2
    assert sorted(kwargs["row_id"] for _, kwargs in woken) == [1, 2]
    assert {name for name, _ in woken} == {"tenants.perform_due_work"}


def test_sweeper_wakes_few_for_a_long_queue(tenant, done, monkeypatch):
    monkeypatch.setattr(due_work, "WOKEN_AT_ONCE", 2)
    monkeypatch.setattr(due_work, "push_task", lambda name, values, **_: True)
    for row_id in (1, 2, 3):
        DueWork.objects.create(schema_name=tenant.schema_name, kind="test", row_id=row_id, due_at=NOW)

    assert due_work.sweep_due_work(now=utc_now()) == 2


def add(row_id: int, *, seconds: int = 0, **changes: object) -> None:
    due_work.add_due_work(kind="test", row_id=row_id, due_at=NOW + timedelta(seconds=seconds), now=NOW, **changes)


def work_off(**changes: object) -> int:
    """As a worker does, who is in no tenant."""
    before = connection.tenant
    try:
        return Context().run(due_work.work_off, **changes)
    finally:
        connection.set_tenant(before)


def test_the_most_urgent_is_done_first_then_the_oldest(tenant, done):
    add(1, urgency=Urgency.LAST)
    add(2, urgency=Urgency.SOON, seconds=5)
    add(3, urgency=Urgency.SOON)
    add(4, urgency=Urgency.LATER)
    add(5, urgency=Urgency.NOW, seconds=9)

    assert work_off() == 5
    assert [row_id for _, row_id in done] == [5, 3, 2, 4, 1]


def test_what_is_due_in_another_tenant_waits_its_turn(tenant, other_tenant, done):
    add(1, seconds=2)
    DueWork.objects.create(schema_name=other_tenant.schema_name, kind="test", row_id=1, due_at=NOW)

    work_off()

    assert done == [(other_tenant.schema_name, 1), (tenant.schema_name, 1)]


def test_urgent_work_that_comes_meanwhile_is_done_next(tenant, monkeypatch):
    done = []

    def note(row_id, now):
        done.append(row_id)
        if row_id == 1:
            add(7, urgency=Urgency.NOW)

    monkeypatch.setitem(hooks._handlers, "test", note)
    add(1)
    add(2)

    work_off()

    assert done == [1, 7, 2]


def test_a_worker_in_its_turn_wakes_nobody(tenant, monkeypatch, django_capture_on_commit_callbacks):
    woken, done = [], []
    monkeypatch.setattr(due_work, "wake_worker", lambda **named: woken.append(named["row_id"]))

    def note(row_id, now):
        done.append(row_id)
        if row_id == 1:
            add(2)

    monkeypatch.setitem(hooks._handlers, "test", note)

    with django_capture_on_commit_callbacks(execute=True):
        add(1)
        work_off()
        add(3)

    assert (done, woken) == ([1, 2], [1, 3])


def test_neither_parked_nor_leased_nor_future_work_is_taken(tenant, done):
    for row_id in (1, 2, 3):
        add(row_id)
    DueWork.objects.filter(row_id=1).update(is_parked=True)
    DueWork.objects.filter(row_id=2).update(leased_until=utc_now() + timedelta(seconds=30))
    DueWork.objects.filter(row_id=3).update(due_at=utc_now() + timedelta(seconds=30))

    assert (work_off(), done) == (0, [])


@pytest.mark.parametrize(("places", "expected"), [(1, [3, 4]), (2, [2, 3, 4])])
def test_a_slow_carrier_leaves_a_worker_to_the_others(tenant, done, settings, places, expected):
    settings.LANE_PLACES = places
    add(1, lane="sms")
    DueWork.objects.filter(row_id=1).update(leased_until=utc_now() + timedelta(seconds=30))
    add(2, lane="sms")
    add(3, lane="email", seconds=1)
    add(4, urgency=Urgency.LAST)

    work_off()

    assert [row_id for _, row_id in done] == expected


def test_a_turn_ends_and_wakes_the_next_one(tenant, done, monkeypatch):
    woken = []
    monkeypatch.setattr(due_work, "wake_worker", lambda **named: woken.append(named))
    add(1)
    add(2)
    woken.clear()

    assert work_off(turn=timedelta()) == 1
    assert woken == [{"schema_name": tenant.schema_name, "kind": "test", "row_id": 1}]


def test_the_next_row_is_found_by_the_index_however_much_is_planned(tenant, done):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenants_duework (schema_name, kind, row_id, due_at, attempts, is_parked, last_error) "
            "SELECT %s, 'planned', n, now() + n * interval '1 minute', 0, false, '' FROM generate_series(1, 5000) n",
            [tenant.schema_name],
        )
        cursor.execute("ANALYZE tenants_duework")
        values = {"lease": utc_now(), "now": utc_now(), "last": 3, "places": 1}
        cursor.execute(f"EXPLAIN {due_work.CLAIM_SQL}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "tenants_due_work_next" in plan
    assert "Seq Scan" not in plan


def test_late_retry_reschedules(tenant, monkeypatch):
    def later(row_id, now):
        raise RetryLater(at=NOW + timedelta(days=9))

    monkeypatch.setitem(hooks._handlers, "test", later)
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    assert perform(tenant) is False

    row = DueWork.objects.get(kind="test")
    assert (row.due_at, row.leased_until, row.attempts) == (NOW + timedelta(days=9), None, 0)


def test_poison_is_parked_after_its_attempts(tenant, monkeypatch):
    def fail(row_id, now):
        message = "poison"
        raise ValueError(message)

    monkeypatch.setitem(hooks._handlers, "test", fail)
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
    now, waits = utc_now(), []
    for _ in range(due_work.MAX_ATTEMPTS):
        assert perform(tenant, now=now) is False
        row = DueWork.objects.get(kind="test")
        waits.append((row.due_at - now).total_seconds())
        now = row.due_at

    assert (row.is_parked, row.attempts, row.last_error) == (True, due_work.MAX_ATTEMPTS, "ValueError: poison")
    assert waits == sorted(waits)
    assert waits[:3] == [2, 4, 8]
    assert perform(tenant, now=now) is False
    assert due_work.sweep_due_work(now=now) == 0


def test_unknown_kind_waits_for_the_newer_version_however_long_it_was_rolled_back(tenant, monkeypatch, done):
    due_work.add_due_work(kind="of_tomorrow", row_id=7, due_at=NOW, now=utc_now())
    now = utc_now()
    for _ in range(due_work.MAX_ATTEMPTS + 1):
        assert perform(tenant, kind="of_tomorrow", now=now) is False
        now = DueWork.objects.get(kind="of_tomorrow").due_at
    row = DueWork.objects.get(kind="of_tomorrow")
    assert (row.attempts, row.is_parked, row.leased_until) == (0, False, None)

    monkeypatch.setitem(hooks._handlers, "of_tomorrow", hooks.get_due_handler("test"))

    assert perform(tenant, kind="of_tomorrow", now=now) is True
    assert done == [(tenant.schema_name, 7)]


def test_unknown_kind_is_looked_at_less_often_after_a_day(tenant, monkeypatch):
    def put_off(row_id: int, now: datetime) -> None:
        raise RetryLater(at=now + timedelta(days=1))

    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
    first, before, found = utc_now(), read_due_work("unknown"), []
    for now in (first, first + timedelta(hours=23), first + timedelta(hours=25)):
        DueWork.objects.update(due_at=now)
        perform(tenant, now=now)
        row = DueWork.objects.get()
        found.append((row.due_at - now, row.unknown_since))

    assert found == [(timedelta(minutes=1), first), (timedelta(minutes=1), first), (timedelta(hours=1), first)]
    assert read_due_work("unknown") - before == 3

    monkeypatch.setitem(hooks._handlers, "test", put_off)
    DueWork.objects.update(due_at=first)
    perform(tenant)
    assert DueWork.objects.get().unknown_since is None


def test_work_of_a_dropped_tenant_is_forgotten(db, done):
    DueWork.objects.create(schema_name="t0_gone", kind="test", row_id=1, due_at=NOW)

    due_work.perform_due_work(schema_name="t0_gone", kind="test", row_id=1, now=utc_now())

    assert (done, DueWork.objects.filter(kind="test").count()) == ([], 0)


def test_work_added_while_it_is_done_stays(tenant, monkeypatch):
    def again(row_id, now):
        due_work.add_due_work(kind="test", row_id=row_id, due_at=NOW + timedelta(days=3), now=utc_now())

    monkeypatch.setitem(hooks._handlers, "test", again)
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    perform(tenant)

    assert [row.due_at for row in DueWork.objects.filter(kind="test")] == [NOW + timedelta(days=3)]


def test_dead_broker_costs_a_request_little(tenant, settings):
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"
    started = time.monotonic()

    for row_id in range(100):
        due_work.wake_worker(schema_name=tenant.schema_name, kind="test", row_id=row_id)

    assert time.monotonic() - started < 20  # a wait for each would be more


@pytest.mark.parametrize(("seconds", "woken"), [(-1, 1), (0, 1), (1, 0)])
def test_worker_is_woken_for_what_is_due_by_then(
    tenant, monkeypatch, django_capture_on_commit_callbacks, seconds, woken
):
    calls = []
    monkeypatch.setattr(due_work, "wake_worker", lambda **named: calls.append(named))

    with django_capture_on_commit_callbacks(execute=True):
        due_work.add_due_work(kind="test", row_id=7, due_at=NOW + timedelta(seconds=seconds), now=NOW)

    assert calls == [{"schema_name": tenant.schema_name, "kind": "test", "row_id": 7, "notice": None}] * woken


ID, LATER = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a", "1b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"


def test_work_knows_what_caused_it_and_so_does_what_it_leaves_behind(tenant, monkeypatch):
    seen: list[dict[str, object]] = []

    def handle(row_id, now):
        seen.append(dict(structlog.contextvars.get_contextvars()))
        due_work.add_due_work(kind="next", row_id=row_id, due_at=now + timedelta(days=1), now=now)

    monkeypatch.setitem(hooks._handlers, "test", handle)
    with traced(ID):
        due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    assert perform(tenant) is True

    assert seen == [{"request_id": ID, "kind": "test", "tenant": tenant.schema_name}]
    assert DueWork.objects.get(kind="next").request_id == ID
    assert "request_id" not in structlog.contextvars.get_contextvars()


def test_work_that_is_added_again_has_a_new_cause(tenant, done):
    for cause in (ID, LATER):
        with traced(cause):
            due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    assert DueWork.objects.get(kind="test").request_id == LATER


def test_work_that_nothing_asked_for_names_nothing(tenant, done):
    structlog.contextvars.clear_contextvars()
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())

    assert DueWork.objects.get(kind="test").request_id == ""


@pytest.mark.parametrize(
    ("raised", "attempts", "outcome"),
    [
        (None, 0, "done"),
        (RetryLater(at=NOW + timedelta(days=30)), 0, "later"),
        (RuntimeError("it failed"), 0, "failed"),
        (RuntimeError("it failed"), due_work.MAX_ATTEMPTS - 1, "parked"),
    ],
)
def test_work_is_counted_by_how_it_ended(tenant, monkeypatch, raised, attempts, outcome):
    def handle(row_id, now):
        if raised is not None:
            raise raised

    monkeypatch.setitem(hooks._handlers, "test", handle)
    due_work.add_due_work(kind="test", row_id=7, due_at=NOW, now=utc_now())
    DueWork.objects.filter(kind="test").update(attempts=attempts)
    before = read_due_work(outcome)

    perform(tenant)

    assert read_due_work(outcome) - before == 1


def test_work_of_a_business_that_is_gone_is_counted_as_gone(db, done):
    DueWork.objects.create(schema_name="t0_gone", kind="test", row_id=7, due_at=NOW)
    before = read_due_work("gone")

    due_work.work_off()

    assert (read_due_work("gone") - before, DueWork.objects.count(), done) == (1, 0, [])


def read_due_work(outcome: str) -> float:
    return OWN.get_sample_value("turnero_due_work_total", {"kind": "test", "outcome": outcome}) or 0.0
