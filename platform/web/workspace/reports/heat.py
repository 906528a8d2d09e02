"""Weekdays and hours as a table whose cells are darker the more there is in them; the number stands in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.types.reports.use import HOURS
from web.formats import Formats, capitalize
from web.parts.clock import name_week_hour

LEVELS = 5
A_MONDAY = date(2024, 1, 1)
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of a weekday: ``level`` is 0 for nothing at all, else 1 to 5; ``url`` leads to its rows, if any."""

    text: str
    level: int
    value: float | None
    url: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class HeatTable:
    """Rows are weekdays, columns the hours in which there is anything."""

    hours: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in it."""
        return not self.hours


def draw_heat(
    values: Sequence[float | None],
    *,
    formats: Formats,
    most: float,
    write: Callable[[float], str],
    lead: Callable[[int], str],
) -> HeatTable:
    """Arrange 168 values, Monday from 0 to 1 first; None: nothing to say about the hour. ``most`` is the darkest.

    ``lead`` gives the address of the rows of a cell, by its number.
    """
    used = [hour for hour in range(HOURS) if any(values[day * HOURS + hour] is not None for day in range(WEEK_DAYS))]
    span = range(used[0], used[-1] + 1) if used else range(0)
    first = formats.local.first_week_day
    rows = []
    for place in range(WEEK_DAYS):
        day = (first + place) % WEEK_DAYS
        numbers = [day * HOURS + hour for hour in span]
        cells = tuple(_make_cell(values[each], most, write, lead(each), name_week_hour(each)) for each in numbers)
        rows.append((capitalize(formats.format_weekday(A_MONDAY + timedelta(days=day))), cells))
    return HeatTable(tuple(str(hour) for hour in span), tuple(rows))


def _make_cell(value: float | None, most: float, write: Callable[[float], str], url: str, name: str) -> HeatCell:
    if value is None:
        return HeatCell("", 0, None)
    level = 0 if value <= 0 or not most else min(LEVELS, 1 + int(LEVELS * value / most * 0.999))
    return HeatCell(write(value), level, value, url if value > 0 else "", name)
