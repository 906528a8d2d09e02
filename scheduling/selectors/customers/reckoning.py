"""When something is due: by a day, or by what a meter will show, as fast as it has grown so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SHORTEST_DAYS = 30
"""Readings closer to each other say nothing about how much somebody drives."""
FASTEST = 2_000
"""More a day than any vehicle: somebody mistyped."""
FARTHEST_DAYS = 3_650
"""Nobody knows what is due later than in ten years."""
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter showed on a local day."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class Growth:
    """How a meter grows: its newest reading, and how much a day; None: nobody knows."""

    last: Reading
    per_day: float | None

    def estimate(self, today: date) -> int:
        """Return what it shows today, as far as anybody knows."""
        return self.last.value + round(max(0, (today - self.last.on).days) * (self.per_day or 0))

    def find_day(self, at_meter: int) -> date | None:
        """Return the day on which it shows so much; None: nobody knows."""
        left = at_meter - self.last.value
        if left <= 0:
            return self.last.on
        if not self.per_day or left / self.per_day > FARTHEST_DAYS:
            return None
        return self.last.on + timedelta(days=round(left / self.per_day))


def find_growth(readings: Sequence[Reading]) -> Growth | None:
    """Return how a meter grows, from its readings in order; None without any.

    Only what was read since it last showed less counts: it was replaced then, or mistyped.
    """
    if not readings:
        return None
    first = last = readings[-1]
    for each in reversed(readings):
        if each.value > first.value:
            break
        first = each
    days = (last.on - first.on).days
    per_day = (last.value - first.value) / days if days >= SHORTEST_DAYS else 0
    return Growth(last, per_day if 0 < per_day <= FASTEST else None)


def add_months(on: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    place = on.year * MONTHS + on.month - 1 + months
    year, month = divmod(place, MONTHS)
    following = date(year + (month + 1) // MONTHS, (month + 1) % MONTHS + 1, 1)
    return date(year, month + 1, min(on.day, (following - timedelta(days=1)).day))


def find_due_day(growth: Growth | None, *, at_meter: int | None, on: date | None) -> date | None:
    """Return the day on which something is due, whichever comes first; None: nobody knows yet."""
    by_meter = growth.find_day(at_meter) if growth is not None and at_meter is not None else None
    return min((each for each in (by_meter, on) if each is not None), default=None)
