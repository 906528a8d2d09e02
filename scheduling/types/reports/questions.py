"""Which days a report is about, and of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ReportDays:
    """Local dates, both inclusive, on the clock of ``timezone``: by our own rules of zones, not the database's."""

    first: date
    last: date
    timezone: str

    @property
    def since(self) -> datetime:
        """When the first begins."""
        return self._begin(self.first)

    @property
    def until(self) -> datetime:
        """When the last is over."""
        return self._begin(self.last + timedelta(days=1))

    @property
    def dates(self) -> Sequence[date]:
        """Return each of them, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def bounds(self) -> list[datetime]:
        """Return when each begins; what starts within them lies in the bucket with the day's number, from 1 on."""
        return [self._begin(on) for on in self.dates]

    def _begin(self, on: date) -> datetime:
        return datetime.combine(on, time(), tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ReportFilters:
    """What a report is narrowed to; ``door`` is one of `enums.ReportDoor`, or empty."""

    location_id: int | None = None
    service_id: int | None = None
    resource_id: int | None = None
    door: str = ""
