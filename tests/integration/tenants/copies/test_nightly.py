"""Every night one archive that was restored for a try; what fails is seen, and the last good one stays."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pyrage
import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from notifications.public.models import Message
from tenants.errors import ArchiveDamaged, CopyDiffers, NoRoom, RetryLater
from tenants.models import Backup, DueWork, Tenant
from tenants.selectors.backups import count_late, find_standing, list_standings
from tenants.services import shelves
from tenants.services.copies import nightly, tables
from tenants.services.copies.nightly import back_up_tonight, plan_backups
from tenants.services.copies.restores import verify
from tenants.services.life_cycle import drop_tenant
from tests.integration.scheduling.changes.conftest import run_in
from tests.integration.scheduling.changes.test_in_flight import wait_for_lock
from tests.integration.tenants.copies.conftest import list_files

NOW = datetime(2026, 11, 26, 8, 40, tzinfo=UTC)


@pytest.fixture
def shelf(settings, tmp_path, folder) -> Path:
    """Where archives are kept."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["backups"]["OPTIONS"]["location"] = str(tmp_path / "shelf")
    settings.BACKUP_WORK = tmp_path / "work"
    settings.BACKUP_KEYS = []
    yield tmp_path / "shelf"
    Backup.objects.all().delete()


@pytest.fixture
def operator(committed) -> User:
    """Somebody who runs the platform, committed; no business has a table that names them."""
    yield User.objects.create(email="night@example.com", role="operator", name="Op")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.accounts_user WHERE email = 'night@example.com'")
    Message.objects.all().delete()


def test_every_business_but_the_example_is_planned(committed, provision, shelf, django_assert_num_queries):
    shown, hidden = provision(), provision()
    Tenant.objects.filter(pk=hidden.id).update(is_example=True)

    with django_assert_num_queries(6):  # who, their rows, who is late; twice
        planned = [plan_backups(now=NOW), plan_backups(now=NOW)]

    rows = DueWork.objects.filter(kind=nightly.DUE_KIND)
    numbers = set(rows.values_list("row_id", flat=True))
    assert planned == [len(numbers)] * 2
    assert (shown.id in numbers, hidden.id in numbers) == (True, False)
    assert set(rows.values_list("schema_name", "lane")) == {("public", "backups")}


def test_archive_is_tried_kept_and_noted(shop, shelf, settings):
    back_up_tonight(shop.info.id, NOW)

    row = Backup.objects.get()
    kept = shelf / row.archive
    assert (
        list_files(shelf)
        == [f"{shop.info.schema_name}/{shop.info.slug}-20261126T084000000000Z.tar.gz"]
        == [row.archive]
    )
    assert (row.schema_name, row.began_at, row.files, row.failure) == (shop.info.schema_name, NOW, 2, "")
    assert (row.bytes, kept.stat().st_mode & 0o777) == (kept.stat().st_size, 0o600)
    assert verify(archive=kept, now=NOW).rows == row.rows
    assert list_files(settings.BACKUP_WORK) == []


def test_second_time_in_a_night_does_nothing(shop, shelf):
    back_up_tonight(shop.info.id, NOW)
    back_up_tonight(shop.info.id, NOW + timedelta(hours=5))
    back_up_tonight(shop.info.id, NOW + timedelta(days=1))

    assert [row.began_at for row in Backup.objects.order_by("began_at")] == [NOW, NOW + timedelta(days=1)]


def test_business_that_is_gone_or_the_example_has_none(changed_shop, shelf):
    Tenant.objects.filter(pk=changed_shop.info.id).update(is_example=True)

    back_up_tonight(changed_shop.info.id, NOW)
    back_up_tonight(0, NOW)

    assert (Backup.objects.count(), list_files(shelf) if shelf.exists() else []) == (0, [])


