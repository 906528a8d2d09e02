"""What a worker does with an import: checks, writes and undoes it in parts, each a transaction of its own.

A worker that is killed leaves whole parts behind, and the next one goes on after them: what a part did and how far it
came are committed together.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from database.locks import KeySpace, lock_each_word
from database.transactions import write_transaction
from kernel.clock import utc_now
from kernel.text import mark
from scheduling.enums import ImportKind, ImportState, RowOutcome
from scheduling.models import Import, ImportRow
from scheduling.services.imports.matching import Book, Placed, warn_shared
from scheduling.services.imports.reading import MORE_CELLS, Draft, Reader
from scheduling.services.imports.receiving import read_file
from scheduling.services.imports.steps import lock_run
from scheduling.services.imports.undoing import undo_part
from scheduling.services.imports.uploading import DUE_KIND, END_KIND, READ_KIND, WAITING
from scheduling.services.imports.visits.ending import keep_marks
from scheduling.services.imports.visits.working import check_visits, undo_visits, write_visits
from scheduling.services.imports.writing import write_placed
from scheduling.services.writing.inputs import local_today
from scheduling.types.imports.rows import Fault
from tenants import hooks
from tenants.errors import RetryLater

PART, CHECKED_PART = 250, 1_000
"""Each row of a part locks its contacts: PostgreSQL has room for some thousand locks of all connections together."""
TURN_SECONDS = 120
PATIENCE = timedelta(hours=1)

TWICE = mark("The same customer stands in line %(line)s as well; nothing is made twice.")
FAULT_PREFIX = "fault:"


def register() -> None:
    """Take on the work of imports, and leave them out of copies."""
    for kind in (READ_KIND, DUE_KIND):
        hooks.register_due_handler(kind, work_on, takes_long=True)
    hooks.register_due_handler(END_KIND, end_import)
    for name in ("Import", "ImportPiece", "ImportRow"):
        hooks.register_export_rules(
            [hooks.ExportRule(f"scheduling.{name}", left_out="what it brought in is in the tables of customers")]
        )


def work_on(import_id: int, now: datetime) -> None:
    """Do what is due of an import; a handler of due work.

    Raises:
        RetryLater: There is more of it than one turn does.
    """
    ends = time.monotonic() + TURN_SECONDS
    run = Import.objects.filter(pk=import_id).only("state", "kind").first()
    if run is None:
        return
    if run.state == ImportState.READING:
        read_file(import_id)
        return
    is_visits = run.kind == ImportKind.BOOKINGS
    if run.state == ImportState.CHECKING:
        if is_visits:
            check_visits(import_id, now=now, finish=_finish)
        else:
            _check(import_id, now=now)
        return
    parts: dict[str, Callable[..., bool]] = {
        ImportState.RUNNING: partial(write_visits, finish=_finish) if is_visits else write_part,
        ImportState.UNDOING: undo_visits if is_visits else undo_part,
    }
    part = parts.get(run.state)
    while part is not None and part(import_id, now=utc_now()):
        if time.monotonic() > ends:
            raise RetryLater(at=utc_now())


def end_import(import_id: int, now: datetime) -> None:
    """Remove the rows of an import whose time is over; a handler of due work.

    Of a visit that is still to come its mark stays, so that the same file does not bring it in once more.

    Raises:
        RetryLater: Its time was put off, it is being worked on, or a visit of it is still to come.
    """
    with transaction.atomic():
        run = lock_run(Import.objects.filter(pk=import_id))
        if run is None:
            return
        is_at_work = run.state in {ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING}
        if run.ends_at is not None and (is_at_work or run.ends_at > now):
            raise RetryLater(at=max(run.ends_at, now + PATIENCE) if is_at_work else run.ends_at)
        if run.state in WAITING:
            run.delete()
            return
        last = keep_marks(run, now=now)
        Import.objects.filter(pk=import_id).update(ends_at=None, file_name="")
    if last is not None:
        raise RetryLater(at=last)


@write_transaction()
def write_part(import_id: int, *, now: datetime) -> bool:
    """Write the next rows of an import, each once, and tell whether there are more.

    Whoever was here first, or came in between, is met as a booking meets them: nobody makes the same customer at the
    same moment.
    """
    run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.RUNNING))
    if run is None:
        return False
    rows = list(run.rows.filter(number__gt=run.position).order_by("number")[:PART])
    drafts = _read(run, rows, now=now)
    lock_each_word(KeySpace.CONTACT, (value for each in drafts for value in each.values))
    book = Book(run.pk, run.known)
    book.load(drafts, is_locking=True)
    placed = [book.place(draft) for draft in drafts]
    write_placed(placed, by_id=run.by_id, now=now)
    for row, each in zip(rows, placed, strict=True):
        row.outcome, row.customer_id, row.done = each.outcome, each.customer_id, _describe(each)
        row.faults = row.faults if each.outcome != RowOutcome.REFUSED else [one.to_json() for one in each.draft.faults]
    ImportRow.objects.bulk_update(rows, ["outcome", "customer_id", "done", "faults"])
    run.position = rows[-1].number if rows else run.position
    run.done_rows += len(rows)
    is_over = len(rows) < PART
    if is_over:
        run.state, run.finished_at, run.counts = ImportState.DONE, now, count_rows(run, "outcome")
    run.save()
    return not is_over


def _check(import_id: int, *, now: datetime) -> None:
    """Look at all rows as they would be written, one after the other; after a killed worker the next begins anew."""
    book: Book | None = None
    first_lines: dict[int, int] = {}
    position = 0
    while True:
        with transaction.atomic():
            run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.CHECKING))
            if run is None:
                return
            book = book or Book(run.pk, run.known)
            rows = list(run.rows.filter(number__gt=position).order_by("number")[:CHECKED_PART])
            drafts = _read(run, rows, now=now)
            book.load(drafts)
            placed = [book.place(draft) for draft in drafts]
            odd = warn_shared(drafts, placed)
            for row, each in zip(rows, placed, strict=True):
                faults = [*each.draft.faults, *odd.get(row.number, ()), *_tell_twice(each, first_lines)]
                row.plan, row.customer_id = each.outcome, each.customer_id
                row.faults = [fault.to_json() for fault in faults]
            ImportRow.objects.bulk_update(rows, ["plan", "customer_id", "faults"])
            position = rows[-1].number if rows else position
            run.position, run.done_rows = position, run.done_rows + len(rows) if position else 0
            if len(rows) < CHECKED_PART:
                run.state, run.plans = ImportState.READY, count_rows(run, "plan")
            run.save()
            if run.state == ImportState.READY:
                return


def _finish(run: Import, column: str) -> None:
    """Note how many rows will have, or had, which outcome; not saved here."""
    counts = count_rows(run, column)
    if column == "plan":
        run.plans = counts
    else:
        run.counts = counts


def count_rows(run: Import, column: str) -> dict[str, int]:
    """Return how many rows have which outcome, how many are odd, and how many each reason keeps out."""
    found: Counter[str] = Counter()
    for outcome, faults in run.rows.values_list(column, "faults").iterator(chunk_size=2_000):
        found += tally(outcome, faults)
    return dict(found)


def tally(outcome: str, faults: Iterable[Sequence[object]]) -> Counter[str]:
    """Return what one row adds to the numbers of an import; ``faults`` as the table keeps them."""
    read = [Fault.from_json(each) for each in faults]
    found: Counter[str] = Counter([outcome])
    found["warned"] += int(outcome != RowOutcome.REFUSED and bool(read))
    found.update({f"{FAULT_PREFIX}{each.text}" for each in read if each.is_error})
    return found


def check_customer(run: Import, row: ImportRow, *, now: datetime) -> tuple[RowOutcome, list[Fault], int | None]:
    """Return what one row would come to beside those who are here, what is wrong or odd about it, and who it is."""
    book, drafts = Book(run.pk, run.known), _read(run, [row], now=now)
    book.load(drafts)
    placed = [book.place(draft) for draft in drafts]
    odd = warn_shared(drafts, placed)
    faults = [*drafts[0].faults, *odd.get(row.number, ())]
    return placed[0].outcome, faults, placed[0].customer_id


def _read(run: Import, rows: list[ImportRow], *, now: datetime) -> list[Draft]:
    reader = Reader(run.targets, today=local_today(now))
    width = len(run.heads)
    drafts = []
    for row in rows:
        draft = reader.read(row.number, row.cells)
        is_wide = any(row.cells[width:])
        drafts.append(_add_fault(draft, Fault("", MORE_CELLS)) if is_wide else draft)
    return drafts


def _add_fault(draft: Draft, fault: Fault) -> Draft:
    return Draft(draft.number, draft.setup, draft.name_key, draft.fields, draft.named, (*draft.faults, fault))


def _tell_twice(placed: Placed, first_lines: dict[int, int]) -> list[Fault]:
    """Note in which line somebody new stands first, and tell of the others."""
    if placed.person is None or not placed.person.is_mine:
        return []
    first = first_lines.setdefault(id(placed.person), placed.draft.number)
    return [] if first == placed.draft.number else [Fault("", TWICE, {"line": str(first)}, is_error=False)]


def _describe(placed: Placed) -> dict[str, object]:
    """Return what it takes to undo a row."""
    if placed.outcome not in {RowOutcome.CREATED, RowOutcome.UPDATED}:
        return {}
    before, thing = placed.before, placed.thing
    return {
        "mark": placed.mark,
        "before": None
        if before is None
        else {
            "tax_id": before.tax_id,
            "notes": before.notes,
            "tags": list(before.tags),
            "contacts": [[str(each.kind), each.value] for each in before.contacts],
        },
        "asset": None
        if thing is None or not (placed.is_new_thing or placed.fields_before is not None)
        else {"id": thing.id, "is_new": placed.is_new_thing, "mark": placed.thing_mark, "before": placed.fields_before},
    }
