"""A week as people see it: days with hours and breaks, for a while; and the weekly periods that say the same.

Weekly periods carry the dates between which they hold, each by itself. People change "the week from December 14 to
January 6": here time is cut where any period begins or ends to hold, into stretches in each of which one plan holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from kernel.text import mark
from scheduling.engine import fold_period, join_touching, lasts_too_long, lies_in, meets, move_days, unfold_period
from scheduling.types.setups import PeriodSetup, WeekSetup

WEEK_DAYS = 7
ONE_DAY = timedelta(days=1)
OVERLAPS = mark("This period overlaps another one of the same day. Change one of them.")
REACHES_OVER = mark("The hours of the day before end in the middle of these. Change one of them.")
REACHED_INTO = mark("These hours end in the middle of the next day’s. Change one of them.")
TOO_LONG = mark("The hours of a day end at most 24 hours after they begin.")
BREAK_OUTSIDE = mark("This break lies outside of the hours of the day.")
BREAKS_OVERLAP = mark("This break overlaps another one. Make one of them.")
Validity = tuple[date | None, date | None]
"""First and last date, both included; None is without limit."""
Row = tuple[str, int, int, int]
"""``hours`` or ``breaks``, weekday, opens, closes."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Hours and breaks of a weekday in wall minutes since its midnight, ends up to 2880: past midnight."""

    hours: tuple[Interval, ...] = ()
    breaks: tuple[Interval, ...] = ()


WeekPlan = tuple[DayPlan, ...]
"""A day for each weekday, Monday first."""
CLOSED: WeekPlan = (DayPlan(),) * WEEK_DAYS


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be in a plan: ``place`` counts the periods of ``name`` (hours or breaks) on that weekday."""

    weekday: int
    name: str
    place: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedWeek:
    """A week to be saved, of a resource or of a location; ``version`` is what its editor had read of the owner."""

    week: WeekSetup
    version: int | None
    resource_id: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """A location or a resource with its own week, as those see it who set it up.

    Attributes:
        type_id: None: it is a location.
    """

    id: int
    name: str
    version: int
    week: WeekSetup
    timezone: str
    type_id: int | None = None
    type_name: str = ""
    is_person: bool = False
    color: str = ""

    @property
    def is_following(self) -> bool:
        """Tell whether it has the hours of its location."""
        return self.type_id is not None and not self.week.hours


def list_validities(weeks: Iterable[WeekSetup]) -> tuple[Validity, ...]:
    """Cut all time where a period of any of the weeks begins or ends to hold; in order, without gaps."""
    firsts: set[date] = set()
    for week in weeks:
        for period in (*week.hours, *week.breaks):
            if period.valid_from is not None:
                firsts.add(period.valid_from)
            if period.valid_to is not None and period.valid_to < date.max:
                firsts.add(period.valid_to + ONE_DAY)
    cuts = [None, *sorted(firsts), None]
    return tuple((first, None if after is None else after - ONE_DAY) for first, after in pairwise(cuts))


def read_plan(week: WeekSetup, on: date | None, *, hours_of: WeekSetup | None = None) -> WeekPlan:
    """Return the plan that holds on a date; None: at the beginning of all time.

    A break after midnight belongs to the day whose hours it interrupts. ``hours_of`` is the week whose hours these
    are, where the breaks alone are one's own.
    """
    hours: list[list[Interval]] = [[] for _ in range(WEEK_DAYS)]
    for period in sorted(_list_valid((hours_of or week).hours, on), key=_find_wall):
        hours[period.weekday].append(_find_wall(period))
    breaks: list[list[Interval]] = [[] for _ in range(WEEK_DAYS)]
    for period in sorted(_list_valid(week.breaks, on), key=_find_wall):
        start, end = _find_wall(period)
        before, (late,) = (period.weekday - 1) % WEEK_DAYS, move_days([(start, end)], 1)
        is_late = not lies_in((start, end), hours[period.weekday]) and lies_in(late, hours[before])
        breaks[before if is_late else period.weekday].append(late if is_late else (start, end))
    own = [()] * WEEK_DAYS if hours_of else hours
    return tuple(DayPlan(tuple(some), tuple(sorted(others))) for some, others in zip(own, breaks, strict=True))


def replace_plan(week: WeekSetup, plan: WeekPlan, stretches: Sequence[Validity]) -> WeekSetup:
    """Return the week with ``plan`` in ``stretches`` and as it was at all other times."""
    edges = WeekSetup(hours=tuple(_mark_edges(stretches)))
    laid: dict[Row, list[Validity]] = {}
    for stretch in list_validities((week, edges)):
        is_replaced = any(_covers(each, stretch) for each in stretches)
        rows = _list_rows(plan) if is_replaced else _list_week_rows(week, stretch[0])
        for row in dict.fromkeys(rows):
            laid.setdefault(row, []).append(stretch)
    by_name: dict[str, list[PeriodSetup]] = {"hours": [], "breaks": []}
    for (name, weekday, opens, closes), held in laid.items():
        for first, last in _join(held):
            by_name[name].append(
                PeriodSetup(weekday=weekday, opens_minute=opens, closes_minute=closes, valid_from=first, valid_to=last)
            )
    return WeekSetup(hours=_sort(by_name["hours"]), breaks=_sort(by_name["breaks"]))


def join_weeks(one: WeekSetup, other: WeekSetup) -> WeekSetup:
    """Return the hours and breaks of both."""
    return WeekSetup(
        hours=tuple(dict.fromkeys((*one.hours, *other.hours))),
        breaks=tuple(dict.fromkeys((*one.breaks, *other.breaks))),
    )


def tidy_day(day: DayPlan) -> DayPlan:
    """Return the day in order, with hours that touch as one."""
    return replace(day, hours=tuple(join_touching(day.hours)), breaks=tuple(sorted(day.breaks)))


def find_faults(
    plan: WeekPlan, *, hours_of: WeekPlan | None = None, weekdays: Iterable[int] = range(WEEK_DAYS)
) -> list[Fault]:
    """List what cannot be on some weekdays; ``hours_of`` has the hours where the breaks alone are one's own."""
    return [fault for weekday in weekdays for fault in _find_day_faults(plan, hours_of or plan, weekday)]


