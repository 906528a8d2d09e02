"""Files of businesses in a folder: kept once, listed, restored as they were, and gone after their time."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from recovery import tasks
from recovery.errors import BackupSpoiled, StoreAway
from recovery.services import objects, pictures
from tests.integration.recovery.conftest import list_files

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)


def write_picture(settings, path: str, content: bytes) -> Path:
    place = Path(settings.STORAGES["files"]["OPTIONS"]["location"]) / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def list_contents(store: Path) -> list[Path]:
    return [path for path in (store / "files" / "contents").rglob("*") if path.is_file()]


def restore_pictures(tmp_path: Path, target: datetime | None, *identities) -> dict[str, bytes]:
    work, to = tmp_path / "restoring", tmp_path / f"pictures-{len(list(tmp_path.iterdir()))}"
    work.mkdir(exist_ok=True)
    pictures.restore(to, target=target, identities=identities, work=work)
    return {name: (to / name).read_bytes() for name in list_files(to)}


def test_files_come_back_as_they_were_and_each_content_is_kept_once(settings, store, tmp_path):
    first = write_picture(settings, "t1/logo/a", b"one")
    write_picture(settings, "t2/logo/b", b"one")
    write_picture(settings, "t2/copies/c-archive", b"everything of an owner, for seven days")
    assert pictures.mirror(now=NOW) == pictures.Mirrored(2, 1)
    assert pictures.mirror(now=NOW + timedelta(hours=1)) == pictures.Mirrored(2, 0)
    first.unlink()
    write_picture(settings, "t1/logo/c", b"three")
    tasks.keep_files()

    assert len(objects.list_names("files/lists")) == 2
    assert len(list_contents(store)) == 2
    assert restore_pictures(tmp_path, None) == {"t1/logo/c": b"three", "t2/logo/b": b"one"}
    assert restore_pictures(tmp_path, NOW - timedelta(days=1)) == {"t1/logo/a": b"one", "t2/logo/b": b"one"}
    assert restore_pictures(tmp_path, NOW + timedelta(hours=3)) == {
        "t1/logo/a": b"one", "t1/logo/c": b"three", "t2/logo/b": b"one",
    }  # fmt: skip


def test_files_are_encrypted_when_somebody_holds_a_key(settings, store, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    settings.BACKUP_KEYS = [str(identity.to_public())]
    write_picture(settings, "t1/logo/a", b"one")

    pictures.mirror(now=NOW)

    assert not [path for path in store.rglob("*") if path.is_file() and b"one" in path.read_bytes()]
    assert restore_pictures(tmp_path, None, identity) == {"t1/logo/a": b"one"}


@pytest.mark.parametrize("spoil", ["missing", "changed", "list", "way out"])
def test_spoiled_file_is_refused(settings, store, tmp_path, spoil):
    write_picture(settings, "t1/logo/a", b"one")
    pictures.mirror(now=NOW)
    (content,) = list_contents(store)
    (listed,) = (store / "files" / "lists").iterdir()
    if spoil == "missing":
        content.unlink()
    elif spoil == "changed":
        content.write_bytes(gzip.compress(b"two"))
    elif spoil == "list":
        listed.write_bytes(b"no")
    else:
        listed.write_bytes(gzip.compress(gzip.decompress(listed.read_bytes()).replace(b"t1/logo/a", b"../../../a")))

    with pytest.raises(BackupSpoiled):
        restore_pictures(tmp_path, None)

    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("has_files", [True, False])
def test_newest_list_that_cannot_be_read_is_followed_by_one_that_can(settings, store, tmp_path, has_files):
    place = write_picture(settings, "t1/logo/a", b"one")
    pictures.mirror(now=NOW)
    (listed,) = (store / "files" / "lists").iterdir()
    listed.write_bytes(b"no")
    assert pictures.remove_past(now=NOW) == 0
    (content,) = list_contents(store)
    content.write_bytes(b"neither")
    if not has_files:
        place.unlink()

    assert pictures.mirror(now=NOW + timedelta(hours=1)) == pictures.Mirrored(has_files, has_files)

    assert restore_pictures(tmp_path, None) == ({"t1/logo/a": b"one"} if has_files else {})
    assert pictures.mirror(now=NOW + timedelta(hours=2)) == pictures.Mirrored(has_files, 0)
    pictures.remove_past(now=NOW + timedelta(hours=3))
    assert len(list_contents(store)) == has_files


def test_lists_grow_old_and_what_none_names_goes(settings, store):
    place = write_picture(settings, "t1/logo/a", b"zero")
    for hour in range(24 * 3):
        place.write_bytes(str(hour).encode())
        os.utime(place, ns=(hour, hour))
        pictures.mirror(now=NOW + timedelta(hours=hour))
    now = NOW + timedelta(hours=24 * 3)

    pictures.remove_past(now=now)
    kept = objects.list_names("files/lists")
    # All of two days, and the last of the day before.
    assert len(kept) == 47 + 1
    assert len(list_contents(store)) == len(kept)

    pictures.remove_past(now=now + timedelta(days=400))
    assert objects.list_names("files/lists") == kept[-1:]
    assert len(list_contents(store)) == 1


def read_list(store: Path, name: str) -> object:
    return json.loads(gzip.decompress((store / "files" / "lists" / name).read_bytes()))


def test_list_of_an_hour_has_only_what_is_different(settings, store, tmp_path):
    for number in range(9):
        write_picture(settings, f"t1/logo/{number}", b"one")
    gone = write_picture(settings, "t1/logo/gone", b"two")
    pictures.mirror(now=NOW)
    before = restore_pictures(tmp_path, None)
    gone.unlink()
    write_picture(settings, "t1/logo/new", b"three")
    pictures.mirror(now=NOW + timedelta(hours=1))
    write_picture(settings, "t1/logo/newer", b"four")
    pictures.mirror(now=NOW + timedelta(hours=2))
    after = restore_pictures(tmp_path, None)

    whole, *later = objects.list_names("files/lists")
    assert [pictures.name_whole(each) for each in (whole, *later)] == [whole] * 3
    put, left_out = read_list(store, later[-1])
    assert (len(read_list(store, whole)), sorted(put), left_out) == (
        10, ["t1/logo/new", "t1/logo/newer"], ["t1/logo/gone"],
    )  # fmt: skip
    assert (len(before), len(after), after["t1/logo/newer"], "t1/logo/gone" in after) == (10, 11, b"four", False)
    between = restore_pictures(tmp_path, NOW + timedelta(minutes=30))
    assert between == before | {"t1/logo/new": b"three"}


def test_whole_list_stays_as_long_as_one_says_the_difference_to_it_and_a_day_begins_with_one(settings, store, tmp_path):
    for number in range(9):
        write_picture(settings, f"t1/logo/{number}", b"one")
    for hour in range(24):
        os.utime(write_picture(settings, "t1/logo/changing", str(hour).encode()), ns=(hour, hour))
        pictures.mirror(now=NOW + timedelta(hours=hour))
    of_day_before, of_day = NOW + timedelta(hours=16.5), NOW + timedelta(hours=23.5)

    pictures.remove_past(now=NOW + timedelta(days=4))
    kept = objects.list_names("files/lists")

    assert [pictures.read_instant(each) for each in kept] == [NOW + timedelta(hours=hour) for hour in (0, 16, 17, 23)]
    assert [pictures.name_whole(each) for each in kept] == [kept[0], kept[0], kept[2], kept[2]]
    assert restore_pictures(tmp_path, of_day)["t1/logo/changing"] == b"23"
    assert restore_pictures(tmp_path, of_day_before)["t1/logo/changing"] == b"17"  # the first one after it counts
    pictures.remove_past(now=NOW + timedelta(days=33, hours=13))  # NOW's is as old as lists get
    assert objects.list_names("files/lists") == kept[2:]


def test_whole_list_that_cannot_be_read_is_followed_by_another_one(settings, store, tmp_path):
    for number in range(9):
        write_picture(settings, f"t1/logo/{number}", b"one")
    pictures.mirror(now=NOW)
    write_picture(settings, "t1/logo/new", b"two")
    pictures.mirror(now=NOW + timedelta(hours=1))
    whole, _ = objects.list_names("files/lists")
    (store / "files" / "lists" / whole).unlink()

    with pytest.raises(BackupSpoiled):
        restore_pictures(tmp_path, None)
    assert pictures.mirror(now=NOW + timedelta(hours=2)) == pictures.Mirrored(10, 2)

    last = objects.list_names("files/lists")[-1]
    assert pictures.name_whole(last) == last
    assert len(restore_pictures(tmp_path, None)) == 10


def test_contents_lie_in_folders_and_those_of_before_are_found(settings, store, tmp_path):
    place = write_picture(settings, "t1/logo/a", b"one")
    pictures.mirror(now=NOW)
    (content,) = list_contents(store)
    flat = store / "files" / "contents" / content.name

    assert content.parent.name == content.name[:2]
    content.rename(flat)
    assert restore_pictures(tmp_path, None) == {"t1/logo/a": b"one"}
    assert pictures.mirror(now=NOW + timedelta(hours=1)) == pictures.Mirrored(1, 0)
    place.unlink()
    pictures.mirror(now=NOW + timedelta(hours=2))
    assert (pictures.remove_past(now=NOW + timedelta(days=9)), flat.exists()) == (1, False)


def test_store_without_lists_loses_nothing(settings, store):
    assert pictures.remove_past(now=NOW) == 0


def test_file_that_goes_while_it_is_read_is_left_out(settings, store, monkeypatch):
    write_picture(settings, "t1/logo/a", b"one")
    monkeypatch.setattr(pictures, "_keep", lambda *_: (_ for _ in ()).throw(FileNotFoundError))

    assert pictures.mirror(now=NOW) == pictures.Mirrored(0, 0)


def test_store_that_does_not_answer_is_said(settings, store):
    store.parent.mkdir(parents=True)
    store.write_text("a file")

    with pytest.raises(StoreAway):
        pictures.mirror(now=NOW)
