"""What is counted of who waits and of what customers say."""

from __future__ import annotations

from dataclasses import dataclass, field

from scheduling.types.reports.questions import ReportDays, ReportFilters

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class WaitlistTally:
    """Who joined the waitlist for a service.

    Attributes:
        offered: Of ``joined``, those who got an offer at all.
        booked: Of them those who took one.
        waiting: Those who still wait.
    """

    service_id: int
    service_name: str
    joined: int
    offered: int
    booked: int
    waiting: int


@dataclass(frozen=True, slots=True)
class FeedbackTally:
    """What customers said.

    Attributes:
        counts: How many gave each of `SCORES`.
        average: Of them; None: nobody said anything.
        asked: How many said whether they would recommend the business, 0 to 10; ``fond`` 9 or 10, ``cold`` up to 6.
    """

    counts: tuple[int, ...]
    average: float | None
    asked: int
    fond: int
    cold: int

    @property
    def count(self) -> int:
        """Return how many said something."""
        return sum(self.counts)

    @property
    def promoter_score(self) -> float | None:
        """Return the net promoter score, −100 to 100: who recommends less who warns; None: nobody was asked."""
        return 100 * (self.fond - self.cold) / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class NamedFeedback:
    """What customers said about visits whose first service this is."""

    service_id: int
    service_name: str
    count: int
    average: float


@dataclass(frozen=True, slots=True)
class FeedbackAsked:
    """Which opinions a figure of a report counts: those of its days, of one score, or that say who recommends."""

    days: ReportDays
    filters: ReportFilters = field(default_factory=ReportFilters)
    score: int | None = None
    is_recommending: bool = False
