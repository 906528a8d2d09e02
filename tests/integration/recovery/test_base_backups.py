"""Taking base backups: what is kept, what is refused, and that nothing half is left."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from database.locks import KeySpace, try_lock_platform
from kernel.clock import utc_now
from recovery.engine import manifests
from recovery.engine.bases import Kind
from recovery.errors import BackupBusy, BackupSpoiled, PlaceRefused, ProgramFailed, ServerAway, ServerUnready
from recovery.services import base_backups, catalog, objects, programs, server
from tenants.errors import KeyInvalid, NoRoom
from tenants.services import shelves
from tests.integration.recovery.conftest import find_object, list_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def change_facts(monkeypatch):
    """Let the server say something else of itself."""

    def change(**changes: object) -> None:
        facts = replace(server.ask(), **changes)
        monkeypatch.setattr(server, "ask", lambda: facts)

    return change


def test_first_is_full_and_the_next_builds_on_it(living, store, take):
    living.write(10_000)
    full = take()
    living.write(10)
    second = take()
    third = take()

    assert [each.kind for each in (full, second, third)] == [Kind.FULL, Kind.INCREMENTAL, Kind.INCREMENTAL]
    assert (second.parent, third.parent) == (full.label, second.label)
    assert second.stored_bytes < full.stored_bytes // 5
    assert catalog.list_bases() == [full, second, third]
    assert list_files(store / "base" / full.label) == ["backup.json", "base.tar.gz", "manifest.gz"]
    assert {path.stat().st_mode & 0o777 for path in store.rglob("*") if path.is_file()} == {0o600}
    assert (full.notes, second.notes) == ((), ())


def test_full_and_incremental_can_be_asked_for(living, take):
    with pytest.raises(ServerUnready, match="no backup that an incremental one could build on"):
        take(kind=Kind.INCREMENTAL)
    take()

    assert take(kind=Kind.FULL).kind == Kind.FULL
    assert take(kind=Kind.INCREMENTAL).kind == Kind.INCREMENTAL


def test_server_as_it_comes_says_so(settings):
    here = connection.settings_dict
    settings.REPLICATION_URL = make_conninfo(
        host=here["HOST"], port=here["PORT"], user=here["USER"], dbname=here["NAME"]
    )
    facts = server.ask()

    assert (facts.archives, facts.summarizes, facts.segment_bytes) == (False, False, 16 << 20)
    assert facts.database == connection.settings_dict["NAME"]


def test_server_as_it_comes_has_full_ones_with_a_note(living, change_facts, take):
    change_facts(archives=False, summarizes=False)

    first, second = take(), take()

    assert (first.kind, second.kind) == (Kind.FULL, Kind.FULL)
    assert second.notes == (
        "full, because summarize_wal is off, so that the server does not know what changed",
        "archive_mode is off: what happened after the last backup is lost with the machine",
    )
    with pytest.raises(ServerUnready, match="summarize_wal is off"):
        take(kind=Kind.INCREMENTAL)


def test_incremental_that_cannot_be_is_a_full_one(living, store, take):
    full = take()
    page = store / "base" / full.label / "manifest.gz"
    with objects.writing(page.with_name("other"), ()) as sink:
        sink.write(b"{}")
    page.with_name("other").replace(page)

    made = take()

    assert made.kind == Kind.FULL
    assert made.notes[0].startswith("full, because an incremental one failed: ")
    with pytest.raises(ProgramFailed, match="pg_basebackup failed"):
        base_backups._make(server.ask(), full, make_folder(store), utc_now(), [])


@pytest.mark.parametrize("spoil", [Path.unlink, lambda page: page.write_bytes(b"no")])
def test_backup_whose_list_is_spoiled_is_followed_by_a_full_one(living, store, take, spoil):
    full = take()
    spoil(store / "base" / full.label / "manifest.gz")

    made = take()

    assert made.kind == Kind.FULL
    assert made.notes[0].startswith("full, because an incremental one failed: The backup base/")


def make_folder(store: Path) -> Path:
    folder = store.parent / "folder"
    folder.mkdir()
    return folder


def test_backup_of_another_cluster_is_not_built_on(living, change_facts, take):
    take()
    change_facts(system="7")

    assert take().kind == Kind.FULL


def test_encrypted_when_somebody_holds_a_key(living, settings, store, take):
    settings.BACKUP_KEYS = [str(pyrage.x25519.Identity.generate().to_public())]

    made, again = take(), take()

    assert made.is_encrypted
    assert find_object(store, made).read_bytes().startswith(b"age-encryption.org/v1")
    assert again.kind == Kind.INCREMENTAL


def test_key_that_is_none_is_refused_before_anything_is_written(living, settings, store, take):
    settings.BACKUP_KEYS = ["age1nobody"]

    with pytest.raises(KeyInvalid):
        take()

    assert list_files(store) == []


def test_one_at_a_time(living, store, take, monkeypatch):
    with try_lock_platform(KeySpace.PLATFORM_BACKUP):
        pass
    monkeypatch.setattr(base_backups, "try_lock_platform", lambda _: _Taken())

    with pytest.raises(BackupBusy):
        take()


class _Taken:
    def __enter__(self) -> bool:
        return False

    def __exit__(self, *_: object) -> None:
        return None


def test_role_that_may_not_replicate_is_told_what_to_do(living, settings, store, take):
    settings.REPLICATION_URL = living.url.replace("//postgres@", "//turnero@")
    assert take().kind == Kind.FULL
    living.run("ALTER ROLE turnero NOREPLICATION")

    with pytest.raises(ServerUnready, match=r"may not replicate \(ALTER ROLE … REPLICATION\)"):
        take()


def test_server_that_is_away_is_said(store, take):
    with pytest.raises(ServerAway, match="does not answer"):
        take()


@pytest.mark.parametrize("name", ["backups", "work"])
def test_nothing_is_put_into_a_data_directory(living, settings, store, take, name):
    if name == "work":
        settings.BACKUP_WORK = living.data / "base" / "work"
    else:
        settings.STORAGES["backups"]["OPTIONS"]["location"] = str(living.data / "store")

    with pytest.raises(PlaceRefused, match="lies in the data directory"):
        take()

    assert not (living.data / "store").exists()
    assert not (living.data / "base" / "work").exists()


def test_disk_without_room_is_found_out_first(living, store, take, monkeypatch):
    monkeypatch.setattr(objects, "disk_usage", lambda _: type("Usage", (), {"free": 1_000_000})())

    with pytest.raises(NoRoom, match="1 MB left and"):
        take()

    assert list_files(store) == []


def test_disk_that_fills_up_midway_leaves_nothing_and_the_last_good_one(living, settings, store, take, monkeypatch):
    good = take()
    before = list_files(store)

    class Full(base_backups._Tee):
        def read(self, size: int) -> bytes:
            if self.count > 1_000_000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().read(size)

    monkeypatch.setattr(base_backups, "_Tee", Full)
    with pytest.raises(NoRoom, match="No space left on device"):
        take(kind=Kind.FULL)

    assert (list_files(store), catalog.list_bases()) == (before, [good])
    assert list_files(settings.BACKUP_WORK) == []


def test_archive_of_a_business_that_is_made_meanwhile_leaves_the_backup_alone(living, take, monkeypatch):
    stream = base_backups._take

    def take_beside_an_archive(*args):
        taken = stream(*args)
        with shelves.work_folder():
            pass
        return taken

    monkeypatch.setattr(base_backups, "_take", take_beside_an_archive)

    made = take(kind=Kind.FULL)

    assert catalog.list_bases() == [made]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_store_that_goes_away_midway_leaves_nothing_that_counts(living, store, take, monkeypatch, step):
    good = take()
    kept = objects.keep
    calls = []

    def fail(source, place):
        calls.append(place)
        if len(calls) == step:
            raise NoRoom(why="gone")
        kept(source, place)

    monkeypatch.setattr(objects, "keep", fail)
    with pytest.raises(NoRoom):
        take()
    monkeypatch.undo()

    assert catalog.list_bases() == [good]
    assert catalog.read_catalog().unfinished == []


def test_what_came_otherwise_than_it_was_sent_is_not_kept(living, store, take, monkeypatch):
    summed = base_backups._sum

    def spoil(piece):
        found = summed(piece)
        return manifests.File(found.bytes, found.sha256[::-1]) if found.bytes == len("18\n") else found

    monkeypatch.setattr(base_backups, "_sum", spoil)
    with pytest.raises(BackupSpoiled, match="PG_VERSION is not as it was"):
        take()

    assert list_files(store) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "pg_basebackup failed: it is not in "),
        ("echo 'pg_basebackup (PostgreSQL) 15.14'", "is of PostgreSQL 15, the server of 18"),
        ("echo what", "is of PostgreSQL an unknown version"),
        ("exit 3", "it said nothing"),
        (
            "case $1 in --version) echo 'x (PostgreSQL) 18.1';; *) echo 'FATAL: no more room' >&2; exit 1;; esac",
            "no more",
        ),
        ("case $1 in --version) echo 'x (PostgreSQL) 18.1';; *) exit 0;; esac", "it has no list of what is in it"),
        (
            "case $1 in --version) echo 'x (PostgreSQL) 18.1';; *) echo half; echo 'error: cut' >&2; exit 1;; esac",
            "error: cut",
        ),
    ],
)
def test_program_that_is_missing_other_or_broken_is_said(living, settings, store, tmp_path, take, script, words):
    folder = tmp_path / "bin"
    folder.mkdir()
    settings.POSTGRES_BIN = str(folder)
    if script is not None:
        (folder / "pg_basebackup").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "pg_basebackup").chmod(0o755)

    with pytest.raises((ProgramFailed, BackupSpoiled), match=words.replace("(", r"\(")):
        take()

    assert list_files(store) == []


def test_page_that_cannot_be_read_is_named(living, store, take):
    made = take()
    page = store / "base" / made.label / "backup.json"
    for content in ("", "{}", "[]", json.dumps({**json.loads(page.read_text()), "format": 99})):
        page.write_text(content)

        with pytest.raises(BackupSpoiled, match=made.label):
            catalog.list_bases()

    (note,) = take().notes
    assert note == (
        f"full, because the list of backups cannot be read: The backup {made.label} cannot be restored: "
        "another version of Turnero made it"
    )


def test_folder_without_its_page_is_no_backup(living, store, take):
    made = take()
    (store / "base" / made.label / "backup.json").unlink()

    assert catalog.list_bases() == []
    assert catalog.read_catalog().unfinished == [made.label]
    assert take().kind == Kind.FULL


def test_password_is_in_no_list_of_processes():
    address, password = programs.split_password("postgresql://u:secret@h:5/d")

    assert (sorted(address.split()), password) == (["dbname=d", "host=h", "port=5", "user=u"], "secret")
    assert programs.make_environment(password=password)["PGPASSWORD"] == "secret"
    assert "PGPASSWORD" not in programs.make_environment()


def test_backup_says_from_when_on_it_counts(living, take):
    before = utc_now()
    made = take()

    assert before <= made.began_at <= made.end_at <= utc_now()
    assert made.end_at - made.began_at < timedelta(minutes=5)
    assert made.start_lsn < made.end_lsn
    assert made.raw_bytes > made.stored_bytes > 0
    assert set(made.settings) == set(server.REPLAYED)
