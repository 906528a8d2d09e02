"""Days, weeks or months: what a chart shows, as many as one can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

MOST_DAYS, MOST_WEEK_DAYS = 31, 98
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that one column stands for, both included."""

    first: date
    last: date
    is_month: bool = False


def cut_stretches(first: date, last: date) -> list[Stretch]:
    """Cut days into days, up to a month; into sevens of them, up to a quarter; else into months."""
    days = (last - first).days + 1
    if days > MOST_WEEK_DAYS:
        return _cut_months(first, last)
    long = 1 if days <= MOST_DAYS else WEEK_DAYS
    begins = [first + timedelta(days=ahead) for ahead in range(0, days, long)]
    return [Stretch(each, min(last, each + timedelta(days=long - 1))) for each in begins]


def _cut_months(first: date, last: date) -> list[Stretch]:
    found = []
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        ends = min(last, following - timedelta(days=1))
        found.append(Stretch(first, ends, is_month=True))
        first = following
    return found
