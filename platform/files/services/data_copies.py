"""Copies of all data that owners ask for: asked here, made by `copying` in a worker, removed here after seven days."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import PermissionMissing
from accounts.policies import Permission, has_permission
from database.locks import KeySpace, lock_words
from files import storage
from files.enums import COPIES_AT_WORK, CopyKind, CopyState
from files.errors import StorageAway
from files.models import DataCopy
from files.selectors.data_copies import make_place, open_data_copy, view_copy
from files.types import DataCopyView, OpenCopy
from tenants.context import current_tenant
from tenants.enums import CopyAct, Urgency
from tenants.errors import ExampleNotKept, RetryLater
from tenants.hooks import ExportRule, note_act, register_export_rules, register_restore_step
from tenants.services.copies.nightly import LANE
from tenants.services.due_work import add_due_work, remove_due_work
from tenants.types import ActDone, ErasedRows, RestoredTenant

MAKE_KIND, END_KIND = "data_copy", "data_copy_end"
LIFE = timedelta(days=7)
FRESH = timedelta(minutes=10)
"""Whoever asks again so soon has pressed twice: nothing that matters is another one by then."""
RECORD = timedelta(days=365)
"""How long it is known who asked for all data, and when."""
PATIENCE = timedelta(minutes=5)

logger = logging.getLogger(__name__)


def register() -> None:
    """Leave these rows out of every copy: their files are not in it, and nobody there asked."""
    register_export_rules([ExportRule("files.DataCopy", left_out="its file stays with the platform that made it")])
    register_restore_step("data_copies", 30, forget_copies)


@transaction.atomic
def ask_for_copy(*, kind: CopyKind, by: Any, now: datetime) -> DataCopyView:
    """Let a worker make a copy of all data; one that is on its way, or was made a moment ago, is the same one.

    The state of the business does not matter: whoever is suspended or has closed takes along what is theirs.

    Raises:
        PermissionMissing: This person may not.
        ExampleNotKept: It is the public example.
    """
    if not has_permission(by, Permission.DATA_TAKE):
        raise PermissionMissing
    if current_tenant().is_example:
        raise ExampleNotKept
    lock_words(KeySpace.FILES, MAKE_KIND, kind)
    mine = DataCopy.objects.filter(kind=kind)
    same = mine.filter(state__in=COPIES_AT_WORK).first()
    same = same or mine.filter(state=CopyState.READY, ready_at__gt=now - FRESH).order_by("-pk").first()
    if same is None:
        same = DataCopy.objects.create(kind=kind, asked_by_id=by.pk, asked_at=now)
        add_due_work(kind=MAKE_KIND, row_id=same.pk, due_at=now, now=now, urgency=Urgency.LATER, lane=LANE)
    return view_copy(same, now=now)


def take_copy(view: DataCopyView, *, user_id: int, prove: Callable[[], object], now: datetime) -> OpenCopy:
    """Open the file of a copy for whoever takes it along, ``user_id``; the platform's log keeps who, as a number.

    ``prove`` asks for the owner's password and code, and raises when they are wrong: once the file is there, because a
    code counts once.

    Raises:
        CopyUnknown: It was removed meanwhile.
        CopyAway: The storage does not answer.
    """
    opened = open_data_copy(view.key, now=now)
    with ExitStack() as undone:
        undone.callback(opened.file.close)
        prove()
        _note_taken(view, user_id, now)
        undone.pop_all()
    logger.info("data_taken", extra={"kind": view.kind})
    return opened


@transaction.atomic
def _note_taken(view: DataCopyView, user_id: int, now: datetime) -> None:
    DataCopy.objects.filter(key=view.key).update(taken_at=now)
    tenant = current_tenant()
    told = f"{view.kind} by person {user_id}, {view.bytes} bytes, SHA-256 {view.sha256}"
    note_act(ActDone(tenant=tenant, act=CopyAct.TAKE, old="", new=tenant.status, reason=told, author_id=None, at=now))


@transaction.atomic
def end_copies(*, kind: str, but: int, now: datetime) -> None:
    """Let earlier copies of a kind be gone for everybody at once, and their files after the commit."""
    _end_ready(DataCopy.objects.filter(kind=kind).exclude(pk=but), now)


def erase_copies(rows: ErasedRows) -> None:
    """Let no copy be taken that still holds whoever is erased: one under way begins anew, and ready ones end."""
    for kind in sorted(CopyKind.values):
        lock_words(KeySpace.FILES, MAKE_KIND, kind)  # one that is asked for now is made after this is committed
    # First, because this waits for whoever is just finishing one: that one is ready then, and ends below.
    DataCopy.objects.filter(state__in=COPIES_AT_WORK).update(state=CopyState.ASKED, tries=0)
    _end_ready(DataCopy.objects.all(), rows.at)


def _end_ready(copies: QuerySet[DataCopy], now: datetime) -> None:
    ids = list(copies.filter(state=CopyState.READY).values_list("pk", flat=True))
    DataCopy.objects.filter(pk__in=ids).update(state=CopyState.GONE)
    for copy_id in ids:
        add_due_work(kind=END_KIND, row_id=copy_id, due_at=now, now=now)


def end_copy(copy_id: int, now: datetime) -> None:
    """Remove a copy whose time is over; a handler of due work.

    Raises:
        RetryLater: It can still be taken, or the storage does not answer.
    """
    row = DataCopy.objects.filter(pk=copy_id, state__in=(CopyState.READY, CopyState.GONE)).first()
    if row is None:
        return
    if row.state == CopyState.READY and row.ends_at is not None and row.ends_at > now:
        raise RetryLater(at=row.ends_at)
    DataCopy.objects.filter(pk=copy_id).update(state=CopyState.GONE)
    try:
        storage.remove(make_place(row))
    except StorageAway as error:
        raise RetryLater(at=now + PATIENCE) from error
    DataCopy.objects.filter(asked_at__lt=now - RECORD).exclude(state__in=COPIES_AT_WORK).delete()


def forget_copies(_restored: RestoredTenant) -> tuple[str, ...]:
    """Remove the rows that came with an archive, and what is due for them."""
    for copy_id in list(DataCopy.objects.values_list("pk", flat=True)):
        remove_due_work(kind=MAKE_KIND, row_id=copy_id)
        remove_due_work(kind=END_KIND, row_id=copy_id)
    DataCopy.objects.all().delete()
    return ()
