"""An archive is whole or not there, and holds everything of one business and nothing of another."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path
from typing import Self

import pyrage
import pytest
from django.core.management import CommandError
from django.db import connection

from config.environment import ROOT
from files import storage
from files.errors import StorageAway
from files.models import StoredFile
from files.services.removal import remove_rows
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tenants.errors import ExampleNotKept, NoRoom, TenantUnknown
from tenants.models import Tenant
from tenants.services.copies import backups
from tenants.services.copies.archives import parse_manifest, read_head
from tenants.services.copies.backups import back_up
from tenants.services.copies.documents import list_tenant_models
from tenants.services.copies.restores import verify
from tests.factories.scheduling import book
from tests.fakes.due_work import perform_all
from tests.integration.tenants.copies.conftest import read_all


def list_folder(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_path_is_printed_last_and_nobody_else_reads_it(shop, run, tmp_path):
    folder = tmp_path / "made" / "backups"

    *said, path = run("backup_tenant", shop.info.slug, "--to", folder)

    assert [Path(path).name] == list_folder(folder)
    assert Path(path).parent == folder
    assert Path(path).name.startswith(f"{shop.info.slug}-2")
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert len(said) == 1
    assert said[0].endswith(f" 2 files, {Path(path).stat().st_size} bytes")


def test_it_says_how_far_it_is(shop, tmp_path):
    heard: list[tuple[int, int]] = []

    back_up(slug=shop.info.slug, folder=tmp_path, now=utc_now(), tell=lambda *each: heard.append(each))

    of = heard[0][1]
    assert heard == [(done, of) for done in range(of + 1)]
    assert of > 5


def test_two_of_one_moment_stand_beside_each_other(shop, tmp_path):
    now = utc_now().replace(microsecond=70)
    moments = (now, now, now.replace(microsecond=71))

    made = [back_up(slug=shop.info.slug, folder=tmp_path / "archives", now=each).path.name for each in moments]

    stem = f"{shop.info.slug}-{now:%Y%m%dT%H%M%S}0000"
    assert made == [f"{stem}70Z.tar.gz", f"{stem}70Z-2.tar.gz", f"{stem}71Z.tar.gz"]
    assert list_folder(tmp_path / "archives") == sorted(made)


def test_every_table_of_every_model_is_in_it(backup):
    models = {model._meta.db_table for model in list_tenant_models()}
    head = read_head(backup, [])
    manifest = parse_manifest(read_all(backup)["/manifest.json"])

    assert models - set(head.tables) == set()
    assert len(models) > 30
    assert set(manifest.tables) == set(head.tables)
    assert manifest.tables["scheduling_booking"][0] == 3


def test_nothing_of_a_neighbor_is_in_it(shop, provision, run, tmp_path):
    neighbor = provision(business_name="Vecina Secreta")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE \"{neighbor.schema_name}\".accounts_user SET email = 'secreta@vecina.example'")

    content = b"".join(read_all(Path(run("backup_tenant", shop.info.slug, "--to", tmp_path)[-1])).values())

    assert b"ana@example.com" in content
    assert (b"Vecina" in content, b"secreta@" in content, neighbor.schema_name.encode() in content) == (False,) * 3


def test_encrypted_for_a_key(shop, run, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(str(identity))

    path = Path(run("backup_tenant", shop.info.slug, "--to", tmp_path, "--encrypt-to", identity.to_public())[-1])
    said = run("verify_backup", path, "--identity", tmp_path / "key")

    assert path.name.endswith(".tar.gz.age")
    assert shop.info.slug.encode() not in path.read_bytes()
    assert said[-1].endswith("2 files are equal")
    with pytest.raises(CommandError, match="name the file with its secret key"):
        run("verify_backup", path)


@pytest.mark.parametrize("slug", ["nobody-here", "", "x'y\"; DROP SCHEMA public; --", "../../etc", "Taller", "%s"])
def test_unknown_business_is_refused_in_words(committed, run, tmp_path, slug):
    with pytest.raises(CommandError, match="No business has the address"):
        run("backup_tenant", slug, "--to", tmp_path / "backups")

    assert list_folder(tmp_path) == []


def test_no_public_key_is_refused_in_words(shop, run, tmp_path):
    with pytest.raises(CommandError, match="This is no public key"):
        run("backup_tenant", shop.info.slug, "--to", tmp_path / "backups", "--encrypt-to", "ana@example.com")

    assert list_folder(tmp_path / "backups") == []


def test_the_example_is_not_kept(changed_shop, tmp_path):
    Tenant.objects.filter(pk=changed_shop.info.id).update(is_example=True)

    with pytest.raises(ExampleNotKept):
        back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now())


def test_closed_and_suspended_businesses_are_backed_up(changed_shop, tmp_path):
    made = []
    for status in ("closed", "suspended", "read_only"):
        Tenant.objects.filter(pk=changed_shop.info.id).update(status=status)
        made.append(back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now()).path)

    assert [read_head(path, []).tenant["status"] for path in made] == ["closed", "suspended", "read_only"]


class FullFile:
    """A file of a disk that has room for so many bytes more."""

    def __init__(self, file, room: int) -> None:
        self._file, self._room = file, room

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(28, "No space left on device")
        return self._file.write(data)


@pytest.mark.parametrize("is_encrypted", [False, True])
@pytest.mark.parametrize("room", [0, 5000])
def test_full_disk_leaves_nothing_and_keeps_the_one_before(backup, shop, monkeypatch, is_encrypted, room):
    before, content = list_folder(backup.parent), backup.read_bytes()
    keys = [str(pyrage.x25519.Identity.generate().to_public())] if is_encrypted else []
    fdopen = os.fdopen
    # Pipes to the encryption go through the same call; they are never full.
    monkeypatch.setattr(
        backups.os,
        "fdopen",
        lambda handle, mode: FullFile(fdopen(handle, mode), room) if _is_file(handle) else fdopen(handle, mode),
    )

    with pytest.raises(NoRoom, match="no space is left in"):
        back_up(slug=shop.info.slug, folder=backup.parent, keys=keys, now=utc_now())

    assert (list_folder(backup.parent), backup.read_bytes()) == (before, content)


def _is_file(handle: int) -> bool:
    return Path(f"/proc/self/fd/{handle}").is_file()


def test_folder_that_is_none_is_refused_in_words(shop, run, tmp_path):
    (tmp_path / "letter").write_text("Dear backup")

    for place in (tmp_path / "letter", tmp_path / "letter" / "deeper"):
        with pytest.raises(CommandError, match="could not be written"):
            run("backup_tenant", shop.info.slug, "--to", place)

    assert list_folder(tmp_path) == ["files", "letter"]


def test_lost_and_changed_files_are_named_and_left_out(shop, folder, run, tmp_path):
    with tenant_scope(shop.info):
        key = StoredFile.objects.get().key
    (folder / shop.info.schema_name / "logo" / f"{key}-480.webp").unlink()
    (folder / shop.info.schema_name / "logo" / f"{key}-960.webp").write_bytes(b"half")

    *said, path = run("backup_tenant", shop.info.slug, "--to", tmp_path)
    verified = run("verify_backup", path)

    assert [line.split(" ")[0] for line in said[:2]] == [f"pictures/logo/{key}-{size}.webp" for size in (480, 960)]
    assert said[2].endswith(f" 0 files, {Path(path).stat().st_size} bytes")
    assert len([line for line in verified if line.endswith("was lost already when the archive was made.")]) == 2


def test_storage_that_is_away_leaves_nothing(shop, monkeypatch, tmp_path):
    def fail(path: str) -> bytes:
        raise StorageAway

    monkeypatch.setattr(storage, "get", fail)
    with pytest.raises(StorageAway):
        back_up(slug=shop.info.slug, folder=tmp_path / "backups", now=utc_now())

    assert list_folder(tmp_path / "backups") == []


def test_file_that_is_removed_meanwhile_is_looked_at_again(changed_shop, monkeypatch, tmp_path):
    """The rows were read with it: an archive of those rows and these files belongs to no instant."""
    get, asked = storage.get, []

    def remove_first(path: str) -> bytes:
        asked.append(path)
        if len(asked) == 1:
            with tenant_scope(changed_shop.info):
                remove_rows(StoredFile.objects.all(), now=utc_now())
            perform_all(changed_shop.info.schema_name, "file_removal")
        return get(path)

    monkeypatch.setattr(storage, "get", remove_first)
    done = back_up(slug=changed_shop.info.slug, folder=tmp_path / "backups", now=utc_now())

    assert (done.files, done.lost) == (0, ())
    assert list_folder(tmp_path / "backups") == [done.path.name]
    assert verify(archive=done.path, now=utc_now()).files == 0


def test_business_that_is_removed_meanwhile_is_told_as_unknown(shop, monkeypatch, tmp_path):
    monkeypatch.setattr("tenants.services.copies.tables.list_tables", lambda *_: {"gone": ("id",)})
    monkeypatch.setattr(backups, "_make_head", lambda *_: None)
    monkeypatch.setattr("tenants.services.copies.archives.ArchiveWriter.put_head", lambda *_: None)

    with pytest.raises(TenantUnknown):
        back_up(slug=shop.info.slug, folder=tmp_path / "backups", now=utc_now())

    assert list_folder(tmp_path / "backups") == []


def test_rows_are_of_one_instant_while_customers_book(changed_shop, tmp_path):
    """Bookings, their allocations, history and due work are written together: an archive has all of one, or none."""
    is_over, failures = threading.Event(), []
    first = (utc_now() + timedelta(days=9)).replace(hour=9, minute=0, second=0, microsecond=0)

    def keep_booking() -> None:
        try:
            with tenant_scope(changed_shop.info):
                for number in range(300):
                    if is_over.is_set():
                        return
                    day, hour = divmod(number, 8)
                    book(changed_shop.service_id, first + timedelta(days=day, hours=hour), now=utc_now())
        except Exception as error:  # noqa: BLE001 - told by the test
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=keep_booking)
    thread.start()
    made = [back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now()).path for _ in range(3)]
    is_over.set()
    thread.join()

    manifests = [parse_manifest(read_all(path)["/manifest.json"]) for path in made]
    assert failures == []
    assert [each.tables["scheduling_booking"][0] for each in manifests] == sorted(
        each.tables["scheduling_booking"][0] for each in manifests
    )
    for path, manifest in zip(made, manifests, strict=True):
        assert manifest.tables["scheduling_booking"][0] == manifest.tables["scheduling_bookingline"][0]
        assert verify(archive=path, now=utc_now()).rows == manifest.rows


KILLED = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from pathlib import Path
from kernel.clock import utc_now
from tenants.services.copies import archives, backups
put, seen = archives.ArchiveWriter.put, 0
def count(self, name, content):
    global seen
    seen += 1
    if seen == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
    return put(self, name, content)
archives.ArchiveWriter.put = count
backups.back_up(slug=sys.argv[2], folder=Path(sys.argv[3]), now=utc_now())
"""


