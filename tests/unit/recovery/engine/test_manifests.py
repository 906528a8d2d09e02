from __future__ import annotations

import hashlib
import json

import pytest

from recovery.engine.manifests import File, ManifestSpoiled, list_faults, parse_manifest

ONE, TWO = "a" * 64, "b" * 64
WAL_RANGES = [{"Timeline": 2, "Start-LSN": "0/2000028", "End-LSN": "0/2000120"}]


def make_manifest(files, *, ranges=WAL_RANGES) -> bytes:
    """A list as PostgreSQL writes it: its sum is that of all before the sum's own name."""
    body = {"PostgreSQL-Backup-Manifest-Version": 2, "System-Identifier": 7, "Files": files, "WAL-Ranges": ranges}
    head = json.dumps(body)[:-1].encode() + b",\n"
    return head + json.dumps({"Manifest-Checksum": hashlib.sha256(head).hexdigest()}).encode()[1:] + b"\n"


def file(path: str, sha256: str = ONE, *, size: int = 3, algorithm: str = "SHA256", key: str = "Path"):
    return {key: path, "Size": size, "Checksum-Algorithm": algorithm, "Checksum": sha256}


def test_list_is_read():
    listed = parse_manifest(make_manifest([file("base/1/2"), file("706f", TWO, size=0, key="Encoded-Path")]))

    assert listed.files == {"base/1/2": File(3, ONE), "po": File(0, TWO)}
    assert (listed.timeline, listed.start_lsn, listed.end_lsn) == (2, 0x2000028, 0x2000120)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\x00\xff",
        make_manifest([file("x")])[:-20],
        make_manifest([file("x")]).replace(b'"x"', b'"y"'),
        make_manifest([file("x", algorithm="CRC32C")]),
        make_manifest([{"Path": "x"}]),
        make_manifest([file("zz", key="Encoded-Path")]),
        make_manifest([file("x")], ranges=[]),
        make_manifest([file("x")], ranges=[{"Timeline": 1, "Start-LSN": "no", "End-LSN": "0/1"}]),
    ],
)
def test_spoiled_list_is_refused(content):
    with pytest.raises(ManifestSpoiled):
        parse_manifest(content)


def test_every_changed_bit_of_a_list_is_noticed():
    content = make_manifest([file("base/1/2")])
    read = parse_manifest(content)

    for place in range(len(content.rstrip())):
        for bit in range(8):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            try:
                assert parse_manifest(bytes(changed)) == read
            except ManifestSpoiled:
                continue


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        ({"a": File(3, ONE), "b": File(3, TWO)}, []),
        ({"a": File(3, ONE), "b": File(3, TWO), "backup_manifest": File(9, ONE), "pg_wal/01": File(1, ONE)}, []),
        ({"a": File(3, ONE)}, ["b is missing"]),
        ({"a": File(3, ONE), "b": File(4, TWO)}, ["b is not as it was when it was backed up"]),
        ({"a": File(3, TWO), "b": File(3, TWO)}, ["a is not as it was when it was backed up"]),
        ({"a": File(3, ONE), "b": File(3, TWO), "c": File(0, ONE)}, ["c is not in its list"]),
    ],
)
def test_fault_is_named(found, faults):
    listed = parse_manifest(make_manifest([file("a"), file("b", TWO), file("pg_wal/archive_status/x.done")]))

    assert list_faults(listed, found) == faults


def test_few_faults_are_enough():
    listed = parse_manifest(make_manifest([file(f"base/{number}") for number in range(99)]))

    assert len(list_faults(listed, {})) == 5
