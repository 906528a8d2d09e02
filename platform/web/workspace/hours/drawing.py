"""The week as it is drawn: a bar and a few lines for each day of each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, merge, subtract
from scheduling.engine import move_days
from scheduling.types.weeks import WEEK_DAYS, DayPlan
from web.formats import end_sentence, format_duration
from web.parts.clock import format_minute, format_periods, name_minute, name_weekday
from web.workspace.hours.sheet import SheetRow, WeekSheet, list_days

HOUR = 60
EARLIEST, LATEST = 6 * HOUR, 22 * HOUR


@dataclass(frozen=True, slots=True)
class Line:
    """A period in words: "18:00", "2:00", and the day on which it ends when that is the next one: "sáb"."""

    opens: str
    closes: str
    next_day: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What is worth knowing about a day: ``tone`` is ``bad`` (cannot be saved), ``odd`` or ``night``."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a row."""

    row: SheetRow
    weekday: int
    day_name: str
    bars: tuple[tuple[str, str], ...]
    hours: tuple[Line, ...]
    breaks: tuple[Line, ...]
    notes: tuple[Note, ...]
    short_note: str

    @property
    def key(self) -> str:
        """Return its name: ``r12-4``."""
        return f"{self.row.key}-{self.weekday}"

    @property
    def hours_text(self) -> str:
        """Return what its field of hours shows; those of the location where it follows."""
        slot = ("hours", self.weekday)
        return self.row.typed.get(slot) or format_periods(self.row.shown[self.weekday].hours)

    @property
    def breaks_text(self) -> str:
        """Return what its field of breaks shows."""
        return self.row.find_text("breaks", self.weekday)

    @property
    def is_wrong(self) -> bool:
        """Tell whether it cannot be saved as it is."""
        return any(note.tone == "bad" for note in self.notes)


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row with its days and how much they are together."""

    row: SheetRow
    cells: tuple[Cell, ...]
    total: str
    texts: tuple[str, ...]


class DrawnWeek:
    """Rows in one scale."""

    def __init__(self, sheet: WeekSheet, rows: Sequence[SheetRow]) -> None:
        self.sheet = sheet
        self.days = list_days()
        every = [period for row in (sheet.place, *rows) for day in row.shown for period in day.hours]
        self.first = min([EARLIEST, *(start // HOUR * HOUR for start, _ in every)])
        self.last = max([LATEST, *(ceil(end / HOUR) * HOUR for _, end in every)])
        self.rows = tuple(self._draw(row) for row in rows)

    @cached_property
    def scale(self) -> str:
        """Return from when to when a bar reaches."""
        words = {"first": format_minute(self.first), "last": format_minute(self.last)}
        return gettext("The bar goes from %(first)s to %(last)s") % words

    def _draw(self, row: SheetRow) -> DrawnRow:
        cells = tuple(self._draw_cell(row, weekday, name) for weekday, name, _ in self.days)
        texts = tuple(each.text for each in row.findings if each.slot is None)
        return DrawnRow(row, cells, _sum_up(row), texts)

    def _draw_cell(self, row: SheetRow, weekday: int, day_name: str) -> Cell:
        day, width = row.shown[weekday], self.last - self.first
        working = subtract(merge(day.hours), sorted(day.breaks))
        bars = tuple(
            (f"{(start - self.first) * 100 / width:.2f}%", f"{(end - start) * 100 / width:.2f}%")
            for start, end in working
        )
        wrong = [Note("bad", each.text) for each in row.find_wrong(weekday)]
        short = ""
        odd: list[Note] = []
        if not (row.is_place or row.is_following or wrong):
            short, odd = _compare(self.sheet.place, day, weekday)
        nights = [] if wrong else _tell_nights(day, weekday)
        return Cell(
            row=row,
            weekday=weekday,
            day_name=day_name,
            bars=bars,
            hours=_list_lines(day.hours, weekday),
            breaks=_list_lines(day.breaks, weekday),
            notes=(*wrong, *nights, *odd),
            short_note=short,
        )


def _list_lines(periods: Iterable[Interval], weekday: int) -> tuple[Line, ...]:
    after = name_weekday((weekday + 1) % WEEK_DAYS, "abbreviated")
    return tuple(
        Line(format_minute(start), format_minute(end), after if end > DAY_MINUTES else "") for start, end in periods
    )


def _tell_nights(day: DayPlan, weekday: int) -> list[Note]:
    after = name_weekday((weekday + 1) % WEEK_DAYS)
    return [
        Note("night", end_sentence(gettext("Ends on %(day)s at %(time)s") % {"day": after, "time": name_minute(end)}))
        for _, end in day.hours
        if end > DAY_MINUTES
    ]


def _compare(place: SheetRow, day: DayPlan, weekday: int) -> tuple[str, list[Note]]:
    """Say where a day goes beyond the hours of the location: it may, and customers book then."""
    before = move_days(place.shown[weekday - 1].hours, -1)
    after = move_days(place.shown[(weekday + 1) % WEEK_DAYS].hours, 1)
    today = place.shown[weekday].hours
    beyond = subtract(merge(day.hours), merge((*before, *today, *after)))
    if not beyond:
        return "", []
    words = {"name": place.view.name}
    if not today:
        note = gettext("%(name)s is closed on this day. What works then is offered all the same.") % words
        return gettext("Location closed"), [Note("odd", note)]
    opens, closes = min(start for start, _ in today), max(end for _, end in today)
    if beyond[-1][1] > closes:
        words["time"], long = format_minute(closes), {**words, "time": name_minute(closes)}
        note = gettext("%(name)s closes at %(time)s; what works later is offered all the same.") % long
        return gettext("Closes %(time)s") % words, [Note("odd", note)]
    words["time"], long = format_minute(opens), {**words, "time": name_minute(opens)}
    note = gettext("%(name)s is not open all that time: it opens at %(time)s; what works then is offered all the same.")
    return gettext("Opens %(time)s") % words, [Note("odd", note % long)]


def _sum_up(row: SheetRow) -> str:
    working = [subtract(merge(day.hours), sorted(day.breaks)) for day in row.shown]
    minutes = sum(end - start for periods in working for start, end in periods)
    days = sum(bool(periods) for periods in working)
    text = ngettext("%(time)s, %(days)d day", "%(time)s, %(days)d days", days)
    return text % {"time": format_duration(minutes), "days": days}
