"""Free times, as `AvailabilityQuery` asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, overload

from kernel.instants import to_instant
from scheduling.enums import DayState


class AvailableSlot(NamedTuple):
    """A time that can be booked now; ``seats_left`` only for group services."""

    starts_at: datetime
    ends_at: datetime
    seats_left: int | None = None


class AvailableSlots(Sequence[AvailableSlot]):
    """Free times in order; each becomes an `AvailableSlot` when it is read.

    A month has thousands, of which a page shows one day's.
    """

    __slots__ = ("_duration", "_minutes", "_seats", "_starts")

    def __init__(
        self,
        starts: Sequence[int],
        duration_minutes: int,
        seats: Sequence[int] | None = None,
        minutes: Sequence[int] | None = None,
    ) -> None:
        """Take the starts as minutes since 1970-01-01T00:00Z, and the seats left at each (None: no group service).

        ``minutes``: how long each lasts at most, where that is not the same for all.
        """
        self._minutes = minutes
        self._starts = starts
        self._duration = duration_minutes
        self._seats = seats

    def __len__(self) -> int:
        """Count them."""
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> AvailableSlot: ...

    @overload
    def __getitem__(self, index: slice) -> AvailableSlots: ...

    def __getitem__(self, index: int | slice) -> AvailableSlot | AvailableSlots:
        """Return one, or some of them."""
        if isinstance(index, slice):
            seats = None if self._seats is None else self._seats[index]
            minutes = None if self._minutes is None else self._minutes[index]
            return AvailableSlots(self._starts[index], self._duration, seats, minutes)
        starts_at = to_instant(self._starts[index])
        seats_left = None if self._seats is None else self._seats[index]
        duration = self._duration if self._minutes is None else self._minutes[index]
        return AvailableSlot(starts_at, starts_at + timedelta(minutes=duration), seats_left)

    def __eq__(self, other: object) -> bool:
        """Tell whether another sequence has the same times."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the same times as a tuple."""
        return hash(tuple(self))


class AvailableDay(NamedTuple):
    """One local date; ``is_open`` tells whether somebody works then at all, ``lacks`` why nothing is free."""

    on: date
    is_open: bool
    slots: Sequence[AvailableSlot]
    lacks: DayState | None = None

    @property
    def state(self) -> DayState:
        """Whether there are free times, and if not, why."""
        if self.slots:
            return DayState.FREE
        return self.lacks or (DayState.FULL if self.is_open else DayState.CLOSED)


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer: one entry for each asked date."""

    timezone: str
    days: tuple[AvailableDay, ...]
    next_available: datetime | None


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a time is not offered: a stable ``code``, a sentence in the active language, and data."""

    code: str
    text: str
    resource_id: int | None = None
    resource_name: str = ""
    rule_id: int | None = None
    until: datetime | None = None
