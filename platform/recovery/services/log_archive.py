"""The write-ahead log: PostgreSQL puts each full segment into a folder, and from there it goes into the store.

``archive_command`` (``infra/postgresql-archive.conf``) writes into the folder, which is on the machine of the database;
`ship` takes from there whatever lies in it. An object is named ``<segment>-<when it was handed on>``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfileobj

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from database.locks import KeySpace, try_lock_platform
from kernel.iso import NotIso, ZoneMissing, parse_instant
from recovery.engine.bases import BaseBackup
from recovery.engine.chains import KEPT
from recovery.engine.wal import SEGMENT, list_past, name_segment
from recovery.errors import BackupSpoiled, PlaceRefused
from recovery.selectors.waiting import list_waiting
from recovery.services import objects

FOLDER = "wal"
LATE = timedelta(minutes=15)
"""A segment that has lain in the folder for so long is not leaving it."""
STAMP = "%Y-%m-%dT%H:%M:%SZ"
_LONG_HEADER = struct.Struct("=HHIQI4xQII")
"""``XLogLongPageHeaderData``: magic, flags, timeline, address, rest; the cluster, sizes of a segment and a page."""
_NOT_NEEDED = ("*.backup", "*.partial")
"""Where a base backup began and ended, which its own page says; and the segment in which a server that was restored
branched off: what it replayed of that stands in the first segment of its new timeline."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What went into the store now: files, and bytes as they lie there."""

    files: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the log in the store: its own name, where it lies, and when PostgreSQL handed it on."""

    name: str
    place: str
    handed_at: datetime


def ship() -> Shipped:
    """Put whatever PostgreSQL has handed on into the store; twice is as once. Nothing while somebody else is at it.

    Raises:
        PlaceRefused: The folder is where PostgreSQL itself keeps its log.
        BackupSpoiled: A file is no segment of a log.
        NoRoom, StoreAway, ArchiveDamaged: It cannot be stored: everything stays where it is.
    """
    spool = settings.WAL_DIR
    if spool is None or not spool.is_dir():
        return Shipped()
    _refuse_own_log(spool)
    with try_lock_platform(KeySpace.PLATFORM_LOG) as is_mine:
        return _ship(spool) if is_mine else Shipped()


def ship_before_restoring() -> Shipped:
    """Do the same for whoever restores the server, which may be down: nobody else is at it then.

    What a server wrote last is known to no restore before it is in the store, nor is the number of a timeline that it
    began; another server would take the same number, and two logs would have the same names. Raises as `ship`.
    """
    spool = settings.WAL_DIR
    if spool is None or not list_waiting():
        return Shipped()
    try:
        return ship()
    except (DatabaseError, InterfaceError):
        return _ship(spool)


def prepare_folder() -> None:
    """Make the folder for the log where we may; in production PostgreSQL owns it, and it is there."""
    if settings.WAL_DIR is not None:
        with suppress(OSError):
            settings.WAL_DIR.mkdir(mode=0o700)


def list_stored(system: str) -> Mapping[str, Stored]:
    """Return what is in the store of a cluster's log, by name; of one that came twice, the first.

    Raises:
        StoreAway: The store does not answer.
    """
    found: dict[str, Stored] = {}
    for object_name in objects.list_names(f"{FOLDER}/{system}"):
        name, _, stamp = object_name.partition("-")
        with suppress(NotIso, ZoneMissing):
            handed_at = parse_instant(stamp.partition(".")[0])
            found.setdefault(name, Stored(name, f"{FOLDER}/{system}/{object_name}", handed_at))
    return found


def remove_past(bases: Iterable[BaseBackup], *, now: datetime) -> int:
    """Remove what no base backup needs any more, and return how many files that were.

    Of a cluster without base backups (before a new major version, or of a machine that was prepared and then got
    another's data) everything goes once it is as old as `KEPT`.

    Raises:
        NoRoom, StoreAway: The store does not answer.
    """
    firsts: dict[str, str] = {}
    for each in bases:
        name = name_segment(each.timeline, each.start_lsn, segment_bytes=each.segment_bytes)
        firsts[each.system] = min(firsts.get(each.system, name), name, key=lambda name: name[8:])
    count = 0
    for system in {*firsts, *objects.list_folders(FOLDER)}:
        stored = list_stored(system)
        if system in firsts:
            past = list_past(stored, first_needed=firsts[system])
        else:
            past = [name for name, each in stored.items() if now - each.handed_at >= KEPT]
        for name in past:
            objects.remove(stored[name].place)
            count += 1
    return count


def _refuse_own_log(spool: Path) -> None:
    """Refuse the log that PostgreSQL itself still needs: what is in the store is removed from the folder."""
    objects.refuse_data_directory(spool)
    if (spool / "archive_status").exists():
        raise PlaceRefused(folder=str(spool), why="it is the log of a PostgreSQL itself (pg_wal)")


def _ship(spool: Path) -> Shipped:
    waiting = list_waiting()
    system = next((_read_system(path) for path, _ in waiting if SEGMENT.fullmatch(path.name)), "")
    files = size = 0
    if system:
        recipients = objects.list_recipients()
        with objects.work_folder() as folder:
            for path, handed_at in waiting:
                system = _read_system(path) if SEGMENT.fullmatch(path.name) else system
                draft = folder / path.name
                with path.open("rb") as source, objects.writing(draft, recipients) as sink:
                    copyfileobj(source, sink, objects.CHUNK)
                size += draft.stat().st_size
                name = objects.name_object(f"{path.name}-{handed_at:{STAMP}}", recipients)
                objects.keep(draft, f"{FOLDER}/{system}/{name}")
                path.unlink()
                files += 1
    for name in _NOT_NEEDED:
        for path in spool.glob(name):
            path.unlink(missing_ok=True)
    return Shipped(files, size)


def _read_system(path: Path) -> str:
    """Return the identifier of the cluster whose log this is: two servers never write over each other's."""
    with path.open("rb") as file:
        start = file.read(_LONG_HEADER.size)
    if len(start) < _LONG_HEADER.size:
        raise BackupSpoiled(label=path.name, why="it is no segment of a log")
    return str(_LONG_HEADER.unpack(start)[5])
