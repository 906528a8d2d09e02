"""What reports ask, and what they count."""

from scheduling.types.reports.figures import BookingTally, LeadTally, NamedTally, VisitorTally
from scheduling.types.reports.parts import FigurePart, ReportPart
from scheduling.types.reports.questions import ReportDays, ReportFilters
from scheduling.types.reports.use import RefusedTally, ResourceUse, Use

__all__ = [
    "BookingTally",
    "FigurePart",
    "LeadTally",
    "NamedTally",
    "RefusedTally",
    "ReportDays",
    "ReportFilters",
    "ReportPart",
    "ResourceUse",
    "Use",
    "VisitorTally",
]
