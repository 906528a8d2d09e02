"""What a worker does with an import of visits: checks all rows, and writes or undoes some of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from scheduling.enums import ImportState, RowOutcome
from scheduling.models import Import, ImportRow
from scheduling.services.imports.reading import MORE_CELLS
from scheduling.services.imports.steps import lock_run
from scheduling.services.imports.visits.placing import Checker, find_same
from scheduling.services.imports.visits.reading import VisitDraft, VisitReader, choose_order
from scheduling.services.imports.visits.undoing import undo_visit
from scheduling.services.imports.visits.writing import write_visit
from scheduling.types.imports.options import VisitOptions
from scheduling.types.imports.rows import Fault

CHECKED_PART, WRITTEN_PART = 100, 25

Ready = Callable[[Import, str], None]


def check_visits(import_id: int, *, now: datetime, finish: Ready) -> None:
    """Look at all rows as they would be booked, in parts; after a killed worker the next begins anew."""
    checker: Checker | None = None
    reader: VisitReader | None = None
    position = 0
    while True:
        with transaction.atomic():
            run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.CHECKING))
            if run is None:
                return
            options = VisitOptions.from_json(run.options)
            checker = checker or Checker(options, now=now)
            reader = reader or make_reader(run, now=now)
            rows = list(run.rows.filter(number__gt=position).order_by("number")[:CHECKED_PART])
            drafts = [read_row(reader, run, row) for row in rows]
            same = find_same([each for each in drafts if each.starts_at is not None])
            for row, draft in zip(rows, drafts, strict=True):
                row.plan, faults, row.customer_id = checker.check(draft, same)
                row.faults = [each.to_json() for each in faults]
            ImportRow.objects.bulk_update(rows, ["plan", "customer_id", "faults"])
            position = rows[-1].number if rows else position
            run.position, run.done_rows = position, run.done_rows + len(rows)
            if len(rows) < CHECKED_PART:
                run.state = ImportState.READY
                finish(run, "plan")
            run.save()
            if run.state == ImportState.READY:
                return


def check_visit(run: Import, row: ImportRow, *, now: datetime) -> tuple[RowOutcome, list[Fault], int | None]:
    """Return what one row would come to beside what is here, what is wrong or odd about it, and whose it is."""
    draft = read_row(make_reader(run, now=now), run, row)
    same = find_same([draft] if draft.starts_at is not None else [])
    return Checker(VisitOptions.from_json(run.options), now=now).check(draft, same)


def write_visits(import_id: int, *, now: datetime, finish: Ready) -> bool:
    """Book the next rows, each once, and tell whether there are more."""
    run = Import.objects.filter(pk=import_id, state=ImportState.RUNNING).first()
    if run is None:
        return False
    rows = list(run.rows.filter(number__gt=run.position).order_by("number")[:WRITTEN_PART])
    reader = make_reader(run, now=now)
    for row in rows:
        if not write_visit(run.pk, row, read_row(reader, run, row), now=now):
            return False
    if len(rows) == WRITTEN_PART:
        return True
    with transaction.atomic():
        over = lock_run(Import.objects.filter(pk=import_id, state=ImportState.RUNNING))
        if over is not None:
            over.state, over.finished_at = ImportState.DONE, now
            finish(over, "outcome")
            over.save()
    return False


def undo_visits(import_id: int, *, now: datetime) -> bool:
    """Take back some visits, and tell whether there are more."""
    return all(undo_visit(import_id, now=now) for _ in range(WRITTEN_PART))


def make_reader(run: Import, *, now: datetime) -> VisitReader:
    """Return what reads the rows of an import; how its dates are written is found out from all of them."""
    options = VisitOptions.from_json(run.options)
    cells = run.rows.order_by("number").values_list("cells", flat=True).iterator(chunk_size=2_000)
    order = choose_order(run.targets, cells, options)
    return VisitReader(run.targets, options, order=order, now=now)


def read_row(reader: VisitReader, run: Import, row: ImportRow) -> VisitDraft:
    """Return what a row says; with more cells than there are columns it says nothing for sure."""
    draft = reader.read(row.number, row.cells)
    is_wide = any(row.cells[len(run.heads) :])
    return draft.add(Fault("", MORE_CELLS)) if is_wide else draft
