"""Taking a file in: its rows are kept, and nothing of them is written anywhere else before somebody says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from files.engine import TableRefused, TableShape, open_table
from kernel.lines import clean_line, drop_invisible, unify_breaks
from kernel.text import mark
from scheduling.enums import ImportKind, ImportState
from scheduling.errors.imports import ImportKnown, ImportUnreadable
from scheduling.models import Import, ImportRow
from scheduling.services.imports.calendars import MOST_BYTES, is_calendar, read_calendar
from scheduling.services.imports.columns import guess_targets
from scheduling.types.imports.rows import MOST_COLUMNS, MOST_ROWS
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work

END_KIND = "import_end"
UNCONFIRMED, KEPT = timedelta(days=7), timedelta(days=30)
BATCH, CHUNK, HEAD_BYTES = 1_000, 1 << 20, 100
MOST_WAITING = 5
"""Files that nobody went on with; the oldest makes room."""

NO_ROWS = mark("There is nothing below the first line.")
TOO_MANY_COLUMNS = mark("The file has more than %(most)s columns. Remove those that nobody needs.")


def take_file(*, file: BinaryIO, name: str, by_id: int, now: datetime, kind: ImportKind = ImportKind.CUSTOMERS) -> UUID:
    """Keep the rows of a file, and return the key of its import; the same one again while nobody went on with it.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ImportKnown: This very file was imported and not undone.
        ImportUnreadable: It is no table that can be imported.
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
    shape, rows, kind = _open(file, kind, now=now)
    same = Import.objects.filter(sha256=digest, kind=kind)
    if same.filter(state__in=(ImportState.RUNNING, ImportState.DONE, ImportState.UNDOING)).exists():
        raise ImportKnown
    waiting = Import.objects.filter(state__in=(ImportState.COLUMNS, ImportState.READY)).order_by("-pk")
    if (known := waiting.filter(sha256=digest, kind=kind).first()) is not None:
        return known.key
    numbered = ((number, cells) for number, cells in enumerate(rows, start=1) if cells)
    heads = [clean_line(cell, limit=120) for cell in next(numbered, (0, []))[1]]
    if len(heads) > MOST_COLUMNS:
        raise ImportUnreadable(TOO_MANY_COLUMNS, most=MOST_COLUMNS)
    run = Import.objects.create(
        kind=kind,
        file_name=clean_line(name, limit=120),
        sha256=digest,
        encoding=shape.encoding,
        separator=shape.separator,
        heads=heads,
        targets=list(guess_targets(heads, kind)[0]),
        by_id=by_id,
        created_at=now,
        ends_at=now + UNCONFIRMED,
    )
    run.rows_count = _keep_rows(run, numbered)
    if not run.rows_count:
        raise ImportUnreadable(NO_ROWS)
    run.save(update_fields=["rows_count"])
    add_due_work(kind=END_KIND, row_id=run.pk, due_at=now + UNCONFIRMED, now=now)
    for old in waiting.exclude(pk=run.pk)[MOST_WAITING - 1 :]:
        old.delete()
    return run.key


def _open(file: BinaryIO, kind: ImportKind, *, now: datetime) -> tuple[TableShape, Iterator[list[str]], ImportKind]:
    """Return how a file is written, its rows, and what it brings: a calendar has visits, whatever was said."""
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not is_calendar(head):
        return (*open_table(file, most_rows=MOST_ROWS), kind)
    rows = read_calendar(file.read(MOST_BYTES + 1), zone=current_tenant().timezone, now=now)
    return TableShape("", ""), iter(rows), ImportKind.BOOKINGS


def _keep_rows(run: Import, numbered: Iterator[tuple[int, list[str]]]) -> int:
    count = 0
    while batch := list(islice(numbered, BATCH)):
        ImportRow.objects.bulk_create(
            [
                ImportRow(run=run, number=number, cells=[drop_invisible(unify_breaks(cell)) for cell in cells])
                for number, cells in batch
            ]
        )
        count += len(batch)
    return count


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    file.seek(0)
    while piece := file.read(CHUNK):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()