@pytest.mark.slow
def test_killed_backup_leaves_no_archive_and_the_next_one_clears_up(shop, tmp_path):
    folder = tmp_path / "backups"
    for kill_at in (2, 20):
        ended = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), connection.settings_dict["NAME"], shop.info.slug,
             str(folder), str(kill_at)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    left = list_folder(folder)
    for path in folder.iterdir():
        os.utime(path, (0, 0))

    done = back_up(slug=shop.info.slug, folder=folder, now=utc_now())

    assert [name for name in left if not name.startswith(".")] == []
    assert len(left) == 2
    assert list_folder(folder) == [done.path.name]


@pytest.mark.parametrize("fault", [None, errno.EPERM])
def test_name_that_somebody_has_since_a_moment_ago_is_left_to_them(tmp_path, monkeypatch, fault):
    def keep(content: bytes) -> Path:
        with backups.unfinished(tmp_path, "taller", ".tar.gz") as draft:
            draft.file.write(content)
            draft.keep()
        return draft.path

    def refuse(*_):
        raise OSError(fault, "this disk knows no second name")

    with monkeypatch.context() as patch:
        if fault is None:
            patch.setattr(Path, "exists", lambda _: False)  # as whoever looked before saw it
        else:
            patch.setattr(backups.os, "link", refuse)
        kept = [keep(b"first"), keep(b"second"), keep(b"third")]

    assert [path.name for path in kept] == ["taller.tar.gz", "taller-2.tar.gz", "taller-3.tar.gz"]
    assert [path.read_bytes() for path in kept] == [b"first", b"second", b"third"]
    assert list_folder(tmp_path) == sorted(path.name for path in kept)


