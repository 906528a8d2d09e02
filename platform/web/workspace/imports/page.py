"""What the pages of an import show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.selectors.staff import list_staff
from kernel.clock import utc_now
from scheduling.enums import ImportKind, ImportState, RowOutcome
from scheduling.selectors.catalog.services import list_services
from scheduling.selectors.imports.runs import KEPT, ODD, PROBLEMS
from scheduling.services.imports.columns import (
    ASSET_PREFIX,
    DATE,
    END,
    FIRST_NAME,
    LAST_NAME,
    NAME,
    PLACE,
    SERVICE,
    START,
    TIME,
    WHOLE,
    WORKER,
    list_targets,
)
from scheduling.types.imports.options import ClashRule, DateOrder, Told, VisitOptions
from scheduling.types.imports.rows import Fault, ImportRowView, ImportTarget, ImportView

FAULT_PREFIX = "fault:"
MOST_DIGITS, EXAMPLE_DAYS = 18, 14
LONG_CELL = 60
WORDS = frozenset({SERVICE, WORKER, PLACE})
LEFT_OUT = frozenset({"first_name", "last_name", "asset", DATE, TIME, END})
"""What the templates do not ask for: something else says the same."""
CLASH_HINT = gettext_lazy(
    "Somebody has another appointment then, is off, or it is closed. You see each one before it is imported."
)
SHORTEST_PAUSE, LONGEST_PAUSE, ASKS_PER_WAIT = 2, 30, 20
STEPS: tuple[tuple[str | Promise, frozenset[str]], ...] = (
    (gettext_lazy("File"), frozenset({ImportState.READING, ImportState.UNREADABLE})),
    (gettext_lazy("Columns"), frozenset({ImportState.COLUMNS})),
    (pgettext_lazy("a step of an import", "Review"), frozenset({ImportState.CHECKING, ImportState.READY})),
    (
        pgettext_lazy("a step of an import", "Import"),
        frozenset(ImportState) - {"reading", "unreadable", "columns", "checking", "ready"},
    ),
)
TITLES: Mapping[str, str | Promise] = {
    ImportState.READING: gettext_lazy("The file is being read"),
    ImportState.CHECKING: gettext_lazy("Every row is being checked"),
    ImportState.RUNNING: gettext_lazy("Importing"),
    ImportState.UNDOING: gettext_lazy("Undoing the import"),
}
KINDS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    ImportKind.CUSTOMERS: (
        gettext_lazy("Customers"),
        gettext_lazy("with what their visits are about, such as their vehicles: one row each"),
    ),
    ImportKind.BOOKINGS: (
        gettext_lazy("Coming appointments"),
        gettext_lazy("with who comes, when and for what: one row each"),
    ),
}
"""What a file can bring in: what it is called, what is in it."""
ORDERS: Mapping[str, str | Promise] = {
    DateOrder.FOUND: gettext_lazy("Found out from the dates of the file"),
    DateOrder.DAY: gettext_lazy("Day before month: 25/12/2026"),
    DateOrder.MONTH: gettext_lazy("Month before day: 12/25/2026"),
}
CLASHES: Mapping[str, str | Promise] = {
    ClashRule.KEEP: gettext_lazy("Import them all the same: they were agreed, and the calendar shows what clashes"),
    ClashRule.LEAVE: gettext_lazy("Leave them out"),
}
TOLD: Mapping[str, str | Promise] = {
    Told.NOTHING: gettext_lazy("Nothing: no confirmation, and no reminder of these appointments"),
    Told.REMINDERS: gettext_lazy("The reminder before the visit"),
    Told.ALL: gettext_lazy("A confirmation when it is imported, and the reminder before the visit"),
}
BADGES: Mapping[str, str | Promise] = {
    RowOutcome.CREATED: gettext_lazy("New appointment"),
    RowOutcome.SAME: gettext_lazy("Already here"),
    RowOutcome.REFUSED: gettext_lazy("Left out"),
}
"""What rows with visits come to."""
TONES: Mapping[str, str] = {
    ImportState.DONE: "good",
    ImportState.STOPPED: "warn",
    ImportState.UNDONE: "",
    ImportState.UNREADABLE: "bad",
}


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
class CellLine:
    """A cell of a column that is read.

    Attributes:
        is_odd: Something is said about it.
        is_open: It can be mended.
        is_long: It needs a field of several lines.
        is_word: Other rows probably say the same word for the same thing.
    """

    number: int
    head: str
    text: str
    is_odd: bool
    is_open: bool
    is_long: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row for people: the cells of those columns that are read, and what is to be said about it."""

    row: ImportRowView
    outcome: str | Promise
    cells: tuple[CellLine, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    undo: str

    @property
    def is_open(self) -> bool:
        """Tell whether it has a cell that can be mended."""
        return any(each.is_open for each in self.cells)

    @property
    def has_words(self) -> bool:
        """Tell whether a cell that can be mended is a word that others say, too."""
        return any(each.is_open and each.is_word and each.text for each in self.cells)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list of all."""

    run: ImportView
    kind: str | Promise
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
        ImportLine(run, KINDS[run.kind][0], run.state.label, TONES.get(run.state, "warn"), names.get(run.by_id, ""))
        for run in runs
    )


def name_people() -> Mapping[int, str]:
    """Return who works here, by their ids."""
    return {person.id: person.name for person in list_staff()}


def list_figures(run: ImportView, *, only: str, address: str) -> tuple[Figure, ...]:
    """Return how many rows will have, or had, which outcome."""
    counts = run.counts if run.is_written else run.plans
    same = counts.get(RowOutcome.SAME, 0) + counts.get(RowOutcome.SKIPPED, 0)
    created, updated = counts.get(RowOutcome.CREATED, 0), counts.get(RowOutcome.UPDATED, 0)
    is_visits = run.kind == ImportKind.BOOKINGS
    writing: list[tuple[str, int, str | Promise, str]] = [
        (RowOutcome.CREATED, created, gettext_lazy("new customers"), "user-round-plus"),
        (RowOutcome.UPDATED, updated, gettext_lazy("added to customers"), "refresh-cw"),
    ]
    if is_visits:
        writing = [(RowOutcome.CREATED, created, gettext_lazy("new appointments"), "calendar-plus")]
    shown: list[tuple[str, int, str | Promise, str]] = [
        *writing,
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
        if count
    )


def describe_rows(run: ImportView, rows: Sequence[ImportRowView], *, may_write: bool) -> tuple[RowLine, ...]:
    """Return rows with what is said about each cell; those with a problem can be mended before they are imported."""
    is_open = may_write and run.state == ImportState.READY
    return tuple(
        RowLine(
            row,
            name_outcome(run, row),
            _list_cells(run, row, is_open=is_open),
            tuple(say_fault(fault, run) for fault in row.faults if fault.is_error),
            tuple(say_fault(fault, run) for fault in row.faults if not fault.is_error),
            "" if row.undo in {"", "undone"} else gettext(row.undo),
        )
        for row in rows
    )


def _list_cells(run: ImportView, row: ImportRowView, *, is_open: bool) -> tuple[CellLine, ...]:
    """Return the cells that say something, or should."""
    found: list[CellLine] = []
    for number, (head, target) in enumerate(zip(run.heads, run.targets, strict=False)):
        text = row.cells[number] if number < len(row.cells) else ""
        is_odd = any(_is_about(fault, target) for fault in row.faults)
        if target and (text or is_odd):
            is_long = len(text) > LONG_CELL or "\n" in text
            found.append(CellLine(number, head, text, is_odd, is_open and is_odd, is_long, target in WORDS))
    return tuple(found)


def _is_about(fault: Fault, target: str) -> bool:
    """Tell whether a fault is mended in a column that fills ``target``: a name may stand in two, a vehicle in one."""
    if fault.target == NAME:
        return target in {NAME, FIRST_NAME, LAST_NAME}
    return target == fault.target or (target == WHOLE and fault.target.startswith(ASSET_PREFIX))


def name_outcome(run: ImportView, row: ImportRowView) -> str | Promise:
    """Return what became of a row, in words."""
    if row.outcome is None:
        return ""
    return BADGES.get(row.outcome, row.outcome.label) if run.kind == ImportKind.BOOKINGS else row.outcome.label


def read_options(posted: Mapping[str, str]) -> VisitOptions:
    """Return what a form says about a file with visits."""
    service = posted.get("service", "")
    return VisitOptions.from_json(
        {
            "order": posted.get("order"),
            "clashes": posted.get("clashes"),
            "told": posted.get("told"),
            "service_id": int(service)
            if service.isascii() and service.isdigit() and len(service) < MOST_DIGITS
            else None,
        }
    )


def list_choices(run: ImportView) -> dict[str, object]:
    """Return what can be chosen about a file with visits, each group with its name, its words and what is chosen."""
    chosen = run.options
    return {
        "groups": (
            ("order", gettext_lazy("Dates such as 12/08/2026"), ORDERS.items(), chosen.order, ""),
            ("clashes", gettext_lazy("Appointments that do not fit"), CLASHES.items(), chosen.clashes, CLASH_HINT),
            ("told", gettext_lazy("What customers hear of it"), TOLD.items(), chosen.told, ""),
        ),
        "services": list_services(),
        "service_id": chosen.service_id,
    }


def show_example(target: ImportTarget) -> str:
    """Return what the template says in a column; of a service, one that there is."""
    if target.key == SERVICE:
        return next((each.name for each in list_services()), "")
    if target.key == START:
        return f"{utc_now() + timedelta(days=EXAMPLE_DAYS):%Y-%m-%d} 10:30"
    return target.example


def say_failure(run: ImportView) -> str:
    """Return why a file could not be read, in words; empty: it could."""
    text, params = run.failure or ("", {})
    return gettext(text) % params if params else gettext(text) if text else ""


def say_fault(fault: Fault, run: ImportView) -> str:
    """Return a fault in words, after the head of its column in the file."""
    text = gettext(fault.text)
    said = text % fault.params if fault.params else text
    heads = [head for head, target in zip(run.heads, run.targets, strict=False) if target == fault.target]
    if not heads and fault.target:
        heads = [gettext(each.label) for each in list_targets(run.kind) if each.key == fault.target]
    return f"{heads[0]}: {said}" if heads else said


def choose_pause(run: ImportView, now: datetime) -> int:
    """Return how many seconds the page waits until it asks again: who waited for minutes is not told each second."""
    waited = now - (run.started_at or run.created_at)
    if waited < timedelta():
        return SHORTEST_PAUSE
    return min(max(int(waited.total_seconds()) // ASKS_PER_WAIT, SHORTEST_PAUSE), LONGEST_PAUSE)
