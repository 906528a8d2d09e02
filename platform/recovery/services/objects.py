"""What the platform keeps in the storage of archives, beside those of businesses: everything below ``platform/``.

Objects are gzip, and encrypted with age around that when somebody holds a key; pages that this server has to read
again (lists, descriptions) are not encrypted, and hold nothing that customers typed.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from gzip import GzipFile
from pathlib import Path
from shutil import copyfileobj, disk_usage
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages

from recovery.errors import BackupSpoiled, PlaceRefused, StoreAway
from tenants.errors import ArchiveDamaged, ArchiveUnknown, NoRoom
from tenants.services import shelves
from tenants.services.copies.seals import Identity, Recipient, encrypting, opened, read_recipients

ROOT = "platform"
GZIP, AGE = ".gz", ".gz.age"
LEVEL = 3
"""Of gzip: half again as fast as its own choice, and a twentieth larger."""
CHUNK = 1 << 20

logger = logging.getLogger(__name__)


def list_recipients() -> list[Recipient]:
    """Return for whom this platform's backups are encrypted; nobody: they are not."""
    return read_recipients(settings.BACKUP_KEYS)


def name_object(name: str, recipients: Sequence[Recipient]) -> str:
    """Return the name of an object with the ending that says how it is read."""
    return name + (AGE if recipients else GZIP)


@contextmanager
def writing(path: Path, recipients: Sequence[Recipient]) -> Iterator[IO[bytes]]:
    """Yield where to write what shall lie in a new local file compressed, and encrypted when somebody holds a key."""
    with path.open("xb") as file, encrypting(file, recipients) as raw:
        path.chmod(0o600)
        zipped = GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=raw, mtime=0)
        try:
            yield cast("IO[bytes]", zipped)
        finally:
            zipped.close()


def keep(source: Path, place: str) -> None:
    """Put a local file at a place below ``platform/``, read it back and compare; it is gone here afterwards.

    Raises:
        NoRoom: It cannot be stored.
        ArchiveDamaged: What is there is not what was sent.
    """
    shelves.keep(source, f"{ROOT}/{place}")


def keep_page(content: bytes, place: str, folder: Path) -> None:
    """Put a few lines at a place, as they are; raises as `keep`."""
    draft = folder / "page"
    draft.write_bytes(content)
    keep(draft, place)


def remove(place: str) -> None:
    """Remove an object, if it is there.

    Raises:
        NoRoom: The storage does not answer.
    """
    shelves.remove(f"{ROOT}/{place}")


def remove_folder(place: str) -> None:
    """Remove the objects of a folder, and the folder where there are such things; raises as `remove`."""
    for name in list_names(place):
        remove(f"{place}/{name}")
    storage = get_storage()
    if isinstance(storage, FileSystemStorage):
        with suppress(OSError):
            Path(storage.path(f"{ROOT}/{place}")).rmdir()


def list_names(place: str) -> list[str]:
    """Return the names of the objects in a folder, in order; none where there is no such folder.

    Raises:
        StoreAway: The storage does not answer.
    """
    return sorted(name for name in _list(place)[1] if name and not name.startswith("."))


def list_folders(place: str) -> list[str]:
    """Return the names of the folders in a folder, in order; raises as `list_names`."""
    return sorted(filter(None, _list(place)[0]))


def read_page(place: str) -> bytes | None:
    """Return what lies at a place, as it is; None: nothing does.

    Raises:
        StoreAway: The storage does not answer.
    """
    try:
        with telling(), get_storage().open(f"{ROOT}/{place}") as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None


