"""One base backup: taken by ``pg_basebackup``, checked against PostgreSQL's own list while it streams by, and kept.

What streams is never on this disk unpacked: it is read, summed, compressed and encrypted on its way.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any, cast

from django.conf import settings

from database.locks import KeySpace, try_lock_platform
from kernel.clock import utc_now
from kernel.errors import DomainError
from recovery.engine import manifests
from recovery.engine.bases import BaseBackup, Kind
from recovery.engine.chains import find_parent
from recovery.errors import BackupBusy, BackupSpoiled, ProgramFailed, ServerUnready
from recovery.services import catalog, objects, programs, server
from recovery.types import ServerFacts

PROGRAM = "pg_basebackup"
MARGIN_BYTES = 64_000_000
"""Of disk that has to be left over."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What streamed by: PostgreSQL's list, what came, and how much that was."""

    manifest: bytes
    files: dict[str, manifests.File]
    raw_bytes: int


def back_up(*, kind: Kind | None = None, now: datetime) -> BaseBackup:
    """Take a base backup and keep it; without a ``kind`` an incremental one where that is possible.

    Raises:
        BackupBusy: Somebody is at it.
        ServerUnready, ServerAway: The server cannot be backed up, or not like that.
        ProgramFailed: ``pg_basebackup`` is missing or failed.
        PlaceRefused: The store, or where we work, lies in the data directory.
        BackupSpoiled: What came is not what the server says it sent.
        NoRoom, StoreAway, ArchiveDamaged: It cannot be stored.
        KeyInvalid: The key that it shall be encrypted for is none.
    """
    with try_lock_platform(KeySpace.PLATFORM_BACKUP) as is_mine:
        if not is_mine:
            raise BackupBusy
        facts = server.ask()
        server.refuse_unready(facts)
        objects.check_store()
        parent, note = _choose_parent(kind, facts, now)
        notes = [note] if note else []
        with objects.work_folder() as folder:
            objects.refuse_small_disk(folder, needed=facts.data_bytes // 2 + MARGIN_BYTES)
            try:
                return _make(facts, parent, folder, now, notes)
            except (ProgramFailed, BackupSpoiled) as error:
                if parent is None or kind is not None:
                    raise
                # Summaries were removed, the server went over to another timeline, or the list of the backup before is
                # damaged: a full one is always right.
                notes.append(f"full, because an incremental one failed: {error}".rstrip("."))
                return _make(facts, None, folder, now, notes)


def _choose_parent(kind: Kind | None, facts: ServerFacts, now: datetime) -> tuple[BaseBackup | None, str]:
    """Return what the backup builds on, and a note when it builds on nothing though it was to."""
    if kind == Kind.FULL:
        return None, ""
    refusal, parent = server.explain_no_incremental(facts), None
    try:
        parent = find_parent(catalog.list_bases(), system=facts.system, major=facts.major, now=now)
    except BackupSpoiled as error:
        refusal = refusal or f"the list of backups cannot be read: {error}".rstrip(".")
    if kind == Kind.INCREMENTAL and (refusal or parent is None):
        raise ServerUnready(why=refusal or "there is no backup that an incremental one could build on")
    return (None, f"full, because {refusal}") if refusal else (parent, "")


def _make(facts: ServerFacts, parent: BaseBackup | None, folder: Path, now: datetime, notes: list[str]) -> BaseBackup:
    kind = Kind.FULL if parent is None else Kind.INCREMENTAL
    label = f"{now:%Y%m%dT%H%M%S%f}Z-{kind}"
    recipients = objects.list_recipients()
    draft = folder / "base"
    draft.unlink(missing_ok=True)
    with _old_manifest(parent, folder) as old, objects.writing(draft, recipients) as sink:
        taken = _take(facts, old, sink, label)
    listed = _check(taken, label)
    base = BaseBackup(
        label=label,
        kind=kind,
        parent=parent.label if parent else "",
        system=facts.system,
        version=facts.version,
        timeline=listed.timeline,
        start_lsn=listed.start_lsn,
        end_lsn=listed.end_lsn,
        began_at=now,
        end_at=utc_now(),
        segment_bytes=facts.segment_bytes,
        raw_bytes=taken.raw_bytes,
        stored_bytes=draft.stat().st_size,
        files=len(listed.files),
        sha256=objects.digest_file(draft),
        is_encrypted=bool(recipients),
        settings=facts.settings,
        notes=tuple(filter(None, [*notes, server.explain_no_log(facts)])),
    )
    _keep(base, draft, taken.manifest, folder)
    return base


def _keep(base: BaseBackup, draft: Path, manifest: bytes, folder: Path) -> None:
    """Put everything into its place, the page last; nothing is left of what could not be."""
    packed = folder / "manifest"
    with packed.open("wb") as file, GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
        zipped.write(manifest)
    try:
        objects.keep(draft, catalog.name_base(base))
        objects.keep(packed, catalog.name_manifest(base.label))
        catalog.write_page(base, folder)
    except BaseException:
        with suppress(DomainError):
            catalog.remove_base(base.label)
        raise


@contextmanager
def _old_manifest(parent: BaseBackup | None, folder: Path) -> Iterator[Path | None]:
    """Yield PostgreSQL's list of the backup before, as a local file."""
    if parent is None:
        yield None
        return
    path = folder / "before"
    with objects.reading(catalog.name_manifest(parent.label), (), folder) as source, path.open("wb") as target:
        copyfileobj(source, target)
    yield path


def _take(facts: ServerFacts, old: Path | None, sink: IO[bytes], label: str) -> _Taken:
    address, password = programs.split_password(settings.REPLICATION_URL)
    command = [
        programs.find_program(PROGRAM, major=facts.major),
        *("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password"),
        *("--manifest-checksums=SHA256", f"--label={label}", f"--dbname={address}"),
        *((f"--incremental={old}",) if old else ()),
    ]
    with programs.streaming(command, program=PROGRAM, password=password) as source:
        tee = _Tee(source, sink)
        manifest, files = b"", {}
        try:
            with tarfile.open(fileobj=cast("IO[bytes]", tee), mode="r|") as tar:
                for member in tar:
                    piece = tar.extractfile(member)
                    if piece is None:
                        continue
                    if member.name == manifests.NAME:
                        manifest = piece.read()
                    else:
                        files[member.name] = _sum(piece)
        except tarfile.TarError as error:
            if tee.count and not isinstance(error, tarfile.ReadError):
                raise
            # It ended early, and its own words say why; should it have none, its list is missing.
            manifest = b""
        tee.drain()
    return _Taken(manifest, files, tee.count)


def _check(taken: _Taken, label: str) -> manifests.Manifest:
    try:
        listed = manifests.parse_manifest(taken.manifest)
    except manifests.ManifestSpoiled as error:
        raise BackupSpoiled(label=label, why="it has no list of what is in it, or a damaged one") from error
    faults = manifests.list_faults(listed, taken.files)
    if faults:
        raise BackupSpoiled(label=label, why=", ".join(faults))
    return listed


class _Tee:
    """Hands on what it reads."""

    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self._source, self._sink = source, sink
        self.count = 0

    def read(self, size: int) -> bytes:
        """Read, and write the same."""
        data = self._source.read(size)
        self._sink.write(data)
        self.count += len(data)
        return data

    def drain(self) -> None:
        """Read to the end."""
        while self.read(objects.CHUNK):
            pass


def _sum(piece: Any) -> manifests.File:
    digest, size = hashlib.sha256(), 0
    while data := piece.read(objects.CHUNK):
        digest.update(data)
        size += len(data)
    return manifests.File(size, digest.hexdigest())
