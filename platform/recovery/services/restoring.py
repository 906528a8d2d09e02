"""A data directory made of the store alone, as the server was at an instant: for a real loss, and for drills.

Nothing here asks the database, which may be gone. The folder holds ``data``, ``wal`` and ``files``; it is there as a
whole or not at all.
"""

from __future__ import annotations

import hashlib
import shlex
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from shutil import copyfileobj, rmtree
from typing import IO, Any, cast

from recovery.engine import chains, manifests
from recovery.engine.bases import BaseBackup
from recovery.engine.wal import SEGMENT, find_gap, follow, list_needed, name_segment
from recovery.errors import BackupSpoiled, LogGap, NoBackup, PlaceRefused, TargetUnreachable
from recovery.services import catalog, objects, pictures, programs
from recovery.services.lines import Line, read_line
from recovery.services.log_archive import Stored
from recovery.types import Restored
from tenants.errors import NoRoom
from tenants.services.copies.seals import Identity, read_identities

DATA, WAL, FILES = "data", "wal", "files"
UNFINISHED = "unfinished"
"""What is not whole yet: whoever is killed midway leaves no ``data`` that a server could be started on."""
PROGRAM = "pg_combinebackup"
WRITTEN = "%Y-%m-%dT%H:%M:%SZ"
"""As an instant is typed again (``--at``)."""
SETTINGS_FILE, SIGNAL = "postgresql.auto.conf", "recovery.signal"


def restore(*, to: Path, target: datetime | None, identity: Path | None, now: datetime) -> Restored:
    """Make a folder of what a server needs to come up as it was at an instant; without one, as late as the log goes.

    Raises:
        PlaceRefused: The folder is not empty, or lies in the data directory of a server.
        TargetUnreachable, NoBackup, LogGap: Nothing in the store reaches that instant.
        BackupSpoiled: Something in the store is not as it was written, or missing.
        IdentityNeeded, IdentityWrong: It is encrypted, and none of the keys opens it.
        ProgramFailed: ``pg_combinebackup`` is missing or failed.
        NoRoom, StoreAway: The disk is full, or the store does not answer.
    """
    identities = tuple(read_identities(identity))
    found = catalog.read_catalog()
    all_of_them = found.bases
    if not all_of_them:
        for error in found.spoiled.values():
            raise error
    lines = {
        system: read_line(system, all_of_them, target=target, identities=identities)
        for system in {each.system for each in all_of_them}
    }
    there = [each for each in all_of_them if lines[each.system].holds(each)]
    chain = choose_chain(there, target=target, now=now)
    line = lines[chain[-1].system]
    stored = choose_log(there, chain[-1], line.stored, target=target)
    _refuse_place(to)
    is_ours = not to.exists()
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        needed = sum(each.raw_bytes for each in chain) * (1 if len(chain) == 1 else 2)
        objects.refuse_small_disk(to, needed=needed + len(stored) * chain[-1].segment_bytes)
        done = _restore(to, chain, stored, line, target, identities)
        return replace(done, passed_over=tuple(str(error) for error in found.spoiled.values()))
    except BaseException as error:
        for path in (to / DATA, to / WAL, to / FILES, to / UNFINISHED):
            rmtree(path, ignore_errors=True)
        if is_ours:
            with suppress(OSError):
                to.rmdir()
        if isinstance(error, OSError):
            raise NoRoom(why=f"{error.filename or to}: {error.strerror or error}") from error
        raise


def choose_chain(there: Sequence[BaseBackup], *, target: datetime | None, now: datetime) -> tuple[BaseBackup, ...]:
    """Return the base backups to put together for an instant, the full one first.

    One that has lost what it builds on is passed over: the one before reaches as far, with more of the log.

    Raises:
        TargetUnreachable: It has not come yet, or lies before the first backup.
        NoBackup: There is none at all.
        BackupSpoiled: One that the others build on is missing, and there is no other.
    """
    if target is not None and target > now:
        raise TargetUnreachable(why=f"{target:{WRITTEN}} has not come yet")
    if not there:
        raise NoBackup(why="the store holds none that is whole")
    whole = [each for each in there if chains.is_whole(each, there)]
    base = chains.choose_base(whole, target=target) or chains.choose_base(there, target=target)
    if base is None:
        first = min(each.end_at for each in there) + timedelta(seconds=1)  # what is cut off there
        raise TargetUnreachable(why=f"the first backup reaches back to {first:{WRITTEN}}")
    try:
        return chains.list_chain(base, there)
    except chains.ParentMissing as error:
        raise BackupSpoiled(label=base.label, why=f"it builds on {error}, which is not in the store") from error


def choose_log(
    there: Sequence[BaseBackup], base: BaseBackup, stored: Mapping[str, Stored], *, target: datetime | None
) -> list[Stored]:
    """Return the files of the log that are replayed on a base backup to reach an instant.

    A server stops at the first commit after the instant, and there may be none before the next base backup nor while
    that is taken: one segment past it comes along.

    Raises:
        LogGap: One before that instant is missing.
    """
    first = _name_start(base)
    after = chains.find_next(there, target=target) if target is not None else None
    last = _name_after(after) if after is not None and after.system == base.system else ""
    needed = list_needed(stored, first=first, last=last)
    gap = find_gap(needed, first=first, segment_bytes=base.segment_bytes)
    if gap is not None:
        missing, before = gap
        reached = stored[before].handed_at if before in stored else base.end_at
        if target is None or reached <= target:
            raise LogGap(missing=missing, last=f"{reached:{WRITTEN}}")
        needed = [name for name in needed if not SEGMENT.fullmatch(name) or name <= before]
    return [stored[name] for name in needed]


