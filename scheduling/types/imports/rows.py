"""Imports, as services and pages hand them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from scheduling.enums import IMPORTS_AT_WORK, IMPORTS_WRITTEN, ImportKind, ImportState, RowOutcome
from scheduling.types.imports.options import VisitOptions

MOST_ROWS, MOST_COLUMNS = 20_000, 60


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """What a column can fill.

    Attributes:
        key: ``name``, ``phone``, …, or ``asset.<key>`` of the trade's own fields.
        label: Marked text.
        words: What heads call it, folded.
        is_single: One column at most fills it.
        example: Of the template.
    """

    key: str
    label: str
    words: tuple[str, ...] = ()
    is_single: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong or odd about a cell: ``target`` is what its column fills, empty for the whole row.

    Attributes:
        text: English msgid; ``params`` are named in it.
        is_error: It keeps the row out.
    """

    target: str
    text: str
    params: Mapping[str, str] = field(default_factory=dict)
    is_error: bool = True

    def to_json(self) -> list[object]:
        """Return it as a row of the table keeps it."""
        return [self.target, self.text, dict(self.params), self.is_error]

    @classmethod
    def from_json(cls, kept: Sequence[object]) -> Fault:
        """Return what `to_json` made."""
        target, text, params, is_error = kept
        return cls(str(target), str(text), dict(params), is_error=bool(is_error))  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the file: its head, some of its cells, and what it fills; empty: nothing."""

    number: int
    head: str
    examples: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class ImportRowView:
    """A row for people; ``name`` is what it says of the customer, ``cells`` are those of the columns that are read."""

    number: int
    cells: tuple[str, ...]
    outcome: RowOutcome | None
    faults: tuple[Fault, ...]
    customer_id: int | None
    undo: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as the pages show it.

    Attributes:
        plans: How many rows will have which outcome; ``counts``: had it. Under ``fault:<text>`` how many rows a reason
            keeps out.
        done_rows: How many rows the work under way has dealt with.
        is_kept: Its rows are still here.
        failure: Why its file could not be read, an English msgid and its parameters; ``read_bytes`` of ``file_bytes``
            is how far a worker has come in it.
    """

    id: int
    key: UUID
    kind: ImportKind
    state: ImportState
    known: str
    options: VisitOptions
    file_name: str
    encoding: str
    separator: str
    heads: tuple[str, ...]
    targets: tuple[str, ...]
    rows_count: int
    file_bytes: int
    read_bytes: int
    failure: tuple[str, Mapping[str, object]] | None
    done_rows: int
    plans: Mapping[str, int]
    counts: Mapping[str, int]
    by_id: int
    undone_by_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    ends_at: datetime | None

    @property
    def is_at_work(self) -> bool:
        """Tell whether a worker has it."""
        return self.is_read or self.state in IMPORTS_AT_WORK

    @property
    def is_read(self) -> bool:
        """Tell whether a worker reads the file, or is about to."""
        return self.state == ImportState.READING

    @property
    def is_written(self) -> bool:
        """Tell whether it wrote anything, be it undone since."""
        return self.state in IMPORTS_WRITTEN

    @property
    def is_kept(self) -> bool:
        """Tell whether its rows are still here."""
        return self.ends_at is not None

    @property
    def percent(self) -> int:
        """Return how much is done; somebody who waits sees that it has begun."""
        done, whole = (self.read_bytes, self.file_bytes) if self.is_read else (self.done_rows, self.rows_count)
        return max(2, 100 * done // whole) if whole else 0

    @property
    def planned(self) -> int:
        """Return how many rows will write something."""
        return self.plans.get(RowOutcome.CREATED, 0) + self.plans.get(RowOutcome.UPDATED, 0)

    @property
    def written(self) -> int:
        """Return how many rows wrote something."""
        return self.counts.get(RowOutcome.CREATED, 0) + self.counts.get(RowOutcome.UPDATED, 0)
