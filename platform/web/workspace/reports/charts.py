"""Columns as the page draws them in SVG: only numbers, so that no style and no script is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 640.0, 200.0
LEFT, TOP, BOTTOM = 44.0, 10.0, 24.0
MOST_TICKS = 4
MOST_LABELS = 14
NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a column shows: the value, the one that it is compared with, and a sentence that says both."""

    label: str
    value: float
    other: float | None
    said: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A column, laid out; ``label`` is empty where there is no room for all of them."""

    said: str
    url: str
    label: str
    middle: float
    x: float
    y: float
    width: float
    height: float
    other_x: float
    other_y: float
    other_height: float
    hit_x: float
    hit_width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across, with its number."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns side by side, and the lines behind them."""

    width: float
    height: float
    left: float
    bottom: float
    bars: tuple[DrawnBar, ...]
    ticks: tuple[Tick, ...]
    has_other: bool


def draw_columns(bars: Sequence[Bar]) -> ColumnChart:
    """Lay out columns over the whole width, up to a round number above the largest of them."""
    top = _find_top(max((max(bar.value, bar.other or 0) for bar in bars), default=0))
    ground, tall = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    room = (WIDTH - LEFT) / max(1, len(bars))
    has_other = any(bar.other is not None for bar in bars)
    wide = room * (0.36 if has_other else 0.64)
    every = ceil(len(bars) / MOST_LABELS)
    drawn = []
    for place, bar in enumerate(bars):
        begins = LEFT + place * room
        x = begins + (room / 2 if has_other else (room - wide) / 2)
        height, other_height = tall * bar.value / top, tall * (bar.other or 0) / top
        drawn.append(
            DrawnBar(
                said=bar.said,
                url=bar.url,
                label="" if place % every else bar.label,
                middle=round(begins + room / 2, 1),
                x=round(x, 1),
                y=round(ground - height, 1),
                width=round(wide, 1),
                height=round(height, 1),
                other_x=round(x - wide, 1),
                other_y=round(ground - other_height, 1),
                other_height=round(other_height, 1),
                hit_x=round(begins, 1),
                hit_width=round(room, 1),
            )
        )
    return ColumnChart(WIDTH, HEIGHT, LEFT, ground, tuple(drawn), _list_ticks(top, ground, tall), has_other)


def _find_top(most: float) -> float:
    """Return the round number up to which the lines go: at least 4, so that no line stands for half a booking."""
    if most <= MOST_TICKS:
        return MOST_TICKS
    step = most / MOST_TICKS
    scale = 10.0 ** floor(log10(step))
    return MOST_TICKS * scale * next(nice for nice in NICE if nice * scale >= step)


def _list_ticks(top: float, ground: float, tall: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(y=round(ground - tall * place / MOST_TICKS, 1), value=top * place / MOST_TICKS)
        for place in range(MOST_TICKS + 1)
    )
