"""Which days a report is about, and which ones it is compared with: dates on the clock of the business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

LONGEST_DAYS = 366
WEEK_DAYS = 7
YEAR_WEEKS = timedelta(weeks=52)
QUARTER_MONTHS, YEAR_MONTHS = 3, 12


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OWN = "own"

    @property
    def label(self) -> str:
        """Return what it is called on the page."""
        return str(_KINDS[self])


class Versus(StrEnum):
    """What a period is compared with."""

    BEFORE = "before"
    YEAR = "year"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        """Return what it is called on the page."""
        return str(_COMPARED[self])


_KINDS = {
    PeriodKind.DAY: _("Day"),
    PeriodKind.WEEK: _("Week"),
    PeriodKind.MONTH: _("Month"),
    PeriodKind.QUARTER: _("Quarter"),
    PeriodKind.YEAR: _("Year"),
    PeriodKind.OWN: _("Own dates"),
}
_COMPARED = {
    Versus.BEFORE: _("The period before"),
    Versus.YEAR: _("The year before"),
    Versus.NOTHING: _("Nothing"),
}
MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: QUARTER_MONTHS, PeriodKind.YEAR: YEAR_MONTHS}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    def step(self, count: int) -> Period:
        """Return the period so many later; months, quarters and years stay whole ones."""
        if self.kind in MONTHS:
            return _cut_months(self.kind, _add_months(self.first, count * MONTHS[self.kind]))
        ahead = timedelta(days=count * self.days)
        return Period(self.kind, self.first + ahead, self.last + ahead)

    def find_versus(self, versus: Versus) -> Period | None:
        """Return what it is compared with.

        A year before a month, quarter or year lies the same one; before a day, a week or own dates lie the days 52
        weeks earlier, so that Mondays are compared with Mondays.
        """
        if versus == Versus.NOTHING:
            return None
        if versus == Versus.BEFORE:
            return self.step(-1)
        if self.kind in MONTHS:
            return _cut_months(self.kind, _add_months(self.first, -YEAR_MONTHS))
        return Period(self.kind, self.first - YEAR_WEEKS, self.last - YEAR_WEEKS)


def choose_period(kind: PeriodKind, *, on: date, first_weekday: int = 0) -> Period:
    """Return the period of a kind in which a date lies; weeks begin on ``first_weekday`` (0: Monday)."""
    if kind in MONTHS:
        return _cut_months(kind, on)
    if kind == PeriodKind.WEEK:
        first = on - timedelta(days=(on.weekday() - first_weekday) % WEEK_DAYS)
        return Period(kind, first, first + timedelta(days=WEEK_DAYS - 1))
    return Period(kind, on, on)


def _cut_months(kind: PeriodKind, on: date) -> Period:
    months = MONTHS[kind]
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    return Period(kind, first, _add_months(first, months) - timedelta(days=1))


def _add_months(first: date, count: int) -> date:
    years, month = divmod(first.month - 1 + count, YEAR_MONTHS)
    return date(first.year + years, month + 1, 1)
