"""What beat asks for: kept, noted, told once a day; old ones go and the last good one stays."""

from __future__ import annotations

import gzip
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, OperationalError

from database.errors import DatabaseAway
from kernel.clock import utc_now
from notifications.public.models import Message
from recovery import tasks
from recovery.engine.wal import name_segment
from recovery.errors import BackupBusy, BackupSpoiled, PlaceRefused, ServerAway
from recovery.models import PlatformBackup
from recovery.selectors import waiting
from recovery.selectors.standing import find_standing
from recovery.services import catalog, keeping, log_archive, objects, server
from recovery.types import PlatformStanding
from tenants.errors import NoRoom
from tests.factories.accounts import make_operator
from tests.integration.recovery.conftest import list_files

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
SEGMENT = "0000000100000000000000"


@pytest.fixture
def operator():
    return make_operator(email="op@example.com", name="Op")


def list_mails() -> list[str]:
    return list(
        Message.objects.filter(template="platform_backup_failed").order_by("pk").values_list("body_text", flat=True)
    )


def test_night_keeps_everything_and_is_not_done_twice(living, settings, store):
    place = Path(settings.STORAGES["files"]["OPTIONS"]["location"]) / "t1" / "logo" / "x"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"picture")

    tasks.back_up(unknown=1)
    tasks.back_up()

    (attempt,) = PlatformBackup.objects.all()
    (base,) = catalog.list_bases()
    assert (attempt.label, attempt.stored_bytes, attempt.failure) == (base.label, base.stored_bytes, "")
    assert str(attempt) == f"{attempt.began_at:%Y-%m-%d %H:%M} {base.label}"
    assert len(list(store.glob("files/contents/*/*"))) == 1
    assert find_standing(now=utc_now()) == PlatformStanding(attempt.began_at, "", is_late=False, is_set_up=True)


def test_nothing_is_done_where_nobody_asked_for_it(settings, store):
    settings.WAL_DIR = None

    tasks.back_up()
    tasks.keep_log()
    tasks.keep_files()

    assert not PlatformBackup.objects.exists()
    assert log_archive.ship() == log_archive.Shipped()
    assert waiting.list_waiting() == []
    log_archive.prepare_folder()
    assert find_standing(now=utc_now()) == PlatformStanding(None, "", is_late=False, is_set_up=False)


def test_failure_is_noted_and_told_once_a_day_and_the_last_good_one_stays(
    living, settings, store, operator, monkeypatch
):
    good = keeping.back_up_now(now=NOW)
    settings.REPLICATION_URL = "postgresql:///?host=/nowhere"

    for hours in (1, 2, 25):
        with pytest.raises(ServerAway):
            keeping.back_up_now(now=NOW + timedelta(hours=hours))

    assert catalog.list_bases() == [good]
    mails = list_mails()
    assert len(mails) == 2
    assert all("PostgreSQL does not answer" in text and "/operator/" in text for text in mails)
    standing = find_standing(now=NOW + timedelta(hours=26))
    assert (standing.made_at, standing.is_late) == (NOW, False)
    assert standing.failure.startswith("PostgreSQL does not answer")
    assert find_standing(now=NOW + timedelta(hours=51)).is_late


