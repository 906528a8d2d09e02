"""A day as the business sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kernel.instants import count_minutes
from scheduling.enums import BookingSource, BookingStatus
from scheduling.types.catalog import ResourceView

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class BoardBlock:
    """A booking in a column of the board; the period is the column's part, without buffers.

    Attributes:
        pause: Key of the trade's pause in which it stands; empty: it does not.
        announced_minutes: So far the business has said that it is behind.
        is_reachable: Its customer would be told of a change.
        is_last: The part lasts to the end of the visit, so that making it longer makes the visit longer.
        is_group: It shares its time with others of a group.
        sequence: How often it was moved: who drags it says which one they saw.
        visit_starts_at, visit_ends_at: The whole visit, of which the block may be a part.
    """

    booking_id: int
    reference: str
    starts_at: datetime
    ends_at: datetime
    visit_starts_at: datetime
    visit_ends_at: datetime
    customer_name: str
    customer_phone: str
    service_name: str
    asset_label: str
    asset_identifier: str
    status: BookingStatus
    is_attendance_confirmed: bool
    source: BookingSource
    party_size: int
    arrival_mode: str
    is_override: bool
    pause: str = ""
    announced_minutes: int = 0
    is_reachable: bool = False
    is_last: bool = True
    is_group: bool = False
    sequence: int = 0

    @property
    def visit_minutes(self) -> int:
        """Return how long the whole visit lasts."""
        return count_minutes(self.visit_starts_at, self.visit_ends_at)


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A resource's day.

    Attributes:
        open_minutes: It works so long, as often as it serves at once.
        taken_minutes: Visits take so long of that, without buffers.
    """

    resource: ResourceView
    working: tuple[Period, ...]
    breaks: tuple[Period, ...]
    blocks: tuple[BoardBlock, ...]
    load_percent: int
    capacity: int = 1
    open_minutes: int = 0
    taken_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """One local date, a column for each resource.

    Attributes:
        next_open_on: On a day when nobody works, the next one when somebody does; else None.
    """

    on: date
    timezone: str
    columns: tuple[BoardColumn, ...]
    next_open_on: date | None = None


@dataclass(frozen=True, slots=True)
class DayLoad:
    """A resource's local date in hours.

    Attributes:
        open_minutes: It works so long, as often as it serves at once.
        taken_minutes: Visits take so long of that, buffers included; more than it works, where somebody overbooked.
        visits: So many take it; a group counts once.
    """

    on: date
    open_minutes: int
    taken_minutes: int
    visits: int

    @property
    def free_minutes(self) -> int:
        """Return what is left."""
        return max(0, self.open_minutes - self.taken_minutes)

    @property
    def percent(self) -> int:
        """Return how full the day is; 100 where nobody works and somebody comes, 999 at most."""
        if not self.open_minutes:
            return 100 if self.taken_minutes else 0
        return min(999, round(100 * self.taken_minutes / self.open_minutes))


@dataclass(frozen=True, slots=True)
class ResourceLoads:
    """A resource's days, in order."""

    resource: ResourceView
    days: tuple[DayLoad, ...]


@dataclass(frozen=True, slots=True)
class Loads:
    """Some local dates of a location, a row for each resource.

    Attributes:
        visits: How many begin on each date, whoever serves them.
    """

    timezone: str
    dates: tuple[date, ...]
    rows: tuple[ResourceLoads, ...]
    visits: tuple[int, ...]
