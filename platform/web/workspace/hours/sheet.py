"""The week of everybody at a location as one form: what is stored, what was typed, and what of it cannot be.

A row is sent only when somebody changed it; its fields carry its key: ``hours-r12-4`` are the hours of resource 12 on
Friday, ``version-r12`` is what its editor had read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from kernel.ids import read_row_id
from kernel.intervals import Interval
from scheduling.engine import find_night
from scheduling.types import WeekSetup
from scheduling.types.weeks import (
    WEEK_DAYS,
    DayPlan,
    OwnedWeek,
    WeekPlan,
    WeekView,
    find_faults,
    join_weeks,
    read_plan,
    replace_plan,
    tidy_day,
)
from web.parts.clock import (
    MOST_PERIODS,
    NOT_HOURS,
    TOO_MANY,
    format_periods,
    list_weekdays,
    name_weekday,
    read_periods,
)
from web.workspace.hours.spans import Span

NAMES = ("hours", "breaks")
LABELS = {"hours": pgettext_lazy("of a day", "hours"), "breaks": pgettext_lazy("of a day", "breaks")}
NO_DAY = gettext_lazy(
    "This leaves no day at all. Choose at least one, or follow the location; whoever stops working is archived."
)
Slot = tuple[str, int]
"""Name and weekday of a field."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a field, and where: ``target`` is the field's id in the form of one row."""

    row: SheetRow
    slot: Slot | None
    text: str

    @property
    def target(self) -> str:
        """Return the id of the field, or of the row."""
        return self.row.name_field(*self.slot) if self.slot else f"row-{self.row.key}"

    @property
    def sentence(self) -> str:
        """Return whose day it is, and what is wrong."""
        if self.slot is None:
            return f"{self.row.view.name}: {self.text}"
        name, weekday = self.slot
        return f"{self.row.view.name}, {name_weekday(weekday)}, {LABELS[name]}: {self.text}"


