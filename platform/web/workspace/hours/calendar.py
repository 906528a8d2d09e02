"""Special days as they are drawn: a year of small months, one month with bars, and a list of what is coming."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from scheduling.types.day_plans import read_contents
from scheduling.types.special_days import HolidayView, SpecialDay
from scheduling.types.weeks import WeekView, read_plan
from web.formats import capitalize
from web.parts.clock import format_minute, format_periods, list_weekdays
from web.templatetags.formats import get_current_formats
from web.workspace.hours.day_form import AFTERNOON, MORNING, find_part

ONE_DAY = timedelta(days=1)
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A special day on one of its dates, or in the list: in words, and where it is changed."""

    day: SpecialDay
    label: str
    icon: str
    url: str
    is_first: bool = True
    is_last: bool = True
    bookings: int = 0


@dataclass(slots=True)
class Square:
    """A date: how it is marked, what is said of it, and what happens on it."""

    on: date
    marks: str
    said: str
    is_inside: bool = True
    holiday: str = ""
    bars: list[Bar] = field(default_factory=list)
    bookings: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month in whole weeks."""

    first: date
    title: str
    weeks: tuple[tuple[Square | None, ...], ...]


class Calendar:
    """What holds on each date of a location."""

    def __init__(
        self,
        views: Sequence[WeekView],
        days: Sequence[SpecialDay],
        holidays: Sequence[HolidayView],
        *,
        today: date,
        bookings: Mapping[date, int] | None = None,
    ) -> None:
        self._place = views[0].week
        self._today = today
        self._bookings = bookings or {}
        self._holidays = {each.on: each for each in holidays}
        self._by_date: dict[date, list[SpecialDay]] = {}
        for each in days:
            for number in range((each.last - each.first).days + 1):
                self._by_date.setdefault(each.first + number * ONE_DAY, []).append(each)

    def draw_month(self, first: date) -> Month:
        """Return a month with everything that happens in it."""
        weekdays = list_weekdays()
        length = monthrange(first.year, first.month)[1]
        lead = weekdays.index(first.weekday())
        squares: list[Square | None] = [None] * lead
        squares += [self.draw_day(first + number * ONE_DAY) for number in range(length)]
        squares += [None] * (-len(squares) % 7)
        weeks = tuple(tuple(squares[start : start + 7]) for start in range(0, len(squares), 7))
        return Month(first, capitalize(get_current_formats().format_month(first)), weeks)

    def draw_day(self, on: date) -> Square:
        """Return a date with its marks: closed, half, opens (a holiday that is worked), away, today, gone, free."""
        days, holiday = self._by_date.get(on, []), self._holidays.get(on)
        own = next((each for each in days if each.resource_id is None), None)
        is_replaced = own is not None and not own.is_closing
        marks, said = [], []
        if own is not None:
            marks.append("closed" if own.is_closed else "half")
            said.append(describe_day(own))
        if holiday is not None and not is_replaced:
            marks = ["closed"] if holiday.is_closed else (marks or ["opens"])
            said.append(f"{holiday.name}: {gettext('closed') if holiday.is_closed else gettext('open')}")
        elif own is None and not read_plan(self._place, on)[on.weekday()].hours:
            marks.append("free")
        others = [each for each in days if each.resource_id is not None]
        if others:
            marks.append("away")
            said += [describe_day(each) for each in others]
        marks += ["today"] * (on == self._today) + ["past"] * (on < self._today)
        return Square(
            on,
            " ".join(marks),
            "; ".join(said),
            holiday=holiday.name if holiday and not is_replaced and holiday.is_closed else "",
            bars=[_make_bar(each, on) for each in days],
            bookings=self._bookings.get(on, 0),
        )


def add_months(first: date, months: int) -> date:
    """Return the first day of another month."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def describe_day(day: SpecialDay) -> str:
    """Return what happens, and to whom: "Del Valle: closed", "Carlos: away 8:00–11:00"."""
    return f"{day.name}: {say_what(day)}"


def say_what(day: SpecialDay) -> str:
    """Return what happens: closed, open from when to when, away."""
    if day.is_absence:
        return gettext("away") if day.is_whole else _say_away(day)
    if day.is_closing:
        return _say_closed(day)
    if not day.periods:
        return gettext("closed") if day.resource_id is None else gettext("does not work")
    return gettext("open %(hours)s") % {"hours": format_periods(day.periods)}


def _say_away(day: SpecialDay) -> str:
    if day.first == day.last:
        return gettext("away %(hours)s") % {"hours": format_periods([(day.start_minute, day.end_minute)])}
    formats = get_current_formats()
    words = {
        "first": f"{formats.format_day_short(day.first)}, {format_minute(day.start_minute)}",
        "last": f"{formats.format_day_short(day.last)}, {format_minute(day.end_minute)}",
    }
    return gettext("away from %(first)s to %(last)s") % words


def _say_closed(day: SpecialDay) -> str:
    content = read_contents([day])[day.first]
    part, hours, is_place = find_part(content), {"hours": format_periods(content.periods)}, day.resource_id is None
    if part == MORNING:
        return gettext("closed in the morning") if is_place else gettext("does not work in the morning")
    if part == AFTERNOON:
        return gettext("closed in the afternoon") if is_place else gettext("does not work in the afternoon")
    return (gettext("closed %(hours)s") if is_place else gettext("does not work %(hours)s")) % hours


def find_icon(day: SpecialDay) -> str:
    """Return the icon of what happens."""
    if day.is_absence:
        return "user-minus"
    return "sun" if day.periods and not day.is_closing else "store"


def find_url(day: SpecialDay) -> str:
    """Return where a special day is changed."""
    return reverse("workspace:days_change", args=["away" if day.is_absence else "hours", day.id])


def list_coming(days: Sequence[SpecialDay], bookings: Mapping[date, int], today: date, most: int) -> list[Bar]:
    """List what has not ended, each with the coming bookings of its first date."""
    return [
        Bar(each, describe_day(each), find_icon(each), find_url(each), bookings=bookings.get(each.first, 0))
        for each in days
        if each.last >= today
    ][:most]


def _make_bar(day: SpecialDay, on: date) -> Bar:
    label = say_what(day) if day.resource_id is None else describe_day(day)
    return Bar(day, capitalize(label), find_icon(day), find_url(day), is_first=on == day.first, is_last=on == day.last)
