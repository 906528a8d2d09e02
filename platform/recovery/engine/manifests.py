"""PostgreSQL's list of what a base backup holds, and whether that is what came.

Format: https://www.postgresql.org/docs/18/backup-manifest-format.html. ``pg_verifybackup`` does the same, where it is
there and runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from recovery.engine.wal import parse_lsn

NAME = "backup_manifest"
LOG_FOLDER = "pg_wal/"
"""What lies there is checked by the log's own sums while it is replayed; the list leaves it out."""
MOST_FAULTS = 5


class ManifestSpoiled(Exception):
    """A list is not as it was written."""


@dataclass(frozen=True, slots=True)
class File:
    """A file: its size in bytes, and the SHA-256 of its content."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a base backup holds.

    Attributes:
        files: By path in the data directory.
        start_lsn, end_lsn: What has to be replayed of the log; ``timeline``: of its end.
    """

    files: Mapping[str, File]
    timeline: int
    start_lsn: int
    end_lsn: int


def parse_manifest(content: bytes) -> Manifest:
    """Read a list, and check that it is whole by its own sum.

    Raises:
        ManifestSpoiled: It is not, or it has no SHA-256 of a file.
    """
    head, mark, tail = content.rpartition(b'"Manifest-Checksum"')
    try:
        wanted = json.loads(b"{" + mark + tail)["Manifest-Checksum"]
        if hashlib.sha256(head).hexdigest() != wanted:
            raise ManifestSpoiled
        read = json.loads(content)
        files = dict(map(_read_file, read["Files"]))
        ranges = read["WAL-Ranges"]
        return Manifest(
            files=files,
            timeline=ranges[0]["Timeline"],
            start_lsn=min(parse_lsn(each["Start-LSN"]) for each in ranges),
            end_lsn=max(parse_lsn(each["End-LSN"]) for each in ranges),
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ManifestSpoiled from error


def list_faults(manifest: Manifest, found: Mapping[str, File]) -> list[str]:
    """Say in words what of a backup is missing, changed or too much; a few of them are enough."""
    came = {path: file for path, file in found.items() if path != NAME and not path.startswith(LOG_FOLDER)}
    listed = {path: file for path, file in manifest.files.items() if not path.startswith(LOG_FOLDER)}
    faults = [f"{path} is missing" for path in listed if path not in came]
    faults += [f"{path} is not in its list" for path in came if path not in listed]
    for path in listed.keys() & came.keys():
        if came[path] != listed[path]:
            faults.append(f"{path} is not as it was when it was backed up")
    return sorted(faults)[:MOST_FAULTS]


def _read_file(each: Mapping[str, object]) -> tuple[str, File]:
    encoded = each.get("Encoded-Path")
    path = bytes.fromhex(str(encoded)).decode("utf-8", "surrogateescape") if encoded else str(each["Path"])
    if each["Checksum-Algorithm"] != "SHA256":
        raise ManifestSpoiled
    return path, File(int(str(each["Size"])), str(each["Checksum"]))
