"""Any instant on a second server, and everything that keeps one from being reached."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from kernel.clock import utc_now
from recovery.errors import BackupSpoiled, LogGap, NoBackup, PlaceRefused, ProgramFailed, StoreAway, TargetUnreachable
from recovery.services import catalog, counting, drills, log_archive, objects, restoring, second_server, server
from tenants.errors import IdentityNeeded, IdentityWrong, NoRoom
from tests.integration.recovery.conftest import find_object, list_files

pytestmark = pytest.mark.django_db


def restore(to: Path, target=None, identity=None):
    return restoring.restore(to=to, target=target, identity=identity, now=utc_now())


def count(restored, living) -> int:
    """How many rows the table has on a second server."""
    with (
        second_server.running(restored, like=living.url, database="turnero") as address,
        server.connected(address) as connection,
    ):
        return counting.count_rows(connection)["public.written"]


def test_point_in_time_of_a_chain(living, history, tmp_path):
    restored = restore(tmp_path / "second", history.late)

    assert count(restored, living) == 155
    assert restored.bases == (history.full, history.second)
    assert sorted(path.name for path in (tmp_path / "second").iterdir()) == ["data", "files", "wal"]


def test_end_of_the_log(living, history, tmp_path):
    assert count(restore(tmp_path / "second"), living) == 160


def test_earlier_instant_uses_the_backup_before_it_and_no_more_log_than_it_needs(living, history, tmp_path):
    restored = restore(tmp_path / "second", history.early)

    assert restored.bases == (history.full,)
    assert restored.segments < len(log_archive.list_stored(history.full.system)) - 2
    assert count(restored, living) == 120


def test_instant_between_the_last_commit_and_the_next_backup_is_reached(living, take, tmp_path):
    full = take()
    living.write(7)
    living.run("SELECT pg_current_xact_id()")
    quiet = living.run("SELECT clock_timestamp()")
    take()
    living.write(5)
    living.hand_on()

    restored = restore(tmp_path / "second", quiet)

    assert (restored.bases, count(restored, living)) == ((full,), 7)


def test_encrypted_needs_the_key(living, settings, take, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    settings.BACKUP_KEYS = [str(identity.to_public())]
    (tmp_path / "key").write_text(str(identity))
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))
    take()
    living.write()
    living.hand_on()

    with pytest.raises(IdentityNeeded):
        restore(tmp_path / "second")
    with pytest.raises(IdentityWrong):
        restore(tmp_path / "second", identity=tmp_path / "other")
    assert not (tmp_path / "second").exists()

    assert restore(tmp_path / "second", identity=tmp_path / "key").segments >= 1


def test_nothing_in_the_store_is_said(store, tmp_path):
    with pytest.raises(NoBackup, match="the store holds none"):
        restore(tmp_path / "second")


def test_instant_before_the_first_backup_or_to_come_is_refused(history, tmp_path):
    first = history.full.end_at + timedelta(seconds=1)

    with pytest.raises(TargetUnreachable, match=f"reaches back to {first:{restoring.WRITTEN}}"):
        restore(tmp_path / "second", history.full.began_at)
    with pytest.raises(TargetUnreachable, match="has not come yet"):
        restore(tmp_path / "second", utc_now() + timedelta(hours=1))

    assert not (tmp_path / "second").exists()


def test_log_that_ends_before_the_instant_is_said(living, history, tmp_path):
    restored = restore(tmp_path / "second", utc_now())

    with pytest.raises(TargetUnreachable, match="the log in the store ends before it"):
        count(restored, living)


def test_gap_in_the_log_is_named_with_what_can_be_reached(history, store, tmp_path):
    stored = sorted((store / "wal" / history.full.system).iterdir())
    stored[-2].unlink()
    missing = stored[-2].name.partition("-")[0]

    for target in (None, utc_now()):
        with pytest.raises(LogGap, match=f"{missing} is not in the store. Nothing past "):
            restore(tmp_path / "second", target)

    assert not (tmp_path / "second").exists()


def test_gap_after_the_instant_does_not_matter(living, history, store, tmp_path):
    stored = sorted((store / "wal" / history.full.system).iterdir())
    # Handed on two seconds later than it was: names have whole seconds.
    last = stored[-4]
    name, at = last.name.partition("-")[0], history.late + timedelta(seconds=2)
    last.rename(last.with_name(f"{name}-{at:{log_archive.STAMP}}.gz"))
    stored[-3].unlink()

    restored = restore(tmp_path / "second", history.late)

    assert list_files(restored.wal)[-1] == name
    assert count(restored, living) == 155


@pytest.fixture
def restored_later(history, tmp_path):
    """The server was once restored as it was before the second backup, and went on from there."""

    def begin(*, at, content=None):
        place = (history.full.end_lsn + history.second.start_lsn) // 2
        text = content or f"1\t{place >> 32:X}/{place & 0xFFFFFFFF:X}\tbefore 2026-11-26\n"
        (tmp_path / "history").write_bytes(gzip.compress(text.encode()))
        objects.keep(tmp_path / "history", f"wal/{history.full.system}/00000002.history-{at:{log_archive.STAMP}}.gz")

    return begin


def test_instant_before_a_restore_is_of_what_was_living_then(living, history, restored_later, tmp_path):
    """And goes on under a number of its own: else two logs would have the same names in the store."""
    restored_later(at=history.late + timedelta(seconds=2))

    restored = restore(tmp_path / "second", history.late)

    assert restored.bases == (history.full, history.second)
    with (
        second_server.running(restored, like=living.url, database="turnero") as address,
        server.connected(address) as connection,
    ):
        ((segment,),) = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchall()
        assert (segment[:8], counting.count_rows(connection)["public.written"]) == ("00000003", 155)


def test_instant_after_a_restore_has_no_backup_of_what_was_given_up(history, restored_later, tmp_path):
    restored_later(at=history.second.end_at)

    restored = restore(tmp_path / "second", history.late)

    assert restored.bases == (history.full,)
    assert list_files(restored.wal)[-1] == "00000002.history"


def test_history_that_is_none_is_refused(history, restored_later, tmp_path):
    restored_later(at=history.second.end_at, content="no history\n")

    with pytest.raises(BackupSpoiled, match=r"00000002\.history cannot be restored: it is no history of a timeline"):
        restore(tmp_path / "second")


def test_lost_beginning_of_a_chain_is_named(history, tmp_path):
    objects.remove_folder(f"base/{history.full.label}")

    with pytest.raises(BackupSpoiled, match=f"builds on {history.full.label}, which is not in the store"):
        restore(tmp_path / "second")


def test_chain_without_its_beginning_is_passed_over_for_the_one_before(history):
    later = history.second.end_at + timedelta(seconds=1)
    orphan = replace(history.second, label="later", parent="gone", end_at=later)

    chain = restoring.choose_chain([history.full, history.second, orphan], target=None, now=utc_now())

    assert chain == (history.full, history.second)


def test_page_that_cannot_be_read_is_passed_over_for_the_backup_before(living, history, store, tmp_path):
    (store / "base" / history.second.label / catalog.PAGE).write_text("{")

    restored = restore(tmp_path / "second", history.late)

    assert (restored.bases, count(restored, living)) == ((history.full,), 155)
    (words,) = restored.passed_over
    assert words.startswith(f"The backup {history.second.label} cannot be restored: its page backup.json")
    assert drills.measure_loss(server.ask(), now=utc_now()) is not None


def test_store_with_nothing_but_a_page_that_cannot_be_read_names_it(base, store, tmp_path):
    (store / "base" / base.label / catalog.PAGE).write_text("{")

    with pytest.raises(BackupSpoiled, match=f"The backup {base.label} cannot be restored: its page"):
        restore(tmp_path / "second")


def test_flipped_byte_anywhere_is_noticed(base, store, tmp_path):
    place = find_object(store, base)
    content = place.read_bytes()

    for part in (0.001, 0.2, 0.5, 0.8, 0.999):
        changed = bytearray(content)
        changed[int(len(content) * part)] ^= 0x10
        place.write_bytes(changed)
        with pytest.raises(BackupSpoiled):
            restore(tmp_path / "second")
        assert not (tmp_path / "second").exists()


@pytest.mark.parametrize("rest", [0, 1, 100_000, -1])
def test_cut_off_base_is_refused(base, store, tmp_path, rest):
    place = find_object(store, base)
    place.write_bytes(place.read_bytes()[:rest])

    with pytest.raises(BackupSpoiled):
        restore(tmp_path / "second")


def rewrite(place: Path, change) -> None:
    """Write a backup anew, as a whole archive, with other members."""
    target = io.BytesIO()
    with (
        gzip.open(place) as packed,
        tarfile.open(fileobj=packed, mode="r|") as source,
        tarfile.open(fileobj=target, mode="w") as tar,
    ):
        for member in source:
            piece = source.extractfile(member)
            for info, content in change(member, piece.read() if piece else None):
                info.size = len(content or b"")
                tar.addfile(info, io.BytesIO(content or b""))
    place.write_bytes(gzip.compress(target.getvalue(), 1))
    page = place.with_name(catalog.PAGE)
    page.write_text(json.dumps({**json.loads(page.read_text()), "sha256": objects.digest_file(place)}))


def flip(member, content):
    if member.name == "PG_VERSION":
        content = b"19\n"
    return [(member, content)]


def leave_out(member, content):
    return [] if member.name == "PG_VERSION" else [(member, content)]


def add(member, content):
    return (
        [(member, content), (tarfile.TarInfo("base/extra"), b"x")]
        if member.name == "PG_VERSION"
        else [(member, content)]
    )


def leave_list_out(member, content):
    return [] if member.name == "backup_manifest" else [(member, content)]


def break_out(member, content):
    return (
        [(tarfile.TarInfo("../outside"), b"x"), (member, content)]
        if member.name == "PG_VERSION"
        else [(member, content)]
    )


def link(member, content):
    if member.name != "PG_VERSION":
        return [(member, content)]
    made = tarfile.TarInfo("PG_VERSION")
    made.type, made.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return [(made, b"")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flip, "PG_VERSION is not as it was"),
        (leave_out, "PG_VERSION is missing"),
        (add, "base/extra is not in its list"),
        (leave_list_out, "its list of files is damaged"),
        (break_out, "../outside is no file of a data directory"),
        (link, "PG_VERSION is no file of a data directory"),
    ],
)
def test_whole_archive_of_other_files_is_refused(base, store, tmp_path, change, words):
    rewrite(find_object(store, base), change)

    with pytest.raises(BackupSpoiled, match=words):
        restore(tmp_path / "second")

    assert not (tmp_path / "second").exists()
    assert not (tmp_path / "outside").exists()


def test_spoiled_log_is_refused(base, store, tmp_path):
    place = max((store / "wal" / base.system).iterdir())
    content = place.read_bytes()
    flipped = bytearray(content)
    flipped[-6] ^= 1  # of its sum: among the zeros of a segment another bit may well mean the same
    for spoiled in (flipped, content[:-20], b"", gzip.compress(b"short")):
        place.write_bytes(spoiled)

        with pytest.raises(BackupSpoiled, match=place.name.partition("-")[0]):
            restore(tmp_path / "second")
        assert not (tmp_path / "second").exists()


def test_folder_with_something_in_it_is_left_alone(base, tmp_path):
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")

    for place in ("second", "file"):
        with pytest.raises(PlaceRefused, match="it is not an empty folder"):
            restore(tmp_path / place)

    assert list_files(tmp_path / "second") == ["mine"]


def test_data_directory_of_a_server_is_no_place(living, base):
    for place in (living.data, living.data / "base", living.data / "new" / "folder"):
        with pytest.raises(PlaceRefused, match="lies in the data directory"):
            restore(place)

    assert not (living.data / "new").exists()


def test_disk_without_room_is_found_out_first(base, tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "disk_usage", lambda _: type("Usage", (), {"free": 1_000_000})())

    with pytest.raises(NoRoom, match="1 MB left and"):
        restore(tmp_path / "second")

    assert not (tmp_path / "second").exists()


def test_disk_that_fills_up_midway_leaves_an_empty_folder_as_it_was(base, tmp_path, monkeypatch):
    (tmp_path / "second").mkdir()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring, "_write", fail)
    with pytest.raises(NoRoom, match="No space left on device"):
        restore(tmp_path / "second")

    assert list((tmp_path / "second").iterdir()) == []


def test_killed_midway_leaves_no_data_that_a_server_could_be_started_on(base, tmp_path, monkeypatch):
    def end(*_, **__):
        raise SystemExit

    monkeypatch.setattr(restoring.pictures, "restore", end)
    monkeypatch.setattr(restoring, "rmtree", lambda *_, **__: None)
    with pytest.raises(SystemExit):
        restore(tmp_path / "second")
    monkeypatch.undo()

    assert (tmp_path / "second" / "unfinished").is_dir()
    assert not (tmp_path / "second" / "data").exists()
    with pytest.raises(PlaceRefused, match="it is not an empty folder"):
        restore(tmp_path / "second")


def test_program_that_combines_is_missing(history, settings, tmp_path):
    settings.POSTGRES_BIN = str(tmp_path)

    with pytest.raises(ProgramFailed, match="pg_combinebackup failed: it is not in"):
        restore(tmp_path / "second")

    assert not (tmp_path / "second").exists()


def test_server_that_does_not_start_says_why(living, base, tmp_path):
    restored = restore(tmp_path / "second")
    (restored.data / "global" / "pg_control").unlink()

    with pytest.raises(ProgramFailed, match=r"postgres failed: .*pg_control"):
        count(restored, living)


def test_store_that_cannot_be_read_is_said(store, tmp_path):
    store.parent.mkdir(parents=True)
    store.write_text("a file")

    with pytest.raises(StoreAway, match="does not answer"):
        restore(tmp_path / "second")