@contextmanager
def fetched(place: str, folder: Path) -> Iterator[Path]:
    """Yield a local file with what lies at a place: its own in a folder, a copy in ``folder`` of what lies elsewhere.

    Raises:
        BackupSpoiled: Nothing lies there.
        StoreAway: The storage does not answer.
    """
    storage = get_storage()
    if isinstance(storage, FileSystemStorage):
        yield Path(storage.path(f"{ROOT}/{place}"))
        return
    copy = folder / "fetched"
    try:
        with telling(), storage.open(f"{ROOT}/{place}") as file, copy.open("wb") as target:
            copyfileobj(cast("Any", file), target, CHUNK)
    except FileNotFoundError as error:
        raise BackupSpoiled(label=place, why="it is not in the store") from error
    try:
        yield copy
    finally:
        copy.unlink()


@contextmanager
def reading(place: str, identities: Sequence[Identity], folder: Path, *, sha256: str = "") -> Iterator[BinaryIO]:
    """Yield what an object holds, decrypted and unpacked; ``sha256`` is of the object as it was stored.

    Raises:
        BackupSpoiled: It is not there, or not as it was written.
        IdentityNeeded, IdentityWrong: It is encrypted, and none of the keys opens it.
        StoreAway: The storage does not answer.
    """
    with fetched(place, folder) as path:
        try:
            if sha256 and digest_file(path) != sha256:
                raise BackupSpoiled(label=place, why="it is not as it was stored")
            with opened(path, identities) as plain, GzipFile(fileobj=plain, mode="rb") as unpacked:
                yield cast("BinaryIO", unpacked)
        except (EOFError, zlib.error, FileNotFoundError, ArchiveDamaged, ArchiveUnknown) as error:
            raise BackupSpoiled(label=place, why="it is damaged, cut off or missing") from error
        except OSError as error:
            if error.errno is None:  # gzip's own: the file is not what it was
                raise BackupSpoiled(label=place, why="it is damaged") from error
            raise


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a local file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def work_folder() -> Iterator[Path]:
    """Yield a folder for what is not kept yet, as `tenants.services.shelves.work_folder`.

    Raises:
        NoRoom: It cannot be made, or the disk is full.
        PlaceRefused: It would lie in the data of a PostgreSQL.
    """
    refuse_data_directory(settings.BACKUP_WORK)
    with shelves.work_folder() as folder:
        yield folder


def refuse_data_directory(folder: Path) -> None:
    """Refuse a folder that lies in the data of a PostgreSQL: it would be backed up in itself, and lost with it.

    Raises:
        PlaceRefused: It does.
    """
    for parent in (folder.resolve(), *folder.resolve().parents):
        with suppress(OSError):
            if (parent / "PG_VERSION").exists() and (parent / "global").is_dir():
                raise PlaceRefused(folder=str(folder), why=f"it lies in the data directory {parent} of a PostgreSQL")


def refuse_small_disk(folder: Path, *, needed: int) -> None:
    """Refuse a disk that has no room for so many bytes, before anything is written.

    Raises:
        NoRoom: It has not.
    """
    free = disk_usage(folder).free
    if free < needed:
        raise NoRoom(why=f"{folder} has {free / 1e6:.0f} MB left and {needed / 1e6:.0f} MB are needed")


def check_store() -> None:
    """Refuse a store that lies in the data of a PostgreSQL.

    Raises:
        PlaceRefused: It does.
    """
    storage = get_storage()
    if isinstance(storage, FileSystemStorage):
        refuse_data_directory(Path(storage.location))


def get_storage() -> Storage:
    """Return the storage of archives."""
    return storages["backups"]


def _list(place: str) -> tuple[list[str], list[str]]:
    try:
        with telling():
            folders, files = get_storage().listdir(f"{ROOT}/{place}")
    except FileNotFoundError:
        return [], []
    return folders, files


@contextmanager
def telling() -> Iterator[None]:
    """Say in our own words what a disk or a remote store says in theirs; that something is not there passes."""
    try:
        yield
    except FileNotFoundError:
        raise
    except shelves.list_failures() as error:
        logger.warning("backup_storage_away", extra={"error": type(error).__name__})
        raise StoreAway(why=str(error)) from error
