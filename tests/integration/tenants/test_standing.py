"""How the platform stands: what waits, since when, what failed; and the same queries however much there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.enums import Urgency
from tenants.models import Backup, DueWork, Removal, SchemaState, SpareSchema, Tenant
from tenants.selectors.standing import BackupTimes, Queue, read_platform
from tenants.services.templates import get_migration_state

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def quiet(tenants, db):
    """A platform where nothing waits and nothing was tried."""
    for model in (DueWork, Backup, SpareSchema):
        model.objects.all().delete()
    Tenant.objects.update(created_at=NOW - timedelta(days=30))


def add_work(
    kind: str, due_at: datetime, row_id: int, *, is_parked: bool = False, urgency: Urgency = Urgency.LATER
) -> None:
    DueWork.objects.create(
        schema_name="public", kind=kind, row_id=row_id, due_at=due_at, is_parked=is_parked, urgency=urgency
    )


def read():
    return read_platform(now=NOW, state=get_migration_state())


def test_queue_has_what_is_due_its_oldest_and_what_nobody_tries():
    add_work("event", NOW - 2 * HOUR, 1, urgency=Urgency.SOON)
    add_work("event", NOW - HOUR, 2)
    add_work("event", NOW + HOUR, 3)
    add_work("event", NOW - 9 * HOUR, 4, is_parked=True)
    add_work("message", NOW, 5, urgency=Urgency.NOW)
    add_work("reminder", NOW - HOUR, 6, is_parked=True)

    assert read().queues == {
        "event": Queue(waiting=2, oldest_at=NOW - 2 * HOUR, parked=1),
        "message": Queue(waiting=1, oldest_at=NOW, parked=0),
        "reminder": Queue(waiting=0, oldest_at=None, parked=1),
    }


def test_kinds_that_nobody_does_are_one():
    add_work("of another version", NOW - HOUR, 1)
    add_work("and another", NOW - 2 * HOUR, 2)
    add_work("and a third", NOW - 3 * HOUR, 3, is_parked=True)

    assert read().queues == {"other": Queue(waiting=2, oldest_at=NOW - 2 * HOUR, parked=1)}


def test_businesses_are_counted_by_state_those_without_any_as_none(tenants):
    Tenant.objects.update(status="active")
    Tenant.objects.filter(schema_name=tenants["taller"].schema_name).update(status="suspended")

    found = read().businesses

    assert (found["suspended"], found["active"], found["closed"]) == (1, Tenant.objects.count() - 1, 0)


def test_schema_without_all_migrations_is_behind(tenants):
    state = get_migration_state()
    for row in Tenant.objects.all():
        SchemaState.objects.update_or_create(schema_name=row.schema_name, defaults={"state": state})
    before = read().migrations_behind
    SchemaState.objects.filter(schema_name=tenants["taller"].schema_name).update(state="of before")
    SchemaState.objects.filter(schema_name=tenants["salon"].schema_name).delete()

    assert (before, read().migrations_behind) == (0, 2)


def test_spare_counts_when_it_is_ready_and_of_this_version(settings):
    settings.SPARE_SCHEMAS = 5
    for name, state, is_ready in (
        ("a", get_migration_state(), True),
        ("b", get_migration_state(), False),
        ("c", "of before", True),
    ):
        SpareSchema.objects.create(schema_name=name, state=state, is_ready=is_ready)

    found = read()

    assert (found.spares_ready, found.spares_wanted) == (1, 5)


def note_backup(schema_name: str, began_at: datetime, *, failure: str = "") -> None:
    made = {} if failure else {"verified_at": began_at + timedelta(minutes=1), "archive": f"{began_at:%Y%m%dT%H%M}"}
    Backup.objects.create(schema_name=schema_name, began_at=began_at, failure=failure, **made)


def test_backups_are_told_by_the_newest_the_oldest_and_what_failed_last(tenants):
    taller, salon = tenants["taller"].schema_name, tenants["salon"].schema_name
    note_backup(taller, NOW - 60 * HOUR)
    note_backup(taller, NOW - 4 * HOUR)
    note_backup(taller, NOW - 3 * HOUR, failure="no space")
    note_backup(salon, NOW - 60 * HOUR, failure="no space")
    note_backup(salon, NOW - 5 * HOUR)
    note_backup("t0_gone", NOW - 900 * HOUR)

    assert read().backups == BackupTimes(
        newest_at=NOW - 4 * HOUR + timedelta(minutes=1),
        oldest_at=NOW - 5 * HOUR + timedelta(minutes=1),
        failed=1,
        late=Tenant.objects.count() - 2,
    )


def test_platform_without_any_archive_has_no_times():
    found = read().backups

    assert (found.newest_at, found.oldest_at, found.failed) == (None, None, 0)


def test_business_that_should_be_gone_is_told_though_its_removal_is_neither_late_nor_parked(tenants):
    """A store that is away puts it off by ten minutes, again and again."""
    taller = Tenant.objects.filter(schema_name=tenants["taller"].schema_name)
    found = [read().removal_due_at]
    for days in (29, 32):
        taller.update(status="closed", status_since=NOW - timedelta(days=days))
        found.append(read().removal_due_at)
    begun = Removal.objects.create(
        tenant_id=7001, schema_name="t7001_x", slug="x", closed_at=NOW - timedelta(days=33), began_at=NOW - HOUR
    )
    found.append(read().removal_due_at)
    taller.update(status="active", status_since=None)
    begun.finished_at, begun.backups_gone_at = NOW, NOW + HOUR
    begun.save()

    assert found == [None, None, NOW - timedelta(days=2), NOW - timedelta(days=3)]
    assert read().removal_due_at is None


def count_queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_questions_are_as_many_however_much_there_is(tenants):
    few = count_queries()
    for number in range(30):
        add_work("event", NOW - HOUR, 100 + number)
        add_work("reminder", NOW - HOUR, 200 + number, is_parked=True)
        note_backup(tenants["taller"].schema_name, NOW - number * HOUR)
        SpareSchema.objects.create(schema_name=f"s{number}", state="x", is_ready=True)

    assert (few, count_queries()) == (10, 10)
