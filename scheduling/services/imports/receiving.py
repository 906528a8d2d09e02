"""What a worker makes of a file that was brought: rows, in parts that stay when it is killed.

The next one reads the file from its start again, and keeps what comes after the rows that are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO

from django.utils import translation

from database.transactions import write_transaction
from files.engine import TableRefused, TableShape, open_table
from kernel.lines import clean_line, drop_invisible, unify_breaks
from kernel.text import mark
from scheduling.enums import ImportKind, ImportState
from scheduling.errors.imports import ImportUnreadable
from scheduling.models import Import, ImportPiece, ImportRow
from scheduling.services.imports.calendars import HEAD_BYTES, is_calendar, read_calendar
from scheduling.services.imports.columns import guess_targets
from scheduling.services.imports.steps import lock_run
from scheduling.types.imports.rows import MOST_COLUMNS, MOST_ROWS
from tenants.context import current_tenant

PART = 1_000

NO_ROWS = mark("There is nothing below the first line.")
TOO_MANY_COLUMNS = mark("The file has more than %(most)s columns. Remove those that nobody needs.")

Rows = Iterator[tuple[int, list[str]]]
"""Cells by their line, blank lines left out."""


def read_file(import_id: int) -> None:
    """Keep the rows of a file that waits to be read, or why it cannot be; the file itself goes."""
    run = Import.objects.filter(pk=import_id, state=ImportState.READING).first()
    if run is None:
        return
    try:
        with TemporaryFile() as file:
            _lay_together(run, file)
            _read(run, file)
    except TableRefused as error:
        _refuse(import_id, error.text, error.params)
    except ImportUnreadable as error:
        _refuse(import_id, error.text, error.params)


def _lay_together(run: Import, file: BinaryIO) -> None:
    pieces = ImportPiece.objects.filter(run=run)
    file.writelines(pieces.values_list("content", flat=True).get(number=number) for number in range(pieces.count()))
    file.seek(0)


def _read(run: Import, file: BinaryIO) -> None:
    """Read a file to its end, or until somebody else has this import.

    Raises:
        TableRefused, ImportUnreadable: It is no table that can be imported.
    """
    shape, rows = _open(run, file)
    numbered = ((number, cells) for number, cells in enumerate(rows, start=1) if cells)
    heads = [clean_line(cell, limit=120) for cell in next(numbered, (0, []))[1]]
    if len(heads) > MOST_COLUMNS:
        raise ImportUnreadable(TOO_MANY_COLUMNS, most=MOST_COLUMNS)
    position = run.position
    while True:
        part = list(islice((each for each in numbered if each[0] > position), PART))
        if not part and not position:
            raise ImportUnreadable(NO_ROWS)
        last = part[-1][0] if part else position
        if not _keep_part(run.pk, part, shape, heads, after=position, to=last, read=file.tell()):
            return
        position = last


def _open(run: Import, file: BinaryIO) -> tuple[TableShape, Iterator[list[str]]]:
    """Return how a file is written, and its rows; what is still to come, as it was when the file came."""
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not is_calendar(head):
        return open_table(file, most_rows=MOST_ROWS)
    tenant = current_tenant()
    with translation.override(tenant.locale):
        return TableShape("", ""), iter(read_calendar(file.read(), zone=tenant.timezone, now=run.created_at))


@write_transaction()
def _keep_part(
    import_id: int,
    part: list[tuple[int, list[str]]],
    shape: TableShape,
    heads: list[str],
    *,
    after: int,
    to: int,
    read: int,
) -> bool:
    """Keep the rows of one part, the heads with the first; tell whether to go on. The last part is not full."""
    run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.READING, position=after))
    if run is None:
        return False
    ImportRow.objects.bulk_create(
        ImportRow(run=run, number=number, cells=[drop_invisible(unify_breaks(cell)) for cell in cells])
        for number, cells in part
    )
    run.encoding, run.separator, run.heads = shape.encoding, shape.separator, heads
    run.position, run.rows_count = to, run.rows_count + len(part)
    run.read_bytes = min(max(run.read_bytes, read), run.file_bytes)
    is_over = len(part) < PART
    if is_over:
        run.targets = list(guess_targets(heads, ImportKind(run.kind))[0])
        run.state, run.position, run.read_bytes = ImportState.COLUMNS, 0, run.file_bytes
        run.pieces.all().delete()
    run.save()
    return not is_over


@write_transaction()
def _refuse(import_id: int, text: str, params: object) -> None:
    """Keep why a file cannot be read, and nothing of it."""
    run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.READING))
    if run is None:
        return
    run.state, run.failure, run.rows_count = ImportState.UNREADABLE, [text, params], 0
    run.pieces.all().delete()
    run.rows.all().delete()
    run.save()
