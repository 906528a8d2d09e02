"""Of what a report counts, the part that one figure is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.types.reports.questions import ReportDays, ReportFilters


class ReportPart(StrEnum):
    """Which bookings stand behind a figure that is not simply about all, or about a status."""

    ONLINE = "online"
    """Those that customers made alone."""
    MADE = "made"
    """Those of which it is known how long before they were made."""
    LEAD = "lead"
    """Of them, those of one step of `LeadTally.counts`: ``number`` is its place, from 0 on."""
    NEW = "new"
    """For each new customer the first visit in these days."""
    RETURNING = "returning"
    """For each customer who was here before the first visit in these days."""
    UNKNOWN = "unknown"
    """Visits of nobody known."""
    TAKING = "taking"
    """Those that take open time in these days, also if they began before; ``number``: in this hour of the week."""


@dataclass(frozen=True, slots=True)
class FigurePart:
    """A part with the days and filters of its report; ``number`` is what `ReportPart` says of it, else None."""

    part: ReportPart
    days: ReportDays
    filters: ReportFilters = field(default_factory=ReportFilters)
    number: int | None = None