def test_encrypted_after_the_try(shop, shelf, settings, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(str(identity))
    settings.BACKUP_KEYS = [str(identity.to_public())]

    back_up_tonight(shop.info.id, NOW)

    row = Backup.objects.get()
    assert row.archive.endswith(".tar.gz.age")
    assert (shelf / row.archive).read_bytes().startswith(b"age-encryption.org/v1")
    assert verify(archive=shelf / row.archive, identity=tmp_path / "key", now=NOW).rows == row.rows
    assert list_files(settings.BACKUP_WORK) == []


def test_what_does_not_restore_is_not_kept(shop, shelf, monkeypatch, caplog, settings):
    back_up_tonight(shop.info.id, NOW - timedelta(days=1))
    before = list_files(shelf)
    write = tables.write_table

    def lose_a_row(cursor, schema_name, table, columns, piece):
        write(cursor, schema_name, table, columns, piece)
        if table == "scheduling_bookingline":
            cursor.execute(f'DELETE FROM "{schema_name}".scheduling_bookingline')

    monkeypatch.setattr(tables, "write_table", lose_a_row)
    with caplog.at_level(logging.ERROR), pytest.raises(CopyDiffers):
        back_up_tonight(shop.info.id, NOW)

    failed = Backup.objects.get(began_at=NOW)
    standing = find_standing(shop.info.schema_name, now=NOW)
    assert (list_files(shelf), list_files(settings.BACKUP_WORK)) == (before, [])
    assert (failed.archive, failed.verified_at, "scheduling_bookingline" in failed.failure) == ("", None, True)
    assert (standing.has_failed, standing.failure, standing.is_late) == (True, failed.failure, False)
    assert "backup_failed" in [record.message for record in caplog.records]


def test_full_disk_keeps_the_last_good_one_and_is_told(shop, shelf, monkeypatch):
    back_up_tonight(shop.info.id, NOW - timedelta(days=1))
    before = {name: (shelf / name).read_bytes() for name in list_files(shelf)}

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelves.os, "fsync", fail)
    with pytest.raises(NoRoom, match="space"):
        back_up_tonight(shop.info.id, NOW)

    assert {name: (shelf / name).read_bytes() for name in list_files(shelf)} == before
    assert "space" in find_standing(shop.info.schema_name, now=NOW).failure


def test_other_bytes_on_the_shelf_are_noticed(shop, shelf, monkeypatch):
    move = shelves._move

    def move_and_spoil(source, target):
        move(source, target)
        target.write_bytes(target.read_bytes()[:-1] + b"\x01")

    monkeypatch.setattr(shelves, "_move", move_and_spoil)
    with pytest.raises(ArchiveDamaged):
        back_up_tonight(shop.info.id, NOW)

    assert list_files(shelf) == []


def test_other_stores_are_written_to_and_read_back(shop, shelf, monkeypatch):
    store = InMemoryStorage()
    monkeypatch.setattr(shelves, "_get_storage", lambda: store)

    back_up_tonight(shop.info.id, NOW)

    row = Backup.objects.get()
    assert store.size(row.archive) == row.bytes > 1000
    assert storages["backups"] is not store


def test_somebody_else_who_is_at_it_is_waited_for(shop, shelf):
    from database.locks import KeySpace, _make_number

    number = _make_number(KeySpace.BACKUP, shop.info.schema_name)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        with pytest.raises(RetryLater):
            back_up_tonight(shop.info.id, NOW)
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])  # closing it only hands it back to the pool
        other.close()

    assert Backup.objects.count() == 0


def test_old_archives_go_and_failures_too(shop, shelf):
    (shelf / shop.info.schema_name).mkdir(parents=True)
    for night in range(1, 401):
        at = NOW - timedelta(days=night)
        place = f"{shop.info.schema_name}/{night}"
        (shelf / place).write_bytes(b"old")
        Backup.objects.create(schema_name=shop.info.schema_name, archive=place, began_at=at, verified_at=at)
    Backup.objects.create(schema_name=shop.info.schema_name, began_at=NOW - timedelta(days=36), failure="no")
    Backup.objects.create(schema_name=shop.info.schema_name, began_at=NOW - timedelta(days=3), failure="no")
    Backup.objects.create(schema_name="t0_neighbor", archive="t0_neighbor/1", began_at=NOW, verified_at=NOW)

    back_up_tonight(shop.info.id, NOW)

    mine = Backup.objects.filter(schema_name=shop.info.schema_name)
    assert mine.filter(verified_at__isnull=False).count() == len(list_files(shelf)) == 45
    assert mine.exclude(failure="").count() == 1
    assert Backup.objects.filter(schema_name="t0_neighbor").count() == 1


def test_archive_that_cannot_be_removed_stays_in_the_list(shop, shelf, monkeypatch):
    for hour in range(2):
        at = NOW - timedelta(days=1, hours=hour)
        Backup.objects.create(schema_name=shop.info.schema_name, archive=f"x/{hour}", began_at=at, verified_at=at)

    def fail(place: str) -> None:
        raise NoRoom(why="away")

    monkeypatch.setattr(shelves, "remove", fail)
    back_up_tonight(shop.info.id, NOW)

    assert Backup.objects.count() == 3


def test_work_of_killed_processes_is_cleared_up(shop, shelf, settings):
    import fcntl
    import os

    for name in ("killed", "at-work"):
        (settings.BACKUP_WORK / name).mkdir(parents=True)
    (settings.BACKUP_WORK / "killed" / "plain.tar.gz").touch()
    handle = os.open(settings.BACKUP_WORK / "at-work", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)

    back_up_tonight(shop.info.id, NOW)
    os.close(handle)

    assert [path.name for path in settings.BACKUP_WORK.iterdir()] == ["at-work"]


