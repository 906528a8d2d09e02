"""Imports and their rows, as the pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from scheduling.enums import ImportKind, ImportState, RowOutcome
from scheduling.errors.imports import ImportNotFound
from scheduling.models import Import, ImportRow
from scheduling.types.imports.options import VisitOptions
from scheduling.types.imports.rows import ColumnView, Fault, ImportRowView, ImportView

SHOWN_IMPORTS, SHOWN_ROWS, EXAMPLE_ROWS, MOST_EXAMPLES = 50, 50, 30, 2
PROBLEMS, ODD, KEPT = "problems", "odd", "kept"


def list_imports() -> tuple[ImportView, ...]:
    """Return the imports, the newest first; one query."""
    return tuple(map(view_import, Import.objects.order_by("-pk")[:SHOWN_IMPORTS]))


def get_import(*, key: UUID) -> ImportView:
    """Return an import; one query.

    Raises:
        ImportNotFound: There is none.
    """
    run = Import.objects.filter(key=key).first()
    if run is None:
        raise ImportNotFound
    return view_import(run)


def list_columns(view: ImportView) -> tuple[ColumnView, ...]:
    """Return the columns of a file with some of their cells; one query."""
    rows = list(
        ImportRow.objects.filter(run_id=view.id).order_by("number").values_list("cells", flat=True)[:EXAMPLE_ROWS]
    )
    return tuple(
        ColumnView(
            number,
            head,
            tuple(dict.fromkeys(cells[number] for cells in rows if number < len(cells) and cells[number]))[
                :MOST_EXAMPLES
            ],
            target,
        )
        for number, (head, target) in enumerate(zip(view.heads, view.targets, strict=False))
    )


def list_rows(
    view: ImportView, *, only: str = "", reason: str = "", after: int = 0
) -> tuple[tuple[ImportRowView, ...], int]:
    """Return rows of an import in the order of the file, and how many of the kind there are; two queries.

    ``only`` is an outcome, `PROBLEMS` (left out), `ODD` (imported all the same) or `KEPT` (what undoing left);
    ``reason`` is the text of a fault.
    """
    rows = _narrow(view, only, reason)
    shown = rows.filter(number__gt=after).order_by("number")[:SHOWN_ROWS]
    return tuple(_view_row(each, view) for each in shown), rows.count()


def get_row(view: ImportView, number: int) -> ImportRowView:
    """Return one row by its line; one query.

    Raises:
        ImportNotFound: There is none.
    """
    row = ImportRow.objects.filter(run_id=view.id, number=number).first()
    if row is None:
        raise ImportNotFound
    return _view_row(row, view)


def iterate_rows(view: ImportView, *, only: str = "") -> Iterator[ImportRowView]:
    """Yield rows of an import with all of their cells; read on while they are used."""
    for each in _narrow(view, only, "").order_by("number").iterator(chunk_size=1_000):
        yield _view_row(each, view)


def view_import(run: Import) -> ImportView:
    """Freeze an import."""
    return ImportView(
        id=run.pk,
        key=run.key,
        kind=ImportKind(run.kind),
        state=ImportState(run.state),
        known=run.known,
        options=VisitOptions.from_json(run.options),
        file_name=run.file_name,
        encoding=run.encoding,
        separator=run.separator,
        heads=tuple(run.heads),
        targets=tuple(run.targets),
        rows_count=run.rows_count,
        file_bytes=run.file_bytes,
        read_bytes=run.read_bytes,
        failure=(run.failure[0], run.failure[1]) if run.failure else None,
        done_rows=run.done_rows,
        plans=dict(run.plans),
        counts=dict(run.counts),
        by_id=run.by_id,
        undone_by_id=run.undone_by_id,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        undone_at=run.undone_at,
        ends_at=run.ends_at,
    )


def _narrow(view: ImportView, only: str, reason: str) -> QuerySet[ImportRow]:
    if not view.is_kept:  # marks of visits to come may still be there
        return ImportRow.objects.none()
    rows = ImportRow.objects.filter(run_id=view.id)
    column = "outcome" if view.is_written else "plan"
    if only == PROBLEMS:
        rows = rows.filter(**{column: RowOutcome.REFUSED})
    elif only == ODD:
        rows = rows.exclude(faults=[]).exclude(**{column: RowOutcome.REFUSED})
    elif only == KEPT:
        rows = rows.exclude(undo__in=("", "undone"))
    elif only in RowOutcome.values:
        rows = rows.filter(**{column: only})
    return rows.filter(faults__contains=[[reason]]) if reason else rows


def _view_row(row: ImportRow, view: ImportView) -> ImportRowView:
    outcome = row.outcome or row.plan
    width = len(view.heads)
    return ImportRowView(
        number=row.number,
        cells=tuple([*row.cells, *[""] * width][: max(width, len(row.cells))]),
        outcome=RowOutcome(outcome) if outcome else None,
        faults=tuple(map(Fault.from_json, row.faults)),
        customer_id=row.customer_id,
        undo=row.undo,
    )
