"""Where the platform makes and keeps archives of businesses: a folder, or what speaks S3 (``STORAGES["backups"]``).

Archives lie in ``<schema>/<archive>``, notes of erased people in ``tombstones/``, backups of the whole platform in
``platform/``. A file has its place once all of it is there, or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from time import time

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from tenants.errors import ArchiveDamaged, NoRoom

CHUNK = 1 << 20
ABANDONED_SECONDS = 3600.0
"""Nobody writes to a draft any more that has not grown for so long."""

logger = logging.getLogger(__name__)


@contextmanager
def work_folder() -> Iterator[Path]:
    """Yield a folder for one copy that is not kept yet; nobody but us reads it, and it goes.

    Raises:
        NoRoom: It cannot be made, or what is done there finds no room.
    """
    try:
        settings.BACKUP_WORK.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as held:
            with _locked(settings.BACKUP_WORK):  # nobody takes a new folder for an abandoned one
                _remove_abandoned(settings.BACKUP_WORK)
                folder = TemporaryDirectory(dir=settings.BACKUP_WORK)
                held.enter_context(_locked(Path(folder.name)))
                held.callback(folder.cleanup)
            yield Path(folder.name)
    except OSError as error:
        raise NoRoom(why=str(error)) from error


def keep(source: Path, place: str) -> None:
    """Put a file at a place, read it back from there and compare; ``source`` is gone afterwards.

    Raises:
        NoRoom: It cannot be stored.
        ArchiveDamaged: What is there is not what was sent.
    """
    storage = _get_storage()
    with source.open("rb") as file:
        wanted = hashlib.file_digest(file, "sha256").digest()
    with _telling():
        if isinstance(storage, FileSystemStorage):
            _move(source, Path(storage.path(place)))
        else:
            with source.open("rb") as file:
                storage.save(place, File(file))
            source.unlink()
        with storage.open(place) as stored:
            found = hashlib.file_digest(stored, "sha256").digest()
    if found != wanted:
        remove(place)
        raise ArchiveDamaged


def keep_text(place: str, text: str) -> None:
    """Write a small file, read it back from there and compare; raises as `keep`."""
    with work_folder() as folder:
        source = folder / "text"
        source.write_text(text)
        keep(source, place)


def read_text(place: str) -> str:
    """Return what a small file holds.

    Raises:
        NoRoom: The storage does not answer, or it is not there any more.
    """
    with _telling(), _get_storage().open(place) as file:
        return str(file.read().decode(errors="replace"))


def list_names(folder: str) -> list[str]:
    """Return the names of the files in a folder; none where there is no such folder.

    Raises:
        NoRoom: The storage does not answer.
    """
    return _list(folder)[1]


def list_folders(folder: str) -> list[str]:
    """Return the names of the folders in one, as `list_names`."""
    return _list(folder)[0]


def remove(place: str) -> None:
    """Remove an archive, if it is there.

    Raises:
        NoRoom: The storage does not answer.
    """
    with _telling():
        _get_storage().delete(place)


def _remove_abandoned(folder: Path) -> None:
    """Remove what processes that were killed have left: whoever still works in a folder has it locked."""
    for path in folder.iterdir():
        with suppress(OSError), _locked(path, fcntl.LOCK_NB):
            rmtree(path)


@contextmanager
def _locked(folder: Path, how: int = 0) -> Iterator[None]:
    """Have a folder alone; the kernel gives it back for whoever is killed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(handle)


def _list(folder: str) -> tuple[list[str], list[str]]:
    with _telling():
        try:
            folders, names = _get_storage().listdir(folder)
        except FileNotFoundError:
            return [], []
    return sorted(filter(None, folders)), sorted(filter(None, names))


def _move(source: Path, target: Path) -> None:
    """Move a file in one step, also from another disk."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in target.parent.glob(".*.part"):  # of others, who may be writing beside us
        with suppress(FileNotFoundError):
            if time() - other.stat().st_mtime > ABANDONED_SECONDS:
                other.unlink()
    draft = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as file, draft.open("wb") as copy:
            draft.chmod(0o600)
            while data := file.read(CHUNK):
                copy.write(data)
            copy.flush()
            os.fsync(copy.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    source.unlink()


def _get_storage() -> Storage:
    return storages["backups"]


def list_failures() -> tuple[type[Exception], ...]:
    """Return what a disk raises when it fails, and a remote store if one is in use."""
    client = sys.modules.get("botocore.exceptions")
    return (OSError,) if client is None else (OSError, client.BotoCoreError, client.ClientError)


@contextmanager
def _telling() -> Iterator[None]:
    """Say in our own words what a disk or a remote store says in theirs."""
    try:
        yield
    except list_failures() as error:
        logger.warning("backup_storage_away", extra={"error": type(error).__name__})
        raise NoRoom(why=str(error)) from error