def _name_start(base: BaseBackup) -> str:
    return name_segment(base.timeline, base.start_lsn, segment_bytes=base.segment_bytes)


def _name_after(base: BaseBackup) -> str:
    """Return the segment after the one in which the log of a backup ends."""
    return follow(
        name_segment(base.timeline, base.end_lsn, segment_bytes=base.segment_bytes), segment_bytes=base.segment_bytes
    )


def _refuse_place(to: Path) -> None:
    objects.refuse_data_directory(to)
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise PlaceRefused(folder=str(to), why="it is not an empty folder")


def _restore(
    to: Path,
    chain: tuple[BaseBackup, ...],
    stored: Sequence[Stored],
    line: Line,
    target: datetime | None,
    identities: tuple[Identity, ...],
) -> Restored:
    unfinished, wal = to / UNFINISHED, to / WAL
    work, data = unfinished / "work", unfinished / DATA
    work.mkdir(mode=0o700, parents=True)
    if len(chain) == 1:
        _unpack(chain[0], data, identities, work)
    else:
        program = programs.find_program(PROGRAM, major=chain[-1].major)
        parts = [unfinished / base.label for base in chain]
        for base, part in zip(chain, parts, strict=True):
            _unpack(base, part, identities, work)
        programs.run([program, *parts, "--output", data, "--manifest-checksums=SHA256"], program=PROGRAM)
    _fetch_log(wal, [*stored, *line.later], chain[-1].segment_bytes, identities, work)
    count = pictures.restore(to / FILES, target=target, identities=identities, work=work)
    _write_settings(data, wal, target, timeline=str(line.living) if line.later else "latest")
    data.rename(to / DATA)
    rmtree(unfinished)
    segments = sum(1 for each in stored if SEGMENT.fullmatch(each.name))
    return Restored(to / DATA, wal, to / FILES, target, chain, segments, count)


def _unpack(base: BaseBackup, folder: Path, identities: Sequence[Identity], work: Path) -> None:
    """Write the files of one backup, and compare each with PostgreSQL's own list."""
    folder.mkdir(mode=0o700)
    manifest, found = b"", {}
    with objects.reading(catalog.name_base(base), identities, work, sha256=base.sha256) as source:
        try:
            with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|") as tar:
                for member in tar:
                    place = folder / _refuse_way_out(member, base)
                    if member.isdir():
                        place.mkdir(mode=0o700, parents=True, exist_ok=True)
                        continue
                    found[member.name] = _write(cast("Any", tar.extractfile(member)), place)
                    if member.name == manifests.NAME:
                        manifest = place.read_bytes()
        except tarfile.TarError as error:
            raise BackupSpoiled(label=base.label, why="it is damaged or cut off") from error
        while source.read(objects.CHUNK):  # to the end, where gzip and age notice what was cut off
            pass
    _compare(base, manifest, found)


def _compare(base: BaseBackup, manifest: bytes, found: Mapping[str, manifests.File]) -> None:
    try:
        faults = manifests.list_faults(manifests.parse_manifest(manifest), found)
    except manifests.ManifestSpoiled as error:
        raise BackupSpoiled(label=base.label, why="its list of files is damaged") from error
    if faults:
        raise BackupSpoiled(label=base.label, why=", ".join(faults))


def _refuse_way_out(member: tarfile.TarInfo, base: BaseBackup) -> str:
    """Return the name of a file that stays in its folder; a base backup of one cluster has no links."""
    parts = PurePosixPath(member.name).parts
    if not (member.isfile() or member.isdir()) or ".." in parts or member.name.startswith("/"):
        raise BackupSpoiled(label=base.label, why=f"{member.name} is no file of a data directory")
    return member.name


def _write(source: Any, place: Path) -> manifests.File:
    digest, size = hashlib.sha256(), 0
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("xb") as file:
        place.chmod(0o600)
        while data := source.read(objects.CHUNK):
            file.write(data)
            digest.update(data)
            size += len(data)
    return manifests.File(size, digest.hexdigest())


def _fetch_log(
    wal: Path, stored: Sequence[Stored], segment_bytes: int, identities: Sequence[Identity], work: Path
) -> None:
    wal.mkdir(mode=0o700)
    for each in stored:
        place = wal / each.name
        with objects.reading(each.place, identities, work) as source, place.open("xb") as file:
            copyfileobj(source, file, objects.CHUNK)
        if SEGMENT.fullmatch(each.name) and place.stat().st_size != segment_bytes:
            raise BackupSpoiled(label=each.name, why="this part of the log is not as long as one is")


def _write_settings(data: Path, wal: Path, target: datetime | None, *, timeline: str) -> None:
    """Tell the server where its log is and where to stop; it goes on as a server of its own from there.

    It begins a timeline with the first number of which it finds no history.
    """
    command = f"cp {shlex.quote(str(wal)).replace('%', '%%')}/%f %p"
    lines = {"restore_command": command, "recovery_target_timeline": timeline}
    if target is not None:
        lines |= {"recovery_target_time": target.isoformat(), "recovery_target_action": "promote"}
    text = "".join("{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in lines.items())
    with (data / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write(f"\n# Written by manage restore_platform: remove these lines once the server is up.\n{text}")
    (data / SIGNAL).touch(mode=0o600)