def test_folder_of_a_copy_that_is_being_made_is_nobody_elses(committed, shelf, settings):
    with shelves.work_folder() as first, shelves.work_folder() as second:
        both = [first.exists(), second.exists(), first != second]

    assert (both, list(settings.BACKUP_WORK.iterdir())) == ([True, True, True], [])


def test_failure_is_not_noted_of_a_business_that_is_removed_meanwhile(provision, shelf, operator, monkeypatch):
    info, is_dropped, is_over = provision(), Event(), Event()

    def drop():
        with transaction.atomic():
            drop_tenant(schema_name=info.schema_name)
            is_dropped.set()
            wait_for_lock(info, is_over)

    def fail(*_, **__):
        is_dropped.wait(30)
        raise NoRoom(why="no space is left")

    monkeypatch.setattr(nightly, "back_up", fail)
    with ThreadPoolExecutor(1) as pool:
        dropping = pool.submit(run_in, info, drop)
        with pytest.raises(NoRoom):
            back_up_tonight(info.id, NOW)
        is_over.set()

    assert dropping.result() is None
    assert list(Backup.objects.filter(schema_name=info.schema_name)) == []
    assert list(Message.objects.filter(to=operator.email)) == []


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("told", {"verified_at": NOW, "failure": "no"}),
        ("told", {"archive": "x"}),
        ("kept_or_failed", {"verified_at": NOW}),
        ("kept_or_failed", {"archive": "x", "failure": "no"}),
        ("counted", {"archive": "x", "verified_at": NOW, "bytes": -1}),
        ("counted", {"archive": "x", "verified_at": NOW, "rows": -1}),
        ("counted", {"archive": "x", "verified_at": NOW, "files": -1}),
        ("whose", {"schema_name": "", "failure": "no"}),
        ("once", {"archive": "there", "verified_at": NOW}),
    ],
)
def test_row_that_cannot_be_is_refused_by_the_table(committed, shelf, constraint, values):
    Backup.objects.create(schema_name="t0_x", archive="there", began_at=NOW, verified_at=NOW)

    with pytest.raises(IntegrityError, match=f"tenants_backup_{constraint}"):
        Backup.objects.create(**{"schema_name": "t0_x", "began_at": NOW} | values)


@pytest.mark.parametrize("count", [1, 3])
def test_standing_of_many_costs_two_queries(provision, shelf, django_assert_num_queries, count):
    names = [provision().schema_name for _ in range(count)]
    for name in names:
        Backup.objects.create(schema_name=name, archive="x", began_at=NOW, verified_at=NOW)

    with django_assert_num_queries(2):
        standings = list_standings(names, now=NOW)

    assert {name: each.verified_at for name, each in standings.items()} == dict.fromkeys(names, NOW)


def test_two_nights_without_one_are_late(changed_shop, shelf):
    Tenant.objects.filter(pk=changed_shop.info.id).update(created_at=NOW - timedelta(days=3))
    name = changed_shop.info.schema_name
    late = [find_standing(name, now=NOW).is_late, count_late(now=NOW)]
    Backup.objects.create(schema_name=name, archive="x", began_at=NOW, verified_at=NOW)

    assert late[0] is True
    assert count_late(now=NOW) == late[1] - 1
    assert find_standing(name, now=NOW).is_late is False
    assert find_standing(name, now=NOW + timedelta(hours=51)).is_late is True


def test_operators_hear_once_a_day_that_archives_fail(shop, shelf, monkeypatch, operator):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelves.os, "fsync", fail)
    for hours in (0, 1, 24):
        with pytest.raises(NoRoom):
            back_up_tonight(shop.info.id, NOW + timedelta(hours=hours))

    mails = list(Message.objects.filter(to=operator.email).order_by("pk").values_list("template", "body_text"))
    assert [template for template, _ in mails] == ["backup_failed", "backup_failed"]
    assert ["no space is left" in text for _, text in mails] == [True, True]
    assert [f"/operator/tenants/{shop.info.schema_name}/" in text for _, text in mails] == [True, True]


def test_operators_hear_of_businesses_without_an_archive(changed_shop, shelf, operator):
    Tenant.objects.filter(pk=changed_shop.info.id).update(created_at=NOW - timedelta(days=9))
    late = count_late(now=NOW)

    plan_backups(now=NOW)
    plan_backups(now=NOW + timedelta(hours=1))

    mails = list(Message.objects.filter(to=operator.email).values_list("template", "subject"))
    assert [template for template, _ in mails] == ["backups_late"]
    assert str(late) in mails[0][1]
