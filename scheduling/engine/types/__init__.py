"""The frozen values that go into the engine; what comes out is in `engine.answers`.

Everywhere in this package:

* an instant is a whole number of minutes since 1970-01-01T00:00Z (``…_minute``);
* a period is half-open, ``[start, end)``;
* a wall time is minutes since local midnight, 0 … 1440 (1440 = the next midnight);
* resources, services and rules are known by their integer ids only.
"""

from scheduling.engine.types.hours import WEEK_DAYS, Closing, DateOverride, Resource, WeeklyPeriod
from scheduling.engine.types.service import (
    LARGEST_PARTY,
    LONGEST_AHEAD_MINUTES,
    LONGEST_VISIT_MINUTES,
    BookablePeriod,
    Requirement,
    ServiceSpec,
    ServiceTiming,
)
from scheduling.engine.types.snapshot import ALWAYS, Busy, BusyRows, CapacityRule, RuleTimes, Session, Snapshot
from scheduling.engine.types.visit import Length, Part, VisitLine, VisitSpec

__all__ = [
    "ALWAYS",
    "LARGEST_PARTY",
    "LONGEST_AHEAD_MINUTES",
    "LONGEST_VISIT_MINUTES",
    "WEEK_DAYS",
    "BookablePeriod",
    "Busy",
    "BusyRows",
    "CapacityRule",
    "Closing",
    "DateOverride",
    "Length",
    "Part",
    "Requirement",
    "Resource",
    "RuleTimes",
    "ServiceSpec",
    "ServiceTiming",
    "Session",
    "Snapshot",
    "VisitLine",
    "VisitSpec",
    "WeeklyPeriod",
]
