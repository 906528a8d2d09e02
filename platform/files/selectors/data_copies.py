"""Copies of all data that owners asked for: which there are, how far they are, and what is in them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from files import storage
from files.enums import CopyState
from files.errors import CopyAway, CopyUnknown, FileUnknown, StorageAway
from files.models import DataCopy
from files.types import DataCopyView, OpenCopy
from keyvalue.client import ask
from tenants.context import current_tenant

FOLDER = "copies"
"""Of the business's own folder in the storage."""
SHOWN = 10


def list_data_copies(*, now: datetime) -> tuple[DataCopyView, ...]:
    """Return the copies that were asked for last, the newest first; one query."""
    return tuple(view_copy(row, now=now) for row in DataCopy.objects.order_by("-pk")[:SHOWN])


def get_data_copy(key: UUID, *, now: datetime) -> DataCopyView:
    """Return a copy that can be taken.

    Raises:
        CopyUnknown: There is none, or not any more.
    """
    return view_copy(_get_ready(key, now), now=now)


def open_data_copy(key: UUID, *, now: datetime) -> OpenCopy:
    """Return the file of a copy, to be sent piece by piece.

    Raises:
        CopyUnknown: There is none, or not any more.
        CopyAway: The storage does not answer.
    """
    row = _get_ready(key, now)
    try:
        return OpenCopy(storage.open_object(make_place(row)), row.name, row.bytes)
    except FileUnknown as error:
        raise CopyUnknown from error
    except StorageAway as error:
        raise CopyAway from error


def make_place(row: DataCopy) -> str:
    """Return where the file of a copy lies, in the folder of the current business."""
    return storage.make_path(current_tenant().schema_name, FOLDER, row.key, row.kind)


def make_progress_key(key: UUID) -> str:
    """Return under which name Redis keeps how far a copy is; the transaction that reads the rows writes nothing."""
    return f"files:data_copy:{key}"


def view_copy(row: DataCopy, *, now: datetime) -> DataCopyView:
    """Copy a row into a value that other rooms may hold; what is past its time is gone, also if it still lies there."""
    is_past = row.state == CopyState.READY and row.ends_at is not None and row.ends_at <= now
    done, parts = _read_progress(row.key) if row.state == CopyState.WORKING else (0, 0)
    return DataCopyView(
        key=row.key,
        kind=row.kind,
        state=CopyState.GONE if is_past else row.state,
        failure=row.failure,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        ready_at=row.ready_at,
        ends_at=row.ends_at,
        taken_at=row.taken_at,
        name=row.name,
        bytes=row.bytes,
        sha256=row.sha256,
        done=done,
        parts=parts,
    )


def _get_ready(key: UUID, now: datetime) -> DataCopy:
    row = DataCopy.objects.filter(key=key, state=CopyState.READY, ends_at__gt=now).first()
    if row is None:
        raise CopyUnknown
    return row


def _read_progress(key: UUID) -> tuple[int, int]:
    kept: object = ask(lambda client: client.get(make_progress_key(key)), otherwise=None)
    with suppress(ValueError):
        if isinstance(kept, bytes):
            done, parts = map(int, kept.split(b"/"))
            return done, parts
    return 0, 0
