"""The base backups in the store: each describes itself on a page, written last, so that what has none is none.

The list lies with the backups and not in the database, which is what they are for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kernel.iso import parse_instant
from recovery.engine.bases import BaseBackup, Kind
from recovery.errors import BackupSpoiled
from recovery.services import objects

FOLDER, PAGE, MANIFEST = "base", "backup.json", "manifest.gz"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Catalog:
    """What there is of base backups.

    Attributes:
        bases: Those that are whole, oldest first.
        spoiled: Why the page of one cannot be read, by label: it may be whole, but nobody knows what it is.
        unfinished: Labels of folders without a page, of attempts that were cut short.
    """

    bases: Sequence[BaseBackup]
    spoiled: Mapping[str, BackupSpoiled]
    unfinished: Sequence[str]


def read_catalog() -> Catalog:
    """Return what there is, also beside a page that is damaged.

    Raises:
        StoreAway: The store does not answer.
    """
    bases: list[BaseBackup] = []
    spoiled: dict[str, BackupSpoiled] = {}
    unfinished: list[str] = []
    for label in objects.list_folders(FOLDER):
        try:
            base = _read(label)
        except BackupSpoiled as error:
            spoiled[label] = error
            continue
        if base is None:
            unfinished.append(label)
        else:
            bases.append(base)
    return Catalog(sorted(bases, key=lambda each: each.began_at), spoiled, unfinished)


def list_bases() -> list[BaseBackup]:
    """Return the base backups that are whole, oldest first.

    Raises:
        StoreAway: The store does not answer.
        BackupSpoiled: The page of one cannot be read.
    """
    found = read_catalog()
    for error in found.spoiled.values():
        raise error
    return list(found.bases)


def write_page(base: BaseBackup, folder: Path) -> None:
    """Make a base backup one that counts."""
    content = json.dumps({"format": FORMAT, **asdict(base)}, default=_to_text, indent=1).encode()
    objects.keep_page(content, f"{FOLDER}/{base.label}/{PAGE}", folder)


def name_base(base: BaseBackup) -> str:
    """Return the place of a backup's files."""
    ending = objects.AGE if base.is_encrypted else objects.GZIP
    return f"{FOLDER}/{base.label}/base.tar{ending}"


def name_manifest(label: str) -> str:
    """Return the place of PostgreSQL's own list of a backup, which the next incremental needs: it is not encrypted."""
    return f"{FOLDER}/{label}/{MANIFEST}"


def remove_base(label: str) -> None:
    """Remove a base backup: its page first, so that half of one is none."""
    objects.remove(f"{FOLDER}/{label}/{PAGE}")
    objects.remove_folder(f"{FOLDER}/{label}")


def _read(label: str) -> BaseBackup | None:
    content = objects.read_page(f"{FOLDER}/{label}/{PAGE}")
    if content is None:
        return None
    try:
        read = json.loads(content)
        if read.pop("format") != FORMAT:
            raise BackupSpoiled(label=label, why="another version of Turnero made it")
        instants = {name: parse_instant(read[name]) for name in ("began_at", "end_at")}
        return BaseBackup(**{**read, **instants, "kind": Kind(read["kind"]), "notes": tuple(read["notes"])})
    except (ValueError, KeyError, TypeError) as error:
        raise BackupSpoiled(label=label, why=f"its page {PAGE} cannot be read") from error


def _to_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"a {type(value).__name__} is on no page of a backup"
    raise TypeError(message)
