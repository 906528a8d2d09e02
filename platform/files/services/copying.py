"""What a worker does with a copy of all data that an owner asked for."""

from __future__ import annotations

import errno
import hashlib
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, transaction
from django.db.models import F

from accounts.enums import AccountMessageKind, Role
from accounts.hooks import tell
from accounts.policies import PERMISSIONS_BY_ROLE, Permission
from accounts.selectors.staff import list_staff
from accounts.types import AccountMessage
from database.locks import KeySpace, try_lock_platform
from files import storage
from files.enums import COPIES_AT_WORK, CopyFailure, CopyKind, CopyState
from files.errors import StorageAway
from files.models import DataCopy
from files.selectors.data_copies import make_place, make_progress_key
from files.services.data_copies import END_KIND, LIFE, end_copies
from kernel.clock import utc_now
from kernel.errors import DomainError, Unavailable
from keyvalue.client import ask
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.errors import NoRoom, RetryLater
from tenants.hosts import make_base_url
from tenants.jobs import call_outside
from tenants.services.copies.backups import back_up, encrypt_for_platform
from tenants.services.copies.exports import export
from tenants.services.copies.restores import verify
from tenants.services.copies.results import Teller
from tenants.services.due_work import add_due_work
from tenants.services.shelves import work_folder

PAGE = "/workspace/data/"
PATIENCE = timedelta(minutes=1)
MOST_TRIES = 3
"""A worker that dies each time, of memory perhaps, is not sent to it for ever."""
PROGRESS_SECONDS = 3600
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

logger = logging.getLogger(__name__)


def make_copy(copy_id: int, now: datetime) -> None:
    """Make a copy that was asked for, store it, and write to who asked; a handler of due work.

    Must not run inside a transaction. Whoever comes after a worker that was killed begins anew.

    Raises:
        RetryLater: Somebody is at it, or somebody was erased while it was made.
    """
    with try_lock_platform(KeySpace.OWN_COPY, current_tenant().schema_name, str(copy_id)) as is_mine:
        if not is_mine:
            raise RetryLater(at=now + PATIENCE)
        row = DataCopy.objects.filter(pk=copy_id, state__in=COPIES_AT_WORK).first()
        if row is None:
            return
        if row.tries >= MOST_TRIES:
            _fail(row, CopyFailure.STOPPED)
            return
        DataCopy.objects.filter(pk=copy_id).update(state=CopyState.WORKING, tries=F("tries") + 1)
        try:
            name, size, digest = _make(row, now)
        except DomainError as error:
            logger.exception("data_copy_failed", extra={"kind": row.kind})
            _fail(row, _name_failure(error))
            return
        try:
            _finish(row, name=name, size=size, digest=digest)
        except (DatabaseError, RetryLater):
            # The business was removed while its copy was made, or the database went: nobody would find the file.
            # Or somebody was erased, who is in it.
            with suppress(StorageAway):
                storage.remove(make_place(row))
            raise


def _make(row: DataCopy, now: datetime) -> tuple[str, int, str]:
    """Make the file and store it; return its name, its bytes and its SHA-256."""

    def show(done: int, parts: int) -> None:
        text = f"{done}/{parts}"
        ask(lambda client: client.set(make_progress_key(row.key), text, ex=PROGRESS_SECONDS), otherwise=None)

    slug = current_tenant().slug
    with work_folder() as folder:
        # An archive is tried in a business of its own: nobody enters one out of another.
        path = call_outside(_write, kind=row.kind, slug=slug, folder=folder, show=show, now=now)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        storage.put_file(make_place(row), path)
        return path.name, size, digest


def _write(*, kind: str, slug: str, folder: Path, show: Teller, now: datetime) -> Path:
    """Write a copy into a folder and return its path; a backup counts only once it was restored for a try."""
    if kind == CopyKind.EXPORT:
        return export(slug=slug, path=folder / f"{slug}-{now:%Y-%m-%d}.zip", now=now, tell=show).path
    parts = 0

    def show_with_try(done: int, of: int) -> None:
        nonlocal parts
        parts = of + 1
        show(done, parts)

    archive = back_up(slug=slug, folder=folder, now=now, tell=show_with_try).path
    verify(archive=archive, now=now)
    show(parts, parts)
    return encrypt_for_platform(archive)


@transaction.atomic
def _finish(row: DataCopy, *, name: str, size: int, digest: str) -> None:
    now = utc_now()  # of this moment: it took its time
    ends_at = now + LIFE
    # Whoever erases somebody meanwhile lets it be asked for anew.
    is_whole = DataCopy.objects.filter(pk=row.pk, state=CopyState.WORKING).update(
        state=CopyState.READY, ready_at=now, ends_at=ends_at, name=name, bytes=size, sha256=digest
    )
    if not is_whole:
        raise RetryLater(at=now)
    end_copies(kind=row.kind, but=row.pk, now=now)
    add_due_work(kind=END_KIND, row_id=row.pk, due_at=ends_at, now=now, urgency=Urgency.LAST)
    is_export = row.kind == CopyKind.EXPORT
    _write_to_who_asked(row, AccountMessageKind.EXPORT_READY if is_export else AccountMessageKind.ARCHIVE_READY, now)


def _fail(row: DataCopy, failure: CopyFailure) -> None:
    """Say why there is none, and leave nothing of it; what cannot be removed now, the sweep removes."""
    with suppress(StorageAway):
        storage.remove(make_place(row))
    _note_failure(row, failure)


@transaction.atomic
def _note_failure(row: DataCopy, failure: CopyFailure) -> None:
    DataCopy.objects.filter(pk=row.pk).update(state=CopyState.FAILED, failure=failure)
    _write_to_who_asked(row, AccountMessageKind.COPY_FAILED, utc_now())


def _name_failure(error: DomainError) -> CopyFailure:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in FULL:
        return CopyFailure.FULL
    is_away = isinstance(error, StorageAway) or (isinstance(error, Unavailable) and not isinstance(error, NoRoom))
    return CopyFailure.AWAY if is_away else CopyFailure.TROUBLE


def _write_to_who_asked(row: DataCopy, kind: AccountMessageKind, now: datetime) -> None:
    """Tell whoever asked, if they may still have it; the link is none that opens anything by itself."""
    person = next((each for each in list_staff() if each.id == row.asked_by_id), None)
    if person is None or Permission.DATA_TAKE not in PERMISSIONS_BY_ROLE[Role(person.role)]:
        return
    place = PAGE if kind is AccountMessageKind.COPY_FAILED else f"{PAGE}{row.key}/"
    message = AccountMessage(
        kind=kind,
        email=person.email,
        locale=person.locale,
        user_id=person.id,
        page=f"{make_base_url(current_tenant().home_host)}{place}",
    )
    tell(message, now=now)
