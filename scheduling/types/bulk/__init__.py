"""Decisions about many bookings, as services and pages hand them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling.enums import BulkKind, BulkOutcome, BulkRowState, BulkState
from scheduling.types.bookings import BookingView

UNDONE_WITHIN = timedelta(days=1)
"""So long a decision about many bookings can be taken back: after that, customers have made their plans by it."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody, or something, does not serve in a half-open period; ``reason`` is for the team."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Closure:
    """A location is closed on local dates, from the first to the last; ``note`` is for the team."""

    location_id: int
    first: date
    last: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What was decided about one booking by somebody who had seen it with the number ``sequence``.

    Attributes:
        starts_at: Of a move: when.
        resource_ids: Of a move: who and what serves it then; empty: whoever is free.
    """

    booking_id: int
    sequence: int
    outcome: BulkOutcome
    starts_at: datetime | None = None
    resource_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkSaid:
    """What customers read: a free line besides what became of theirs; ``is_told`` False: nothing at all."""

    line: str = ""
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class BulkRowView:
    """One booking of a decision: as it is now, and what became of it; ``reason`` is an English msgid."""

    booking: BookingView
    outcome: BulkOutcome
    state: BulkRowState
    reason: str
    before_at: datetime
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class BulkActView:
    """A decision about many bookings.

    Attributes:
        name: Of the person or location that it is about; empty: neither.
        counts: How many rows are in which state.
        undo_until: Until when it can be taken back; None: it cannot.
    """

    id: int
    key: UUID
    kind: BulkKind
    state: BulkState
    resource_id: int | None
    name: str
    starts_at: datetime | None
    ends_at: datetime | None
    line: str
    is_told: bool
    by_id: int | None
    undone_by_id: int | None
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    undo_until: datetime | None
    waiting: int
    done: int
    refused: int
    undone: int

    @property
    def is_at_work(self) -> bool:
        """Tell whether somebody works on it."""
        return self.state in {BulkState.RUNNING, BulkState.UNDOING}

    @property
    def handled(self) -> int:
        """Return how many of them are dealt with."""
        return self.undone if self.state == BulkState.UNDOING else self.count - self.waiting

    @property
    def count(self) -> int:
        """Return how many bookings it is about."""
        return self.waiting + self.done + self.refused + self.undone
