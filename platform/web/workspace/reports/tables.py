"""Tables of reports: drawn below their charts, and written into files, from the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        value: What a file gets; None: nothing.
        text: What the page shows.
        url: Where its rows are, if anywhere.
        part: How much of the longest bar of its column a bar beside it fills, in hundredths; None: no bar.
    """

    value: object
    text: str
    url: str = ""
    part: float | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its name in files; ``note`` says in words how it is counted."""

    key: str
    title: str | Promise
    heads: tuple[str | Promise, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str | Promise = ""


def add_bars(rows: Sequence[tuple[Cell, ...]], column: int) -> tuple[tuple[Cell, ...], ...]:
    """Give the numbers of a column bars, the largest the whole width."""
    values = [value if isinstance(value := row[column].value, int | float) else 0 for row in rows]
    most = max(values, default=0)
    if not most:
        return tuple(rows)
    found = []
    for row, value in zip(rows, values, strict=True):
        cell = row[column]
        with_bar = Cell(cell.value, cell.text, cell.url, round(100 * value / most, 1))
        found.append((*row[:column], with_bar, *row[column + 1 :]))
    return tuple(found)
