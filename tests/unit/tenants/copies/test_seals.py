"""One changed bit, one missing byte, another key: an archive is refused, and says why."""

from __future__ import annotations

import gzip
import random
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from kernel.errors import DomainError
from tenants.errors import ArchiveDamaged, ArchiveUnknown, IdentityNeeded, IdentityWrong, KeyInvalid
from tenants.services.copies.archives import ArchiveWriter, Head, Manifest, parse_manifest, read_head, reading
from tenants.services.copies.seals import SEAL_LENGTH, check_seal, encrypting, read_identities, read_recipients
from tenants.types import TenantFile

HEAD = Head(
    made_at=datetime(2026, 11, 26, 9, tzinfo=UTC),
    platform="turnero.example",
    secret="mark",
    schema_name="t1_taller",
    slug="taller",
    name="Taller “O'Hara”; DROP TABLE",
    state="state",
    applied=(("scheduling", "0001_initial"),),
    tenant={"name": 'Taller "Ñandú"'},
    domains=(("taller.example", True),),
    own_domain=("citas.example", "word"),
    tables={"visit": ("id", "note")},
)
MANIFEST = Manifest(
    tables={"visit": (2, "-17")},
    sequences={"visit_id_seq": None},
    shared={"tenants.DueWork": (0, "00")},
    files={"pictures/a/b": TenantFile("a/b", 3, "cc")},
    lost={},
)
PIECES = 40


def make_archive(path: Path, keys: tuple[str, ...] = ()) -> Path:
    noise = random.Random(7)
    with path.open("wb") as file, encrypting(file, read_recipients(keys)) as raw, ArchiveWriter(raw) as archive:
        archive.put_head(HEAD)
        for number in range(PIECES):
            archive.put(f"tables/visit/{number:06}.copy", noise.randbytes(3000))
        archive.finish(MANIFEST)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("archives")


@pytest.fixture(scope="module")
def key(folder) -> pyrage.x25519.Identity:
    identity = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    return identity


@pytest.fixture(scope="module")
def plain(folder) -> Path:
    return make_archive(folder / "plain.tar.gz")


@pytest.fixture(scope="module")
def sealed(folder, key) -> Path:
    return make_archive(folder / "sealed.tar.gz.age", (str(key.to_public()),))


@pytest.fixture(params=["plain", "sealed"])
def archive(request) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture
def identities(folder, key):
    return read_identities(folder / "key.txt")


def test_what_was_written_is_read(archive, identities):
    check_seal(archive, identities)

    with reading(archive, identities) as members:
        read = [(member.folder, member.name, len(member.content)) for member in members]
    with reading(archive, identities) as members:
        *_, last = members
    assert read_head(archive, identities) == HEAD
    assert read[0][:2] == ("", "head.json")
    assert read[1:-1] == [("tables", f"visit/{number:06}.copy", 3000) for number in range(PIECES)]
    assert (last.name, parse_manifest(last.content)) == ("manifest.json", MANIFEST)


def test_every_changed_bit_is_noticed(archive, identities, tmp_path):
    content = archive.read_bytes()
    noise = random.Random(11)
    places = [*range(90), *noise.sample(range(90, len(content) - 90), 60), *range(len(content) - 90, len(content))]
    unnoticed = []

    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << noise.randrange(8)
        (tmp_path / "changed").write_bytes(changed)
        try:
            check_seal(tmp_path / "changed", identities)
        except DomainError:
            continue
        unnoticed.append(place)

    assert unnoticed == []


