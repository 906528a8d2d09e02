"""The hours of some days as cells of a week: what lies where on the clock of the business, whatever the clock does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from kernel.instants import to_minutes
from kernel.intervals import Interval
from scheduling.engine import to_wall
from scheduling.types.reports import ReportDays
from scheduling.types.reports.use import HOURS, WEEK_HOURS

HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class WeekCells:
    """Pieces of time that follow each other: piece ``n`` is ``[bounds[n], bounds[n + 1])`` and lies in ``cells[n]``.

    Minutes since 1970-01-01T00:00Z. An hour that the clock skips has no piece, one that it repeats has two.
    """

    bounds: tuple[int, ...]
    cells: tuple[int, ...]

    def spread(self, periods: Iterable[Interval]) -> list[int]:
        """Return how many minutes of some periods lie in each of the 168 cells; what lies outside is left out."""
        found = [0] * WEEK_HOURS
        first, last = self.bounds[0], self.bounds[-1]
        for start, end in periods:
            cursor, ends = max(start, first), min(end, last)
            place = bisect_right(self.bounds, cursor) - 1
            while cursor < ends:
                following = min(ends, self.bounds[place + 1])
                found[self.cells[place]] += following - cursor
                cursor, place = following, place + 1
        return found


def cut_week_cells(days: ReportDays) -> WeekCells:
    """Cut days where an hour begins on their clock.

    Clocks change when an hour begins. Where one did not (Newfoundland's until 2011, a minute later), that hour is the
    one in which it began.
    """
    cursor, last = to_minutes(days.since), to_minutes(days.until)
    bounds, cells = [], []
    while cursor < last:
        wall = to_wall(days.timezone, cursor)
        bounds.append(cursor)
        cells.append(wall.on.weekday() * HOURS + wall.minute // HOUR_MINUTES)
        cursor += HOUR_MINUTES - wall.minute % HOUR_MINUTES
    return WeekCells((*bounds, last), tuple(cells))
