"""Taking a file in: it is kept until a worker has read it, so that nobody waits for that."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from io import SEEK_END
from typing import BinaryIO
from uuid import UUID

from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from files.engine import TableRefused, check_table
from kernel.lines import clean_line
from scheduling.enums import ImportKind, ImportState
from scheduling.errors.imports import ImportKnown, ImportUnreadable
from scheduling.models import Import, ImportPiece
from scheduling.services.imports.calendars import HEAD_BYTES, MOST_BYTES, TOO_LARGE, is_calendar
from tenants.enums import Ability, Urgency
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work

DUE_KIND, READ_KIND, END_KIND = "import", "import_read", "import_end"
"""Reading has a kind of its own: a worker of before it leaves the kind alone instead of taking the file for read."""
LANE = "imports"
"""One lane: imports never take the last worker, for messages do not wait for them."""
WAITING = (ImportState.READING, ImportState.UNREADABLE, ImportState.COLUMNS, ImportState.READY)
"""Nobody has gone on with these."""
UNCONFIRMED, KEPT = timedelta(days=7), timedelta(days=30)
CHUNK = 1 << 20
MOST_WAITING = 5
"""Files that nobody went on with; the oldest makes room."""


def take_file(*, file: BinaryIO, name: str, by_id: int, now: datetime, kind: ImportKind = ImportKind.CUSTOMERS) -> UUID:
    """Keep a file for a worker to read, and return the key of its import; the same one while nobody went on with it.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ImportKnown: This very file was imported and not undone.
        ImportUnreadable: It is empty, too large, or of an old kind; what else is odd about it, the worker finds out.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    digest = _digest(file)
    try:
        return _keep(file, name, digest, kind=kind, by_id=by_id, now=now)
    except TableRefused as error:
        raise ImportUnreadable(error.text, **error.params) from error


@write_transaction()
def _keep(file: BinaryIO, name: str, digest: str, *, kind: ImportKind, by_id: int, now: datetime) -> UUID:
    lock_words(KeySpace.LIMIT, "imports")
    kind, size = _look_at(file, kind)
    same = Import.objects.filter(sha256=digest, kind=kind)
    if same.filter(state__in=(ImportState.RUNNING, ImportState.DONE, ImportState.UNDOING)).exists():
        raise ImportKnown
    waiting = Import.objects.filter(state__in=WAITING).order_by("-pk")
    if (known := waiting.filter(sha256=digest, kind=kind).exclude(state=ImportState.UNREADABLE).first()) is not None:
        return known.key
    run = Import.objects.create(
        kind=kind,
        state=ImportState.READING,
        file_name=clean_line(name, limit=120),
        file_bytes=size,
        sha256=digest,
        by_id=by_id,
        created_at=now,
        ends_at=now + UNCONFIRMED,
    )
    number = 0
    while piece := file.read(CHUNK):
        ImportPiece.objects.create(run=run, number=number, content=piece)
        number += 1
    add_due_work(kind=READ_KIND, row_id=run.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)
    add_due_work(kind=END_KIND, row_id=run.pk, due_at=now + UNCONFIRMED, now=now)
    for old in waiting.exclude(pk=run.pk)[MOST_WAITING - 1 :]:
        old.delete()
    return run.key


def _look_at(file: BinaryIO, kind: ImportKind) -> tuple[ImportKind, int]:
    """Return what a file brings and its bytes; a calendar has visits, whatever was said. It stands at its start."""
    head = file.read(HEAD_BYTES)
    is_visits = is_calendar(head)
    size = file.seek(0, SEEK_END)
    if is_visits and size > MOST_BYTES:
        raise ImportUnreadable(TOO_LARGE)
    if not is_visits:
        check_table(file)
    file.seek(0)
    return (ImportKind.BOOKINGS if is_visits else kind), size


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    file.seek(0)
    while piece := file.read(CHUNK):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()