def test_every_missing_end_is_noticed(archive, identities, tmp_path):
    content = archive.read_bytes()
    cuts = [1, 2, 9, SEAL_LENGTH - 1, SEAL_LENGTH, SEAL_LENGTH + 1, len(content) // 2, len(content) - SEAL_LENGTH]
    unnoticed = []

    for cut in [*cuts, len(content) - 1]:
        (tmp_path / "cut").write_bytes(content[:cut])
        try:
            check_seal(tmp_path / "cut", identities)
        except DomainError:
            continue
        unnoticed.append(cut)

    assert unnoticed == []


def test_bytes_behind_the_end_are_noticed(archive, identities, tmp_path):
    (tmp_path / "longer").write_bytes(archive.read_bytes() + b"\0")

    with pytest.raises(ArchiveDamaged):
        check_seal(tmp_path / "longer", identities)


def test_nothing_is_no_archive(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "letter").write_bytes(b"Dear backup")

    with pytest.raises(ArchiveDamaged):
        check_seal(tmp_path / "empty", [])
    for path in (tmp_path / "letter", tmp_path / "nowhere", tmp_path):
        with pytest.raises(ArchiveUnknown):
            check_seal(path, [])


def test_another_archive_is_none_of_a_business(tmp_path):
    path = tmp_path / "other.tar.gz"
    (tmp_path / "note").write_text("hello")
    with tarfile.open(path, "w:gz") as tar:
        tar.add(tmp_path / "note", "note")
    (tmp_path / "empty.gz").write_bytes(gzip.compress(b""))

    for found in (path, tmp_path / "empty.gz"):
        with pytest.raises(ArchiveDamaged):
            check_seal(found, [])
        with pytest.raises((ArchiveUnknown, ArchiveDamaged)):
            read_head(found, [])


def test_ordinary_tools_open_an_archive(plain):
    with tarfile.open(plain, "r:gz") as tar:
        names = tar.getnames()

    assert (names[0], names[-1], len(names)) == ("head.json", "manifest.json", PIECES + 2)


def test_encrypted_archive_shows_nothing(sealed):
    content = sealed.read_bytes()

    assert content.startswith(b"age-encryption.org/v1")
    assert (b"taller" in content, b"head.json" in content) == (False, False)


def test_only_the_other_half_of_the_key_opens(sealed, tmp_path):
    (tmp_path / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))

    with pytest.raises(IdentityNeeded):
        check_seal(sealed, [])
    with pytest.raises(IdentityWrong):
        check_seal(sealed, read_identities(tmp_path / "other.txt"))


@pytest.mark.parametrize("key", ["", "age1", "age1foo", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "ana@example.com"])
def test_what_is_no_public_key_is_refused(key):
    with pytest.raises(KeyInvalid):
        read_recipients([key])


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"age1abc", b"\xff\xfe", b"-----BEGIN NOTHING-----\n"])
def test_file_without_secret_key_is_refused(content, tmp_path):
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(IdentityWrong):
        read_identities(tmp_path / "key")
    with pytest.raises(IdentityWrong):
        read_identities(tmp_path / "nowhere")


class FullDisk:
    """A file of a disk that has room for so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        self._file, self._room = path.open("wb"), room

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(28, "No space left on device")
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def write_noise(file: FullDisk, recipients) -> None:
    with encrypting(file, recipients) as raw, ArchiveWriter(raw) as archive:
        for number in range(300):
            archive.put(f"{number}", random.randbytes(3000))


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_full_disk_is_told_as_it_is(key, tmp_path, is_encrypted):
    recipients = read_recipients([str(key.to_public())] if is_encrypted else [])
    before = threading.active_count()

    with pytest.raises(OSError, match="No space left on device"):
        write_noise(FullDisk(tmp_path / "file", 100_000), recipients)

    assert threading.active_count() == before


def test_head_of_another_format_is_unknown(tmp_path):
    for content in (b"{}", b'{"format": 2}', b"[]", b"{", b'{"format": 1, "made_at": 5}'):
        path = tmp_path / "strange"
        with path.open("wb") as file, ArchiveWriter(file) as archive:
            archive.put("head.json", content)
            archive.finish(Manifest())
        check_seal(path, [])
        with pytest.raises(ArchiveUnknown):
            read_head(path, [])
