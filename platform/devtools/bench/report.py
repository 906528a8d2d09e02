"""How a benchmark says what it found: ratios of one run, because absolute times are the machine's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing.

    Attributes:
        milliseconds: Its median.
        base: The median that it is compared with; None: it is the base itself.
        aim: The highest ratio to ``base`` that is still good; None: only reported.
    """

    name: str
    milliseconds: float
    runs: tuple[float, ...]
    base: float | None = None
    aim: float | None = None

    @property
    def ratio(self) -> float | None:
        """Its part of the base."""
        return None if self.base is None else self.milliseconds / self.base

    @property
    def is_met(self) -> bool:
        """Tell whether the ratio is within the aim, if there is one."""
        return self.ratio is None or self.aim is None or self.ratio <= self.aim


def print_figures(title: str, figures: Sequence[Figure], *, as_json: bool) -> None:
    """Print a table, or one JSON object."""
    if as_json:
        print(json.dumps({"benchmark": title, "figures": [_to_json(figure) for figure in figures]}, indent=2))
        return
    print(title)
    for figure in figures:
        line = f"  {figure.name:<12} {figure.milliseconds:>10.1f} ms"
        if figure.ratio is not None:
            line += f"   1/{1 / figure.ratio:.0f}"
        if figure.aim is not None:
            line += f"   aim 1/{1 / figure.aim:.0f}: {'met' if figure.is_met else 'MISSED'}"
        print(line)


def _to_json(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "median_ms": round(figure.milliseconds, 3),
        "runs_ms": [round(each, 3) for each in figure.runs],
        "ratio": figure.ratio,
        "aim": figure.aim,
        "is_met": figure.is_met,
    }
