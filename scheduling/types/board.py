"""A day as the business sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from scheduling.enums import BookingSource, BookingStatus
from scheduling.types.catalog import ResourceView

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class BoardBlock:
    """A booking in a column of the board; the period is the column's part, without buffers."""

    booking_id: int
    reference: str
    starts_at: datetime
    ends_at: datetime
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


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A resource's day."""

    resource: ResourceView
    working: tuple[Period, ...]
    breaks: tuple[Period, ...]
    blocks: tuple[BoardBlock, ...]
    load_percent: int
    capacity: int = 1


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
