"""What reports ask, and what they count."""

from scheduling.types.reports.figures import BookingTally, LeadTally, NamedTally, VisitorTally
from scheduling.types.reports.questions import ReportDays, ReportFilters

__all__ = ["BookingTally", "LeadTally", "NamedTally", "ReportDays", "ReportFilters", "VisitorTally"]
