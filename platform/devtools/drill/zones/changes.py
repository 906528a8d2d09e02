"""The changes of clocks that are replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A law that ended a clock change, and a day that it concerns.

    Attributes:
        release: The last `tzdata` that did not know of it, by its number on PyPI.
        learned_at: When the bookings were made: before the law was known.
    """

    name: str
    release: str
    timezone: str
    learned_at: datetime
    on: date


CHANGES = (
    Change("Mexico 2022", "2022.5", "America/Mexico_City", datetime(2022, 10, 20, 15, tzinfo=UTC), date(2023, 4, 10)),
    Change("Paraguay 2024", "2024.2", "America/Asuncion", datetime(2024, 9, 20, 15, tzinfo=UTC), date(2025, 6, 10)),
)