def test_defect_is_noted_by_its_kind(living, store, operator, monkeypatch):
    monkeypatch.setattr(keeping.base_backups, "back_up", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        keeping.back_up_now(now=NOW)

    assert PlatformBackup.objects.get().failure == "ZeroDivisionError"
    assert str(PlatformBackup.objects.get()) == "2026-11-26 07:20 ZeroDivisionError"


@pytest.mark.parametrize(("error", "expected"), [(OperationalError, DatabaseAway), (IntegrityError, IntegrityError)])
def test_database_that_is_away_is_said_though_nothing_can_be_noted(store, run, monkeypatch, error, expected):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(keeping.base_backups, "back_up", fail)
    monkeypatch.setattr(PlatformBackup.objects, "create", fail)

    with pytest.raises(expected):
        keeping.back_up_now(now=NOW)


def test_somebody_who_is_at_it_already_is_no_failure(living, store, operator, monkeypatch):
    def refuse(**_):
        raise BackupBusy

    monkeypatch.setattr(keeping.base_backups, "back_up", refuse)
    with pytest.raises(BackupBusy):
        keeping.back_up_now(now=NOW)
    keeping.back_up_tonight(now=NOW)

    assert (PlatformBackup.objects.count(), list_mails()) == (0, [])


def test_past_goes_with_the_log_that_only_it_needed(living, store, monkeypatch):
    old = keeping.back_up_now(now=utc_now() - timedelta(days=40))
    living.write()
    living.hand_on()
    living.write()
    living.hand_on()
    before = set(log_archive.list_stored(old.system))

    new = keeping.back_up_now(now=utc_now())

    assert (new.kind, catalog.list_bases()) == ("full", [new])
    first = name_segment(new.timeline, new.start_lsn, segment_bytes=new.segment_bytes)
    assert min(before) < first == min(log_archive.list_stored(new.system))
    (store / "base" / "20200101T000000000000Z-full").mkdir()
    (store / "base" / "20200101T000000000000Z-full" / "base.tar.gz").write_bytes(b"half")
    keeping.thin_out(now=utc_now())
    assert [path.name for path in (store / "base").iterdir()] == [new.label]


def test_page_that_cannot_be_read_stops_no_thinning_and_is_told_until_its_time_is_over(history, store, operator):
    (store / "base" / history.second.label / catalog.PAGE).write_text("{")

    for _ in range(2):
        keeping.thin_out(now=utc_now())

    (text,) = list_mails()
    assert f"The backup {history.second.label} cannot be restored: its page backup.json cannot be read" in text
    assert len(list((store / "base").iterdir())) == 2
    keeping.thin_out(now=utc_now() + timedelta(days=34))
    assert [path.name for path in (store / "base").iterdir()] == [history.full.label]


def test_page_that_cannot_be_read_stays_where_there_is_nothing_else(base, store, operator):
    (store / "base" / base.label / catalog.PAGE).write_text("{")

    keeping.thin_out(now=utc_now() + timedelta(days=400))

    assert len(list_mails()) == 1
    assert [path.name for path in (store / "base").iterdir()] == [base.label]


def make_segment(folder: Path, name: str, *, system: int = 7, age_seconds: float = 0) -> Path:
    """A file of a log with the header of one."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(log_archive._LONG_HEADER.pack(1, 2, 1, 0, 0, system, 1 << 24, 8192) + name.encode())
    at = time.time() - age_seconds
    os.utime(path, (at, at))
    return path


def test_log_goes_into_the_store_under_its_cluster(settings, store):
    spool = settings.WAL_DIR
    make_segment(spool, f"{SEGMENT}01")
    make_segment(spool, f"{SEGMENT}02", system=8)
    (spool / "00000002.history").write_text("1\t0/1\tno recovery target specified\n")
    (spool / f"{SEGMENT}01.00000028.backup").write_text("START")
    make_segment(spool, f"{SEGMENT}04.partial")
    (spool / f".{SEGMENT}03").write_text("half")

    shipped = log_archive.ship()

    assert shipped.files == 3
    assert [path.name for path in spool.iterdir()] == [f".{SEGMENT}03"]
    assert set(log_archive.list_stored("7")) == {f"{SEGMENT}01"}
    assert set(log_archive.list_stored("8")) == {"00000002.history", f"{SEGMENT}02"}
    assert log_archive.list_stored("9") == {}
    (object_,) = (store / "wal" / "7").iterdir()
    assert gzip.decompress(object_.read_bytes()).endswith(f"{SEGMENT}01".encode())
    assert log_archive.ship() == log_archive.Shipped()


def test_log_of_a_cluster_without_backups_goes_once_it_is_old(settings, store):
    make_segment(settings.WAL_DIR, f"{SEGMENT}01", age_seconds=34 * 24 * 3600)
    make_segment(settings.WAL_DIR, f"{SEGMENT}02", age_seconds=33 * 24 * 3600)
    log_archive.ship()

    assert log_archive.remove_past([], now=utc_now()) == 1

    assert set(log_archive.list_stored("7")) == {f"{SEGMENT}02"}


def test_log_that_waits_goes_into_the_store_before_a_restore_also_without_the_server(settings, store, run, monkeypatch):
    def away(*_):
        raise OperationalError

    nothing = log_archive.ship_before_restoring()
    monkeypatch.setattr(log_archive, "try_lock_platform", away)
    make_segment(settings.WAL_DIR, f"{SEGMENT}01")

    with pytest.raises(CommandError, match="There is no backup of the platform"):
        run("restore_platform", "--to", settings.WAL_DIR / "second")

    assert nothing == log_archive.Shipped()
    assert (set(log_archive.list_stored("7")), list_files(settings.WAL_DIR)) == ({f"{SEGMENT}01"}, [])


def test_log_that_cannot_be_kept_keeps_nobody_from_restoring(living, settings, store, run, tmp_path):
    keeping.back_up_now(now=utc_now())
    settings.WAL_DIR = tmp_path / "spool"
    make_segment(settings.WAL_DIR, f"{SEGMENT}01").write_bytes(b"short")

    lines = run("restore_platform", "--to", tmp_path / "second")

    assert lines[0].startswith("what waits in the folder of the log is not restored: ")
    assert lines[-1] == str(tmp_path / "second" / "data")


def test_history_alone_waits_for_its_first_segment(settings, store):
    settings.WAL_DIR.mkdir()
    (settings.WAL_DIR / "00000002.history").write_text("1\t0/1\tx\n")

    assert log_archive.ship() == log_archive.Shipped()
    assert list_files(settings.WAL_DIR) == ["00000002.history"]


def test_what_is_no_segment_is_refused_and_stays(settings, store):
    path = make_segment(settings.WAL_DIR, f"{SEGMENT}01")
    path.write_bytes(b"short")

    with pytest.raises(BackupSpoiled, match="it is no segment of a log"):
        log_archive.ship()

    assert path.exists()


def test_log_that_postgresql_needs_itself_is_never_emptied(living, settings, store, tmp_path):
    elsewhere = tmp_path / "moved"
    (elsewhere / "archive_status").mkdir(parents=True)
    make_segment(elsewhere, f"{SEGMENT}01")
    before = list_files(living.data / "pg_wal")

    for folder in (living.data / "pg_wal", elsewhere):
        settings.WAL_DIR = folder
        with pytest.raises(PlaceRefused):
            log_archive.ship()

    assert list_files(living.data / "pg_wal") == before
    assert list_files(elsewhere) == [f"{SEGMENT}01"]


def test_same_segment_twice_counts_once(settings, store):
    make_segment(settings.WAL_DIR, f"{SEGMENT}01", age_seconds=100)
    log_archive.ship()
    make_segment(settings.WAL_DIR, f"{SEGMENT}01")
    log_archive.ship()

    (stored,) = log_archive.list_stored("7").values()
    assert utc_now() - stored.handed_at > timedelta(seconds=90)
    assert len(list((store / "wal" / "7").iterdir())) == 2


def test_store_that_is_full_leaves_the_log_where_it_is_and_operators_hear_after_a_while(
    settings, store, operator, monkeypatch
):
    def fail(*_):
        raise NoRoom(why="full")

    monkeypatch.setattr(objects, "keep", fail)
    path = make_segment(settings.WAL_DIR, f"{SEGMENT}01", age_seconds=60)
    with pytest.raises(NoRoom):
        keeping.keep_log(now=utc_now())
    assert (path.exists(), list_mails()) == (True, [])

    make_segment(settings.WAL_DIR, f"{SEGMENT}01", age_seconds=1000)
    for _ in range(2):
        with pytest.raises(NoRoom):
            keeping.keep_log(now=utc_now())

    (text,) = list_mails()
    assert "the log is not kept: The archive could not be written: full" in text


def test_log_that_waits_is_told_wherever_it_lies(living, monkeypatch):
    hour, away = timedelta(hours=1), living.spool.with_name("away")
    unkept = waiting.find_log_wait(now=utc_now())
    monkeypatch.setattr(waiting, "connection", living.connection)
    living.write()
    living.hand_on()
    waits = [waiting.find_log_wait(now=utc_now() + hour)]
    living.spool.rename(away)
    try:
        living.write()
        living.run("SELECT pg_switch_wal()")
        living.write()
        waits.append(waiting.find_log_wait(now=utc_now() + hour))
    finally:
        away.rename(living.spool)
    living.hand_on()
    waits.append(waiting.find_log_wait(now=utc_now() + hour))
    path = make_segment(living.spool, f"{SEGMENT}01", age_seconds=3600)
    waits.append(waiting.find_log_wait(now=utc_now() + hour))
    path.unlink()

    assert unkept is None
    assert [wait // hour for wait in waits] == [0, 1, 0, 2]
    assert waits[0] == waits[2] == timedelta()


def test_one_trouble_of_a_day_hides_no_other(living, operator, monkeypatch):
    PlatformBackup.objects.create(began_at=utc_now() - timedelta(hours=51), failure="once")
    tasks.keep_log()
    monkeypatch.setattr(server, "find_archive_failure", utc_now)
    tasks.keep_log()
    tasks.keep_log()

    late, not_handed_on = list_mails()
    assert "no good backup for two nights" in late
    assert "archive_command fails" in not_handed_on


def test_archive_command_that_fails_and_nights_without_a_backup_are_told(living, operator, monkeypatch):
    assert server.find_archive_failure() is None
    monkeypatch.setattr(server, "find_archive_failure", utc_now)
    tasks.keep_log()
    (text,) = list_mails()
    assert "archive_command fails" in text

    Message.objects.all().delete()
    monkeypatch.undo()
    tasks.keep_log()
    assert list_mails() == []
    PlatformBackup.objects.create(began_at=utc_now() - timedelta(hours=51), failure="once")
    tasks.keep_log()
    (text,) = list_mails()
    assert "no good backup for two nights" in text


def test_commands_say_what_came(living, store, run, tmp_path):
    living.write(3)
    lines = run("backup_platform", "--full")
    (base,) = catalog.list_bases()
    assert lines[-1] == base.label
    assert lines[0].startswith(
        f"full: {base.files} files, {base.raw_bytes} bytes, {base.stored_bytes} in the store; from "
    )

    lines = run("restore_platform", "--to", tmp_path / "second")
    assert lines[-1] == str(tmp_path / "second" / "data")
    assert lines[0].startswith(f"made of {base.label}, ")
    assert any(line.startswith("the server needs max_connections = ") for line in lines)
    assert lines[-2] == "once it answers, before anybody is let in: manage erase_again"

    with pytest.raises(CommandError, match="it is not an empty folder"):
        run("restore_platform", "--to", tmp_path / "second")


def test_commands_say_what_did_not(settings, store, run, tmp_path):
    with pytest.raises(CommandError, match="PostgreSQL does not answer"):
        run("backup_platform")
    with pytest.raises(CommandError, match="There is no backup of the platform"):
        run("restore_platform", "--to", tmp_path / "second")
    with pytest.raises(CommandError, match="PostgreSQL does not answer"):
        run("restore_drill")