@dataclass(slots=True)
class SheetRow:
    """A location or a resource; ``plan`` has its own hours and breaks as far as they could be read.

    Attributes:
        is_owning: It followed its location until now: the location's breaks are among its own already.
        version: What its editor has read of the owner.
        shown: The hours and breaks that hold, of the location where it follows.
        changed_by: Who changed it meanwhile, in a sentence.
    """

    key: str
    view: WeekView
    is_sent: bool
    is_following: bool
    is_owning: bool
    version: int
    plan: WeekPlan
    shown: WeekPlan
    typed: dict[Slot, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    changed_by: str = ""

    @property
    def is_place(self) -> bool:
        """Tell whether it is the location."""
        return self.view.type_id is None

    def name_field(self, name: str, weekday: int) -> str:
        """Return the name of a field."""
        return f"{name}-{self.key}-{weekday}"

    def find_text(self, name: str, weekday: int) -> str:
        """Return what a field shows: what was typed, if it cannot be read, else what it says."""
        own = format_periods(getattr(self.plan[weekday], name))
        return self.typed.get((name, weekday), own)

    def find_wrong(self, weekday: int) -> list[Finding]:
        """Return what is wrong with a day."""
        return [each for each in self.findings if each.slot and each.slot[1] == weekday]


class WeekSheet:
    """All rows of a location in one period; ``data`` is what was sent of some of them."""

    def __init__(self, views: Sequence[WeekView], span: Span, data: QueryDict | None = None) -> None:
        self.span = span
        place = self._make_row(views[0], views[0], data, None)
        self.rows = (place, *(self._make_row(view, views[0], data, place) for view in views[1:]))
        self.by_key = {row.key: row for row in self.rows}

    @property
    def place(self) -> SheetRow:
        """Return the location."""
        return self.rows[0]

    @property
    def findings(self) -> list[Finding]:
        """Return everything that is wrong, row by row."""
        return [each for row in self.rows for each in row.findings]

    @property
    def sent(self) -> list[SheetRow]:
        """Return the rows that somebody changed."""
        return [row for row in self.rows if row.is_sent]

    def list_changes(self) -> list[OwnedWeek]:
        """Return the weeks to be saved, and note who would be left without any hours."""
        weeks: list[OwnedWeek] = []
        for row in self.sent:
            week = self._make_week(row)
            if not (row.is_place or row.is_following or week.hours):
                row.findings.append(Finding(row, None, gettext(str(NO_DAY))))
            owner = "location_id" if row.is_place else "resource_id"
            weeks.append(OwnedWeek(week=week, version=row.version, **{owner: row.view.id}))
        return weeks

    def _make_week(self, row: SheetRow) -> WeekSetup:
        stored, place = row.view.week, self.place.view.week
        if row.is_following:
            kept = stored.breaks if row.view.is_following else set(stored.breaks) - set(place.breaks)
            base = WeekSetup(breaks=tuple(each for each in stored.breaks if each in kept))
            return replace_plan(base, tuple(DayPlan((), day.breaks) for day in row.plan), self.span.stretches)
        if row.view.is_following and not row.is_place:
            stored = join_weeks(place, WeekSetup(breaks=stored.breaks))
        return replace_plan(stored, row.plan, self.span.stretches)

    def _make_row(self, view: WeekView, place: WeekView, data: QueryDict | None, above: SheetRow | None) -> SheetRow:
        key = f"{'l' if above is None else 'r'}{view.id}"
        is_sent = data is not None and f"version-{key}" in data
        is_following = above is not None and (f"follows-{key}" in data if is_sent and data else view.is_following)
        own = read_plan(view.week, self.span.on, hours_of=place.week if view.is_following else None)
        row = SheetRow(key, view, is_sent, is_following, is_owning=False, version=view.version, plan=own, shown=own)
        if data is not None and is_sent:
            self._read(row, data, above)
        row.shown = _show(row, above)
        return row

    def _read(self, row: SheetRow, data: QueryDict, above: SheetRow | None) -> None:
        # What was never shown has the version 0: it is told all that was done, and may save again.
        row.version = read_row_id(data.get(f"version-{row.key}")) or 0
        days = []
        for weekday in range(WEEK_DAYS):
            hours = () if row.is_following else self._read_field(row, data, "hours", weekday)
            days.append(DayPlan(hours, self._read_field(row, data, "breaks", weekday)))
        plan = _place_breaks(days, above.shown if row.is_following and above else days)
        was_following = row.view.is_following and not row.is_place
        row.is_owning = was_following and not row.is_following
        if row.is_owning and above and f"owning-{row.key}" not in data:
            plan = tuple(_add_breaks(day, other) for day, other in zip(plan, above.plan, strict=True))
        if row.is_following and not was_following and above:
            plan = tuple(_drop_breaks(day, other) for day, other in zip(plan, above.plan, strict=True))
        unread = {slot[1] for slot in row.typed}
        for fault in find_faults(plan, hours_of=above.shown if row.is_following and above else None):
            if fault.weekday not in unread:
                row.findings.append(Finding(row, (fault.name, fault.weekday), gettext(fault.text)))
        # What is wrong stays as it was typed: nothing is put into another order under the eyes of its writer.
        wrong = {each.slot for each in row.findings}
        row.plan = tuple(
            day if wrong & {("hours", weekday), ("breaks", weekday)} else tidy_day(day)
            for weekday, day in enumerate(plan)
        )

    def _read_field(self, row: SheetRow, data: QueryDict, name: str, weekday: int) -> tuple[Interval, ...]:
        typed = data.get(row.name_field(name, weekday), "")
        periods = read_periods(typed)
        if periods is not None and len(periods) <= MOST_PERIODS:
            return tuple(periods)
        row.typed[name, weekday] = typed
        row.findings.append(Finding(row, (name, weekday), str(NOT_HOURS if periods is None else TOO_MANY)))
        return ()


def copy_rows(data: QueryDict, key: str) -> QueryDict:
    """Return what was sent of one row as if it had been sent of those too that were ticked to have the same week."""
    copied = data.copy()
    for other in data.getlist("also"):
        if f"seen-{other}" not in data or other == key:
            continue
        copied[f"version-{other}"] = str(data[f"seen-{other}"])
        copied[f"owning-{other}"] = "1"
        if f"follows-{key}" in data:
            copied[f"follows-{other}"] = "1"
        for weekday in range(WEEK_DAYS):
            for name in NAMES:
                copied[f"{name}-{other}-{weekday}"] = data.get(f"{name}-{key}-{weekday}", "")
    return copied


def list_days() -> list[tuple[int, str, str]]:
    """Return the weekdays in the country's order, each with its name, long and short."""
    return [(each, name_weekday(each), name_weekday(each, "abbreviated")) for each in list_weekdays()]


def _show(row: SheetRow, above: SheetRow | None) -> WeekPlan:
    if not row.is_following or above is None:
        return row.plan
    return tuple(_add_breaks(place, DayPlan((), own.breaks)) for place, own in zip(above.shown, row.plan, strict=True))


def _place_breaks(days: Sequence[DayPlan], hours_of: Sequence[DayPlan]) -> WeekPlan:
    """Put breaks that were typed with the clock of the next day into the night that they interrupt."""
    return tuple(
        replace(day, breaks=tuple(find_night(pause, place.hours) for pause in day.breaks))
        for day, place in zip(days, hours_of, strict=True)
    )


def _add_breaks(day: DayPlan, other: DayPlan) -> DayPlan:
    return replace(day, breaks=tuple(sorted({*day.breaks, *other.breaks})))


def _drop_breaks(day: DayPlan, other: DayPlan) -> DayPlan:
    return replace(day, breaks=tuple(each for each in day.breaks if each not in other.breaks))
