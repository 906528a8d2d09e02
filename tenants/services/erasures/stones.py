"""Tombstones as files beside the archives: ``tombstones/<schema>/<instant>-<word>.jsonl``.

Each file is written once and never changed, as object stores have it. The first line says what it is and whose, each
of the next is one tombstone, and the last one seals what stands before it: a file that was cut off, or that somebody
edited, is refused. Whoever could read all of them would learn when somebody was erased, and no more.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kernel.iso import parse_instant
from tenants.errors import TombstonesDamaged
from tenants.services import shelves

FOLDER, SUFFIX = "tombstones", ".jsonl"
FORMAT = "turnero-tombstones/1"
FIELDS = ("kind", "key", "mark", "erased_at")


@dataclass(frozen=True, slots=True)
class Stone:
    """A row that was erased: ``mark`` under the key ``key_id``."""

    kind: str
    key_id: str
    mark: str
    erased_at: datetime


def store(schema_name: str, stones: Sequence[Stone], *, now: datetime) -> str:
    """Put tombstones beside the archives, and return where they lie.

    Raises:
        NoRoom: They cannot be stored there.
        ArchiveDamaged: What lies there is not what was sent.
    """
    place = f"{FOLDER}/{schema_name}/{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}{SUFFIX}"
    shelves.keep_text(place, dump(schema_name, stones))
    return place


def read(schema_name: str) -> Iterator[Stone]:
    """Yield the tombstones of a schema that lie beside the archives.

    Raises:
        NoRoom: The storage does not answer.
        TombstonesDamaged: One of the files is not as it was written.
    """
    for name in shelves.list_names(f"{FOLDER}/{schema_name}"):
        if name.endswith(SUFFIX) and not name.startswith("."):
            place = f"{FOLDER}/{schema_name}/{name}"
            yield from parse(schema_name, shelves.read_text(place), place=place)


def list_schemas() -> list[str]:
    """Return whose tombstones lie beside the archives; raises as `read`, but for damage."""
    return shelves.list_folders(FOLDER)


def dump(schema_name: str, stones: Sequence[Stone]) -> str:
    """Return a file of tombstones."""
    lines = [json.dumps({"format": FORMAT, "schema": schema_name})]
    lines += [
        json.dumps(dict(zip(FIELDS, (each.kind, each.key_id, each.mark, each.erased_at.isoformat()), strict=True)))
        for each in stones
    ]
    body = "\n".join(lines) + "\n"
    return body + json.dumps({"stones": len(stones), "sha256": _digest(body)}) + "\n"


def parse(schema_name: str, text: str, *, place: str) -> list[Stone]:
    """Return the tombstones of a file.

    Raises:
        TombstonesDamaged: It is not as it was written, or another schema's.
    """
    body, _, end = text.removesuffix("\n").rpartition("\n")
    body += "\n"
    try:
        head, *lines = [json.loads(line) for line in body.splitlines()]
        seal = json.loads(end)
        if head != {"format": FORMAT, "schema": schema_name}:
            raise TombstonesDamaged(place=place)
        if seal != {"stones": len(lines), "sha256": _digest(body)}:
            raise TombstonesDamaged(place=place)
        return [Stone(each["kind"], each["key"], each["mark"], parse_instant(each["erased_at"])) for each in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise TombstonesDamaged(place=place) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
