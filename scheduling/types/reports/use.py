"""How much of the time of people and things was taken, and what found no place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

HOURS = 24
WEEK_HOURS = 7 * HOURS
"""Cells of a week: Monday from 0 to 1 first."""


@dataclass(frozen=True, slots=True)
class Use:
    """Minutes that were taken, and minutes in which something could be."""

    taken_minutes: int = 0
    open_minutes: int = 0

    def __add__(self, other: Use) -> Use:
        """Return what both have together."""
        return Use(self.taken_minutes + other.taken_minutes, self.open_minutes + other.open_minutes)

    @property
    def share(self) -> float | None:
        """Return the part that was taken: above 1 where somebody worked longer than was open; None: never open."""
        return self.taken_minutes / self.open_minutes if self.open_minutes else None


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """The use of one person or thing, in all and by weekday and hour."""

    id: int
    name: str
    type_name: str
    is_person: bool
    total: Use
    cells: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class RefusedTally:
    """How many searches found nothing on a date: by hour where a time was asked for, else ``hour`` is None."""

    on: date
    hour: int | None
    service_name: str
    count: int
    service_id: int
