"""What a month came to: bookings, who came, and what was received, as the reports count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce

from billing.enums import IncomeShare
from billing.selectors.income import add_up_income, report_income
from scheduling.selectors.reports.bookings import tally_days, tally_visitors
from scheduling.types.reports import BookingTally, ReportDays, ReportFilters
from tenants.context import current_tenant

ALL = ReportFilters()


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month; ``received`` maps currencies to what came in, in their smallest coin, where anything did."""

    first: date
    tally: BookingTally
    new_customers: int
    received: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was booked and nothing came in."""
        return not self.tally.booked and not self.received


def find_month_before(first: date) -> date:
    """Return the first day of the month before another one's."""
    return (first - timedelta(days=1)).replace(day=1)


def measure_month(first: date, *, now: datetime) -> MonthFigures:
    """Return the figures of the month that begins on a day, on the clock of the business; five queries at most."""
    following = (first + timedelta(days=32)).replace(day=1)
    days = ReportDays(first, following - timedelta(days=1), current_tenant().timezone)
    income = add_up_income(report_income(since=days.since, until=days.until, share=IncomeShare.DAY, now=now))
    return MonthFigures(
        first=first,
        tally=reduce(BookingTally.__add__, tally_days(days, ALL, now=now), BookingTally()),
        new_customers=tally_visitors(days, ALL).new,
        received={each.currency: each.received_minor for each in income if each.received_minor},
    )
