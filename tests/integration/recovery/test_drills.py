"""A drill compares the living server with what the store alone gives back, and measures."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyrage
import pytest
from django.core.management import CommandError

from kernel.clock import utc_now
from recovery.errors import ServerUnready
from recovery.management.commands.restore_drill import describe
from recovery.services import counting, drills, keeping, log_archive, pictures
from recovery.types import DrillDone

pytestmark = pytest.mark.django_db
KEY = UUID("0198c0de-0000-7000-8000-000000000001")


def add_picture(living, settings, content: bytes = b"picture", *, said: bytes = b"picture") -> Path:
    """A file of a business, and the row that names it."""
    living.run("CREATE SCHEMA IF NOT EXISTS t1")
    living.run("CREATE TABLE IF NOT EXISTS t1.files_storedfile (key uuid, kind text, state text, renditions jsonb)")
    living.run("TRUNCATE t1.files_storedfile")
    renditions = f'[{{"name": "480.webp", "sha256": "{hashlib.sha256(said).hexdigest()}"}}]'
    living.run(f"INSERT INTO t1.files_storedfile VALUES ('{KEY}', 'logo', 'ready', '{renditions}')")
    place = Path(settings.STORAGES["files"]["OPTIONS"]["location"]) / "t1" / "logo" / f"{KEY}-480.webp"
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    return place


def test_drill_gives_everything_back_and_leaves_nothing(living, settings, tmp_path, run):
    identity = pyrage.x25519.Identity.generate()
    settings.BACKUP_KEYS = [str(identity.to_public())]
    (tmp_path / "key").write_text(str(identity))
    (tmp_path / "room").mkdir()
    add_picture(living, settings)
    living.write(100)
    keeping.back_up_now(now=utc_now())
    living.write(20)
    keeping.back_up_now(now=utc_now())
    living.write(3)

    lines = run("restore_drill", "--identity", tmp_path / "key", "--in", tmp_path / "room")

    text = "\n".join(lines)
    assert "124 rows in 2 tables" in text
    assert "2 tables have the same count, 0 were written to meanwhile and lie between, 0 differ" in text
    assert "1 of businesses, 0 missing or changed" in text
    assert [line.split()[0] for line in lines if line[:1] != " "] == [
        "target", "RPO", "RTO", "size", "counted", "compared", "files",
    ]  # fmt: skip
    assert list((tmp_path / "room").iterdir()) == []
    living.run("DROP SCHEMA t1 CASCADE")


def test_file_that_is_not_as_its_row_says_ends_with_an_error(living, settings, run):
    add_picture(living, settings, said=b"another")
    keeping.back_up_now(now=utc_now())

    with pytest.raises(CommandError, match="What was restored is not what there was"):
        run("restore_drill")
    living.run("DROP SCHEMA t1 CASCADE")


def test_counting_locks_the_tables_of_one_business_at_a_time(living, monkeypatch):
    for schema in ("t1", "t2"):
        living.run(f"CREATE SCHEMA {schema}")
        living.run(f"CREATE TABLE {schema}.one AS SELECT generate_series(1, 3)")
        living.run(f"CREATE TABLE {schema}.two (id bigint)")
    locked = []
    count = counting._count

    def look(connection, schema, table):
        rows = count(connection, schema, table)
        found = connection.execute(
            "SELECT DISTINCT n.nspname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = pg_backend_pid() AND n.nspname !~ '^pg_'"
        )
        locked.append((schema, [name for (name,) in found]))
        return rows

    monkeypatch.setattr(counting, "_count", look)

    found = counting.count_rows(living.connection)

    assert found == {"public.written": 0, "t1.one": 3, "t1.two": 0, "t2.one": 3, "t2.two": 0}
    assert locked == [(schema, [schema]) for schema in ("public", "t1", "t1", "t2", "t2")]
    for schema in ("t1", "t2"):
        living.run(f"DROP SCHEMA {schema} CASCADE")


def test_earlier_instant_is_counted_and_not_compared(living, run, take):
    take()
    target = living.write(5)
    living.write(5)
    living.hand_on()

    lines = run("restore_drill", "--at", target.isoformat())

    assert [line for line in lines if line.startswith("counted")] == ["counted   5 rows in 1 tables"]
    assert [line for line in lines if line.startswith("compared")] == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-26T09:00:00", "has no offset"),
        ("yesterday", "is no instant"),
        ("2001-01-01T00:00:00Z", "reaches back"),
    ],
)
def test_instant_that_cannot_be_is_said(living, run, take, at, words):
    take()

    with pytest.raises(CommandError, match=words):
        run("restore_drill", "--at", at)


def test_log_that_does_not_come_is_said(living, settings, take, tmp_path, monkeypatch):
    take()
    settings.WAL_DIR = tmp_path / "elsewhere"
    monkeypatch.setattr(drills, "PATIENCE_SECONDS", 0.1)

    with pytest.raises(ServerUnready, match="does archive_command work, and write there"):
        drills.drill(target=None, folder=None, identity=None, now=utc_now())


def test_folder_that_is_none_or_of_a_server_is_refused(living, run, tmp_path):
    for folder, words in ((tmp_path / "none", "it is no folder"), (living.data / "base", "lies in the data directory")):
        with pytest.raises(CommandError, match=words):
            run("restore_drill", "--in", folder)


def test_server_without_an_archive_is_refused(living, take, monkeypatch):
    take()
    facts = drills.server.ask()
    monkeypatch.setattr(drills.server, "ask", lambda: replace(facts, archives=False))

    with pytest.raises(ServerUnready, match="archive_mode is off"):
        drills.drill(target=None, folder=None, identity=None, now=utc_now())


def test_role_that_may_not_switch_is_told_what_to_do(living, settings, take):
    living.run("REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM turnero")
    settings.REPLICATION_URL = living.url.replace("//postgres@", "//turnero@")

    with pytest.raises(ServerUnready, match=r"GRANT EXECUTE ON FUNCTION pg_switch_wal"):
        drills.drill(target=None, folder=None, identity=None, now=utc_now())


def test_nothing_in_the_store_means_all_would_have_been_lost(living):
    assert drills.measure_loss(drills.server.ask(), now=utc_now()) is None


def test_loss_is_counted_from_what_came_last(living, take):
    made = take()
    facts = drills.server.ask()
    assert drills.measure_loss(facts, now=made.end_at + timedelta(seconds=9)) == 9

    living.write()
    living.hand_on()

    last = max(each.handed_at for each in log_archive.list_stored(facts.system).values())
    assert drills.measure_loss(facts, now=last + timedelta(hours=1)) <= 3600


def test_difference_is_named():
    done = DrillDone(
        target=datetime(2026, 11, 26, 9, tzinfo=UTC),
        reached=None,
        lost_seconds=None,
        ready_seconds=3.21,
        steps={"replay": 1.0},
        tables=3,
        rows=9,
        equal=1,
        between=1,
        different={"t1.booking": (5, 6, 4), "t1.gone": (1, 1, -1)},
        pictures=2,
        spoiled=("t1/logo/x",),
        raw_bytes=2_000_000,
        stored_bytes=500_000,
        data_bytes=1_000_000,
        bases=1,
        segments=2,
    )

    lines = describe(done)
    assert lines[0] == "target    2026-11-26 09:00:00.000000 UTC, last commit replayed nothing after the backup"
    assert lines[1].startswith("RPO       everything: nothing was in the store (")
    assert lines[2:4] == ["RTO       3.2 s (from the store alone to a server that answers)", "          1.0 s replay"]
    assert "2.0 MB in one base backup, 0.5 MB in the store (0.50 of the data), 2 segments of log" in lines[4]
    assert lines[5:] == [
        "counted   9 rows in 3 tables",
        "compared  1 tables have the same count, 1 were written to meanwhile and lie between, 2 differ",
        "          t1.booking: 5 to 6 rows, restored 4",
        "          t1.gone: 1 to 1 rows, restored none",
        "files     2 of businesses, 1 missing or changed",
        "          t1/logo/x",
    ]


def test_files_in_a_bucket_are_left_to_the_bucket(settings, store):
    settings.STORAGES["files"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}

    assert pictures.are_ours() is False
    assert pictures.mirror(now=utc_now()) == pictures.Mirrored(0, 0, is_folder=False)
