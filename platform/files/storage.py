"""The one door to where files lie: a folder, or what speaks S3 (``STORAGES["files"]``).

Paths are ``<schema>/<kind>/<key>-<name>``: a tenant's files are found, copied and removed by its schema's name.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages

from files.errors import FileUnknown, StorageAway

logger = logging.getLogger(__name__)


def make_path(schema_name: str, kind: str, key: UUID, name: str) -> str:
    """Return where a stored object lies."""
    return f"{schema_name}/{kind}/{key}-{name}"


def read_key(file_name: str) -> UUID | None:
    """Return the key in the last part of a path; None: it is not one of ours."""
    try:
        return UUID(file_name[:36])
    except ValueError:
        return None


def put(path: str, content: bytes) -> None:
    """Store an object; what lay there before is replaced.

    Raises:
        StorageAway: It could not be stored.
    """
    with _telling():
        get_storage().save(path, ContentFile(content))


def put_file(path: str, source: Path) -> None:
    """Store a file, piece by piece, however large it is; what lay there before is replaced.

    Raises:
        StorageAway: It could not be stored.
    """
    with _telling(), source.open("rb") as file:
        get_storage().save(path, File(file))


def open_object(path: str) -> File[bytes]:
    """Return an object to be read piece by piece; whoever has it closes it.

    Raises:
        FileUnknown: There is none.
        StorageAway: The storage does not answer.
    """
    with _telling():
        opened: File[bytes] = get_storage().open(path)
        return opened


def get(path: str) -> bytes:
    """Return what an object holds.

    Raises:
        FileUnknown: There is none.
        StorageAway: The storage does not answer.
    """
    with _telling(), get_storage().open(path) as file:
        content: bytes = file.read()
        return content


def remove(path: str) -> None:
    """Remove an object, if it is there.

    Raises:
        StorageAway: It could not be removed.
    """
    with _telling():
        get_storage().delete(path)


def list_folder(path: str) -> tuple[list[str], list[str]]:
    """Return the names of the folders and of the objects in a folder; none where there is no such folder.

    Raises:
        StorageAway: The storage does not answer.
    """
    try:
        with _telling():
            folders, files = get_storage().listdir(path)
    except FileUnknown:
        return [], []
    return sorted(filter(None, folders)), sorted(filter(None, files))


def find_age(path: str, *, now: datetime) -> float:
    """Return how many seconds ago an object was stored.

    Raises:
        FileUnknown: There is none any more.
        StorageAway: The storage does not answer.
    """
    with _telling():
        return (now - get_storage().get_modified_time(path)).total_seconds()


def get_storage() -> Storage:
    """Return the storage of the settings."""
    return storages["files"]


@contextmanager
def _telling() -> Iterator[None]:
    """Say in our own words what a disk or a remote store says in theirs."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileUnknown from error
    except _list_failures() as error:
        logger.warning("file_storage_away", extra={"error": type(error).__name__})
        raise StorageAway from error


def _list_failures() -> tuple[type[Exception], ...]:
    """Return what storages raise; where nobody has loaded S3's client, its errors cannot come."""
    client = sys.modules.get("botocore.exceptions")
    return (OSError,) if client is None else (OSError, client.BotoCoreError, client.ClientError)