def test_draft_that_somebody_still_writes_is_left_alone(shop, tmp_path):
    import fcntl

    written, young = (tmp_path / f"{name}{backups.UNFINISHED}" for name in (".taller-1", ".young-1"))
    with written.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.utime(written, (0, 0))
        young.touch()
        done = back_up(slug=shop.info.slug, folder=tmp_path, now=utc_now())

    assert list_folder(tmp_path) == sorted([written.name, young.name, "files", done.path.name])


def test_what_waits_goes_with_its_draft_be_it_of_a_killed_process(tmp_path):
    abandoned = tmp_path / f".taller-1{backups.UNFINISHED}"
    (tmp_path / f"{abandoned.name}.d").mkdir()
    (tmp_path / f"{abandoned.name}.d" / "rows").touch()
    abandoned.touch()
    os.utime(abandoned, (0, 0))

    with backups.unfinished(tmp_path, "taller", ".zip") as draft:
        folder = draft.make_folder()
        (folder / "rows").touch()
        meanwhile = list_folder(tmp_path)

    assert meanwhile == sorted([draft.draft_path.name, folder.name])
    assert (folder.parent, list_folder(tmp_path)) == (tmp_path, [])


def test_what_another_program_has_not_finished_is_left_alone(shop, tmp_path):
    (tmp_path / ".film.mp4.part").touch()
    os.utime(tmp_path / ".film.mp4.part", (0, 0))

    done = back_up(slug=shop.info.slug, folder=tmp_path, now=utc_now())

    assert list_folder(tmp_path) == sorted([".film.mp4.part", "files", done.path.name])
