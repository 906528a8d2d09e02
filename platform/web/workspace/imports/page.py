"""What the pages of an import show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.selectors.staff import list_staff
from scheduling.enums import ImportState, RowOutcome
from scheduling.selectors.imports.runs import KEPT, ODD, PROBLEMS
from scheduling.services.imports.columns import list_targets
from scheduling.types.imports.rows import Fault, ImportRowView, ImportView

FAULT_PREFIX = "fault:"
SHORTEST_PAUSE, LONGEST_PAUSE, ASKS_PER_WAIT = 2, 30, 20
STEPS: tuple[tuple[str | Promise, frozenset[str]], ...] = (
    (gettext_lazy("File"), frozenset()),
    (gettext_lazy("Columns"), frozenset({ImportState.COLUMNS})),
    (pgettext_lazy("a step of an import", "Review"), frozenset({ImportState.CHECKING, ImportState.READY})),
    (pgettext_lazy("a step of an import", "Import"), frozenset(ImportState) - {"columns", "checking", "ready"}),
)
TITLES: Mapping[str, str | Promise] = {
    ImportState.CHECKING: gettext_lazy("Every row is being checked"),
    ImportState.RUNNING: gettext_lazy("Importing"),
    ImportState.UNDOING: gettext_lazy("Undoing the import"),
}
TONES: Mapping[str, str] = {ImportState.DONE: "good", ImportState.STOPPED: "warn", ImportState.UNDONE: ""}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an import: ``is_done``, or the one that somebody is at."""

    number: int
    label: str | Promise
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its words; it leads to its rows when they are kept."""

    count: int
    label: str | Promise
    icon: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row for people: its cells by the heads of those columns that are read, and what is to be said about it."""

    row: ImportRowView
    cells: tuple[tuple[str, str, bool], ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    undo: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list of all."""

    run: ImportView
    state: str | Promise
    tone: str
    by: str


def list_steps(run: ImportView) -> tuple[Step, ...]:
    """Return the steps of an import, and where it is."""
    at = next(number for number, (_, states) in enumerate(STEPS) if run.state in states)
    is_over = run.state in {ImportState.DONE, ImportState.UNDONE}
    return tuple(
        Step(number + 1, label, is_done=number < at or is_over, is_current=number == at and not is_over)
        for number, (label, _) in enumerate(STEPS)
    )


def describe_imports(runs: Sequence[ImportView]) -> tuple[ImportLine, ...]:
    """Return imports as the list shows them."""
    names = name_people()
    return tuple(
        ImportLine(run, run.state.label, TONES.get(run.state, "warn"), names.get(run.by_id, "")) for run in runs
    )


def name_people() -> Mapping[int, str]:
    """Return who works here, by their ids."""
    return {person.id: person.name for person in list_staff()}


def list_figures(run: ImportView, *, only: str, address: str) -> tuple[Figure, ...]:
    """Return how many rows will have, or had, which outcome."""
    counts = run.counts if run.is_written else run.plans
    same = counts.get(RowOutcome.SAME, 0) + counts.get(RowOutcome.SKIPPED, 0)
    shown: list[tuple[str, int, str | Promise, str]] = [
        (RowOutcome.CREATED, counts.get(RowOutcome.CREATED, 0), gettext_lazy("new customers"), "user-round-plus"),
        (RowOutcome.UPDATED, counts.get(RowOutcome.UPDATED, 0), gettext_lazy("added to customers"), "refresh-cw"),
        (PROBLEMS, counts.get(RowOutcome.REFUSED, 0), gettext_lazy("left out, with a problem"), "circle-alert"),
        (RowOutcome.SAME, same, gettext_lazy("already here"), "circle-check"),
        (ODD, counts.get("warned", 0), gettext_lazy("imported, with a remark"), "triangle-alert"),
    ]
    if run.state == ImportState.UNDONE:
        shown.append((KEPT, counts.get("kept", 0), gettext_lazy("not undone"), "shield-check"))
    return tuple(
        Figure(count, label, icon, f"{address}?{urlencode({'only': key})}", is_current=key == only)
        for key, count, label, icon in shown
    )


def list_reasons(run: ImportView, *, reason: str, address: str) -> tuple[Figure, ...]:
    """Return how many rows each reason keeps out, the most frequent first."""
    counts = run.counts if run.is_written else run.plans
    found = [(key.removeprefix(FAULT_PREFIX), count) for key, count in counts.items() if key.startswith(FAULT_PREFIX)]
    return tuple(
        Figure(
            count,
            gettext(text),
            "",
            f"{address}?{urlencode({'only': PROBLEMS, 'reason': text})}",
            is_current=text == reason,
        )
        for text, count in sorted(found, key=lambda pair: (-pair[1], pair[0]))
    )


def describe_rows(run: ImportView, rows: Sequence[ImportRowView]) -> tuple[RowLine, ...]:
    """Return rows with what is said about each cell."""
    return tuple(
        RowLine(
            row,
            tuple(
                (head, cell, any(fault.target == target for fault in row.faults))
                for head, target, cell in zip(run.heads, run.targets, row.cells, strict=False)
                if target and (cell or any(fault.target == target for fault in row.faults))
            ),
            tuple(say_fault(fault, run) for fault in row.faults if fault.is_error),
            tuple(say_fault(fault, run) for fault in row.faults if not fault.is_error),
            "" if row.undo in {"", "undone"} else gettext(row.undo),
        )
        for row in rows
    )


def say_fault(fault: Fault, run: ImportView) -> str:
    """Return a fault in words, after the head of its column in the file."""
    text = gettext(fault.text)
    said = text % fault.params if fault.params else text
    heads = [head for head, target in zip(run.heads, run.targets, strict=False) if target == fault.target]
    if not heads and fault.target:
        heads = [gettext(each.label) for each in list_targets() if each.key == fault.target]
    return f"{heads[0]}: {said}" if heads else said


def choose_pause(run: ImportView, now: datetime) -> int:
    """Return how many seconds the page waits until it asks again: who waited for minutes is not told each second."""
    waited = now - (run.started_at or run.created_at)
    if waited < timedelta():
        return SHORTEST_PAUSE
    return min(max(int(waited.total_seconds()) // ASKS_PER_WAIT, SHORTEST_PAUSE), LONGEST_PAUSE)
