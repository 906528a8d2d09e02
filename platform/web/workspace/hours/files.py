"""Weekly hours as a file: a line for each weekday of whoever has hours or breaks of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from kernel.intervals import Interval
from scheduling.engine import fold_period, unfold_period
from scheduling.selectors.catalog.calendars import list_weeks
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.catalog.batches.weeks import WeekLine, import_weeks
from scheduling.types import PeriodSetup
from scheduling.types.weeks import WEEK_DAYS, WeekView
from web.parts.clock import name_weekday
from web.workspace.files.cells import Column, read_day, read_hours, read_text, read_weekday, write_hours
from web.workspace.files.page import FilePage
from web.workspace.files.reading import ReadFile, TypedLine
from web.workspace.setup_forms import describe_value

Day = tuple[int, date | None, date | None]
COLUMNS = (
    Column(
        "location",
        gettext_lazy("Location"),
        gettext_lazy("May be left out where there is one only."),
        "location",
        read_text,
    ),
    Column(
        "who",
        gettext_lazy("Person, place or tool"),
        gettext_lazy("Empty: the hours are the location’s own."),
        "who",
        read_text,
    ),
    Column(
        "day",
        gettext_lazy("Day"),
        gettext_lazy("Monday … Sunday. Empty, with the rest: no hours of their own."),
        "day",
        read_weekday,
    ),
    Column(
        "hours",
        pgettext_lazy("page", "Hours"),
        gettext_lazy("8:00-13:00, 14:00-18:00; closing before opening means on the next day."),
        "hours",
        read_hours,
        "8:00-18:00",
    ),
    Column("breaks", gettext_lazy("Breaks"), "13:00-14:00", "breaks", read_hours, "13:00-14:00"),
    Column("first_day", gettext_lazy("First day"), gettext_lazy("2026-12-14. Empty: from always."), "first", read_day),
    Column("last_day", gettext_lazy("Last day"), gettext_lazy("2027-01-06. Empty: for ever."), "last", read_day),
)


class WeekWords:
    """The words for what a week had and has."""

    def label_of(self, name: str) -> str:
        """Return how people call hours and breaks."""
        return gettext("Hours") if name == "hours" else gettext("Breaks")

    def describe(self, name: str, value: object) -> str:  # noqa: ARG002 - as forms do
        """Return periods in words: "lunes 8:00-13:00, 14:00-18:00; martes …"."""
        if not isinstance(value, list):
            return describe_value(value)
        days: dict[int, list[Interval]] = defaultdict(list)
        for each in value:
            days[each["weekday"]].append(unfold_period(each["opens_minute"], each["closes_minute"]))
        return "; ".join(f"{name_weekday(day)} {write_hours(days[day])}" for day in sorted(days)) or "–"


def _list_rows() -> Iterator[Sequence[object]]:
    for place in list_locations():
        for view in list_weeks(location_id=place.id):
            yield from _list_lines(place.name, view)


def _list_lines(place: str, view: WeekView) -> Iterator[Sequence[object]]:
    who = "" if view.type_id is None else view.name
    days: dict[Day, tuple[list[Interval], list[Interval]]] = defaultdict(lambda: ([], []))
    for kind, periods in enumerate((view.week.hours, view.week.breaks)):
        for each in periods:
            period = unfold_period(each.opens_minute, each.closes_minute)
            days[each.weekday, each.valid_from, each.valid_to][kind].append(period)
    if not days:
        yield place, who, "", "", "", "", ""
    for weekday, first, last in sorted(days, key=lambda day: (day[0], str(day[1]), str(day[2]))):
        hours, breaks = days[weekday, first, last]
        yield place, who, name_weekday(weekday), write_hours(hours), write_hours(breaks), first, last


def _read(file: ReadFile) -> list[WeekLine]:
    return [_read_line(file, line) for line in file.lines]


def _read_line(file: ReadFile, line: TypedLine) -> WeekLine:
    values = file.read_values(line, COLUMNS)
    weekday = values.get("day")
    if not line.cells.get("day") and (values.get("hours") or values.get("breaks")):
        file.note(line.number, "day", gettext("Say on which weekday."))
    periods = {
        name: tuple(
            PeriodSetup(
                weekday=(weekday or 0) % WEEK_DAYS, opens_minute=opens, closes_minute=closes,
                valid_from=values.get("first"), valid_to=values.get("last"),
            )
            for opens, closes in map(fold_period, values.get(name, ()))
        )
        for name in ("hours", "breaks")
    }  # fmt: skip
    return WeekLine(
        number=line.number, location=values.get("location", ""), who=values.get("who", ""), hours=periods["hours"],
        breaks=periods["breaks"],
    )  # fmt: skip


MOST_LINES = 6_000
"""Fourteen for each of some four hundred people: a week of before and after a date."""

HOURS_FILE = FilePage(
    key="hours",
    most_lines=MOST_LINES,
    title=gettext_lazy("Weekly hours as a file"),
    back_label=pgettext_lazy("page", "Hours"),
    lead=gettext_lazy(
        "The weeks of all locations and of everybody. Change the file in a spreadsheet and import it again."
    ),
    columns=lambda: COLUMNS,
    needed="day",
    list_rows=_list_rows,
    example=lambda: {"location": next((each.name for each in list_locations()), ""), "day": name_weekday(0)},
    read=_read,
    save=import_weeks,
    words=WeekWords,
    find_key=lambda field: "last_day" if field == "valid_to" else field,
    notes=(
        gettext_lazy(
            "Whoever stands in the file gets just this week: days without a line are free. Others keep theirs."
        ),
        gettext_lazy("Whoever has no hours in the file follows the location."),
    ),
)
