"""What a change of the catalog does to bookings that were made before it, and what is decided about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from scheduling.enums import MisfitKind, Outcome
from scheduling.types.bookings import BookingView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One cause why a booking no longer fits; ``resource_name`` is whom or what it is about, if one."""

    kind: MisfitKind
    resource_name: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time that is free after the change, with everybody and everything that serves the visit then.

    Attributes:
        people: Names of whom the customer meets.
        is_same_people: They are those that the booking has now.
    """

    starts_at: datetime
    resource_ids: tuple[int, ...]
    people: tuple[str, ...]
    is_same_people: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen for a booking.

    Attributes:
        starts_at: Of a move: when; None: not chosen yet.
        resource_ids: Of a move: who and what serves it then; empty: whoever is free.
    """

    outcome: Outcome
    starts_at: datetime | None = None
    resource_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """A coming booking that fits worse after a change than before.

    Attributes:
        outcomes: What can be decided about it.
        proposals: Free times after the change, the best first; no two bookings are offered the same place first.
        is_refused: What was decided about it cannot be done: somebody took the place meanwhile.
    """

    booking: BookingView
    misfits: tuple[Misfit, ...]
    outcomes: tuple[Outcome, ...]
    proposals: tuple[Proposal, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Applied(Generic[T]):
    """A change that was saved: what it returned, and the bookings that it touched, by what became of them.

    ``left`` should have been moved and could not be any more: they stay where they were, written down as such.
    """

    result: T
    moved: tuple[BookingView, ...] = ()
    kept: tuple[BookingView, ...] = ()
    cancelled: tuple[BookingView, ...] = ()
    left: tuple[BookingView, ...] = ()
