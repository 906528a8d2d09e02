"""Removing files: the rows in the transaction that ends what they belong to, the objects by a worker after it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from files import storage
from files.enums import FileState
from files.errors import StorageAway
from files.hooks import list_kinds_of
from files.models import StoredFile
from files.types import read_renditions
from tenants.context import current_tenant
from tenants.errors import RetryLater
from tenants.services.due_work import plan_due_work, remove_all_due_work, wake_after_commit
from tenants.types import ErasedRows

DUE_KIND, RENDER_KIND = "file_removal", "file"
PATIENCE = timedelta(minutes=5)


@transaction.atomic
def remove_files_of(*, kind: str, owner_id: int, now: datetime) -> None:
    """Remove every file of a row that is being deleted; belongs in the transaction that deletes it."""
    remove_files_of_all(kinds=[kind], owner_ids=[owner_id], now=now)


@transaction.atomic
def remove_files_of_all(*, kinds: Collection[str], owner_ids: Collection[int], now: datetime) -> None:
    """Do the same for many rows of a table, and each kind of their files, in as many statements as for one."""
    remove_rows(StoredFile.objects.filter(kind__in=kinds, owner_id__in=owner_ids), now=now)


def remove_rows(rows: QuerySet[StoredFile], *, now: datetime) -> None:
    """Let rows be gone for everybody at once, and their objects after the commit."""
    ids = list(rows.exclude(state=FileState.REMOVED).values_list("pk", flat=True))
    StoredFile.objects.filter(pk__in=ids).update(state=FileState.REMOVED, failure="", incoming=None)
    if ids:
        remove_all_due_work(kind=RENDER_KIND, row_ids=ids)
        plan_due_work(kind=DUE_KIND, row_ids=ids, due_at=now)
        wake_after_commit(kind=DUE_KIND, row_id=ids[0])  # one goes on while there is anything to do


def erase_files(rows: ErasedRows) -> None:
    """Remove the files of rows that are erased."""
    kinds = list_kinds_of(rows.kind)
    if kinds:
        remove_rows(StoredFile.objects.filter(kind__in=kinds, owner_id__in=rows.row_ids), now=rows.at)


def finish_removal(file_id: int, now: datetime) -> None:
    """Remove the objects of a row that is gone, then the row.

    Raises:
        RetryLater: The storage does not answer.
    """
    row = StoredFile.objects.filter(pk=file_id, state=FileState.REMOVED).first()
    if row is None:
        return
    try:
        for each in read_renditions(row.renditions):
            storage.remove(storage.make_path(current_tenant().schema_name, row.kind, row.key, each.name))
    except StorageAway as error:
        raise RetryLater(at=now + PATIENCE) from error
    row.delete()