def find_week_faults(week: WeekSetup, *, hours_of: WeekSetup | None = None) -> Iterator[tuple[str, str]]:
    """List (field, text) of what cannot be in a week, whenever it holds: ("hours.1", "This period overlaps …").

    ``hours_of`` is the week that is followed where the breaks alone are one's own. A break may outlive the hours
    that it interrupts; one that never interrupts any is a fault.
    """
    inside: set[PeriodSetup] = set()
    for first, _ in list_validities((week, hours_of or week)):
        plan = read_plan(week, first, hours_of=hours_of)
        hours = read_plan(hours_of or week, first)
        outside: set[Row] = set()
        for fault in find_faults(plan, hours_of=hours):
            row = _make_row(fault.name, fault.weekday, getattr(plan[fault.weekday], fault.name)[fault.place])
            if fault.text == BREAK_OUTSIDE:
                outside.add(row)
            else:
                yield _find_field(week, row), fault.text
        inside.update(each for each in _list_valid(week.breaks, first) if _lay_row("breaks", each) not in outside)
    for number, pause in enumerate(week.breaks):
        if pause not in inside:
            yield f"breaks.{number}", BREAK_OUTSIDE


def _find_field(week: WeekSetup, row: Row) -> str:
    """Return the field of the last period that says a row: the earlier one was there first."""
    periods: Sequence[PeriodSetup] = getattr(week, row[0])
    return f"{row[0]}.{max(n for n, each in enumerate(periods) if _lay_row(row[0], each) == row)}"


def _find_day_faults(plan: WeekPlan, hours_of: WeekPlan, weekday: int) -> Iterator[Fault]:
    day, hours = plan[weekday], hours_of[weekday].hours
    before = move_days(plan[weekday - 1].hours, -1)
    after = move_days(plan[(weekday + 1) % WEEK_DAYS].hours, 1)
    for place, period in enumerate(day.hours):
        if meets(period, day.hours[:place]):
            yield Fault(weekday, "hours", place, OVERLAPS)
        elif lasts_too_long(day.hours[: place + 1]):
            yield Fault(weekday, "hours", place, TOO_LONG)
        elif meets(period, before):
            yield Fault(weekday, "hours", place, REACHES_OVER)
        elif meets(period, after):
            yield Fault(weekday, "hours", place, REACHED_INTO)
    for place, pause in enumerate(day.breaks):
        if not lies_in(pause, hours):
            yield Fault(weekday, "breaks", place, BREAK_OUTSIDE)
        elif meets(pause, day.breaks[:place]):
            yield Fault(weekday, "breaks", place, BREAKS_OVERLAP)


def _find_wall(period: PeriodSetup) -> Interval:
    return unfold_period(period.opens_minute, period.closes_minute)


def _list_rows(plan: WeekPlan) -> list[Row]:
    """Return everything in a plan as rows have it."""
    return [
        _make_row(name, weekday, period)
        for weekday, day in enumerate(plan)
        for name, periods in (("hours", day.hours), ("breaks", day.breaks))
        for period in periods
    ]


def _make_row(name: str, weekday: int, period: Interval) -> Row:
    late, start = divmod(period[0], DAY_MINUTES)
    return name, (weekday + late) % WEEK_DAYS, *fold_period((start, period[1] - late * DAY_MINUTES))


def _list_week_rows(week: WeekSetup, on: date | None) -> Iterator[Row]:
    for name, periods in (("hours", week.hours), ("breaks", week.breaks)):
        for each in _list_valid(periods, on):
            yield _read_row(name, each)


def _lay_row(name: str, period: PeriodSetup) -> Row:
    """Return a row whose end at midnight is 1440."""
    return _make_row(name, period.weekday, _find_wall(period))


def _read_row(name: str, period: PeriodSetup) -> Row:
    return name, period.weekday, period.opens_minute, period.closes_minute


def _list_valid(periods: Iterable[PeriodSetup], on: date | None) -> Iterator[PeriodSetup]:
    for each in periods:
        has_begun = each.valid_from is None or (on is not None and each.valid_from <= on)
        if has_begun and (each.valid_to is None or on is None or on <= each.valid_to):
            yield each


def _mark_edges(stretches: Iterable[Validity]) -> Iterator[PeriodSetup]:
    for first, last in stretches:
        yield PeriodSetup(weekday=0, opens_minute=0, closes_minute=0, valid_from=first, valid_to=last)


def _covers(whole: Validity, part: Validity) -> bool:
    first, last = whole
    has_begun = first is None or (part[0] is not None and first <= part[0])
    return has_begun and (last is None or (part[1] is not None and part[1] <= last))


def _join(held: Iterable[Validity]) -> list[Validity]:
    """Unite stretches that follow each other; they come in order."""
    joined: list[Validity] = []
    for first, last in held:
        if joined and first is not None and joined[-1][1] == first - ONE_DAY:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _sort(periods: Iterable[PeriodSetup]) -> tuple[PeriodSetup, ...]:
    return tuple(
        sorted(periods, key=lambda row: (row.weekday, row.opens_minute, row.closes_minute, str(row.valid_from)))
    )
