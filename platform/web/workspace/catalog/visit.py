"""A visit as it is drawn in the form: each row's minutes as a bar over its length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.parts.fields import read_length
from web.workspace.catalog.row_forms import RequirementForm

BAR_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class VisitBar:
    """A row's minutes in percent of the visit; ``top`` in pixels, ``number`` as the rows are counted.

    ``name`` is the row's in the form, and ``same_as`` the number of the row that has the same people; 0: none.
    """

    name: str
    number: int
    same_as: int
    begins: int
    ends: int
    left: str
    width: str
    top: int


@dataclass(frozen=True, slots=True)
class Visit:
    """The drawing; nothing where the visit has no length yet."""

    minutes: int
    bars: tuple[VisitBar, ...]

    @property
    def height(self) -> int:
        """Return how tall it is, in pixels."""
        return len(self.bars) * BAR_HEIGHT


def draw_visit(minutes: object, rows: Mapping[str, RequirementForm]) -> Visit:
    """Draw what was typed; what is no number yet counts as if it were empty."""
    length = _read(minutes)
    numbers = {name: number for number, name in enumerate(rows, start=1)}
    bars: list[VisitBar] = []
    for name, form in rows.items():
        begins, lasts = (_read(form[name].value()) for name in ("starts_after_minutes", "duration_minutes"))
        begins = min(begins, length)
        ends = min(begins + lasts, length) if lasts else length
        left, width = (100 * each / max(length, 1) for each in (begins, ends - begins))
        number, same_as = numbers[name], numbers.get(str(form["same_as"].value()), 0)
        top = (number - 1) * BAR_HEIGHT
        bars.append(VisitBar(name, number, same_as, begins, ends, f"{left:.1f}%", f"{width:.1f}%", top))
    return Visit(length, tuple(bars) if length else ())


def _read(value: object) -> int:
    return read_length(str(value or "")) or 0
