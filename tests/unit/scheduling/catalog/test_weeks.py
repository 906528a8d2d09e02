"""Days of a week as people see them."""

from __future__ import annotations

from datetime import date

import pytest

from scheduling.types import PeriodSetup, WeekSetup
from scheduling.types.weeks import (
    BREAK_OUTSIDE,
    BREAKS_OVERLAP,
    CLOSED,
    OVERLAPS,
    REACHED_INTO,
    REACHES_OVER,
    DayPlan,
    find_faults,
    join_weeks,
    list_validities,
    read_plan,
    replace_plan,
    tidy_day,
)

FRIDAY, SATURDAY = 4, 5
DEC_14, JAN_6 = date(2026, 12, 14), date(2027, 1, 6)


def period(weekday: int, opens: int, closes: int, first: date | None = None, last: date | None = None) -> PeriodSetup:
    return PeriodSetup(
        weekday=weekday, opens_minute=opens * 60, closes_minute=closes * 60, valid_from=first, valid_to=last
    )


def make_plan(**days: DayPlan):
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(days.get(name, DayPlan()) for name in names)


def hours(*pairs: tuple[float, float], breaks: tuple[tuple[float, float], ...] = ()) -> DayPlan:
    return DayPlan(
        tuple((round(start * 60), round(end * 60)) for start, end in pairs),
        tuple((round(start * 60), round(end * 60)) for start, end in breaks),
    )


def test_a_break_after_midnight_belongs_to_the_night_that_it_interrupts():
    night = hours((18, 26), breaks=((24.5, 25),))
    week = replace_plan(WeekSetup(), make_plan(fri=night), [(None, None)])

    assert week.breaks == (PeriodSetup(weekday=SATURDAY, opens_minute=30, closes_minute=60),)
    assert read_plan(week, None) == make_plan(fri=night)


def test_a_break_of_whoever_follows_is_read_by_the_hours_of_the_location():
    place = WeekSetup(hours=(period(FRIDAY, 18, 2),))
    own = WeekSetup(breaks=(period(SATURDAY, 0, 1),))

    assert read_plan(own, None, hours_of=place)[FRIDAY] == DayPlan((), ((1440, 1500),))


def test_a_temporary_week_cuts_the_normal_one_in_two():
    normal = WeekSetup(hours=(period(0, 8, 18),))

    changed = replace_plan(normal, CLOSED, [(DEC_14, JAN_6)])

    assert set(changed.hours) == {
        period(0, 8, 18, None, date(2026, 12, 13)),
        period(0, 8, 18, date(2027, 1, 7), None),
    }
    assert replace_plan(changed, read_plan(normal, None), [(DEC_14, JAN_6)]) == normal


def test_the_last_day_of_the_calendar_ends_no_stretch():
    assert list_validities([WeekSetup(hours=(period(0, 8, 9, None, date.max),))]) == ((None, None),)


@pytest.mark.parametrize(
    ("day", "tidy"),
    [
        (hours((13, 18), (8, 13)), hours((8, 18))),
        (hours((8, 12), (13, 18)), hours((8, 12), (13, 18))),
        (hours((8, 20), (20, 33)), hours((8, 20), (20, 33))),  # longer than a day is no period
    ],
)
def test_touching_hours_become_one(day, tidy):
    assert tidy_day(day) == tidy


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        ({"fri": hours((8, 13), (12, 18))}, [(FRIDAY, "hours", 1, OVERLAPS)]),
        ({"fri": hours((8, 13), (13, 18))}, []),
        (
            {"fri": hours((18, 26)), "sat": hours((1, 9))},
            [(FRIDAY, "hours", 0, REACHED_INTO), (SATURDAY, "hours", 0, REACHES_OVER)],
        ),
        (
            {"sun": hours((18, 26)), "mon": hours((1, 9))},
            [(0, "hours", 0, REACHES_OVER), (6, "hours", 0, REACHED_INTO)],
        ),
        ({"fri": hours((18, 26)), "sat": hours((2, 9))}, []),
        ({"fri": hours((8, 13), breaks=((13, 14),))}, [(FRIDAY, "breaks", 0, BREAK_OUTSIDE)]),
        ({"fri": hours((8, 13), breaks=((12, 13),))}, []),
        ({"fri": hours((8, 13), (13, 18), breaks=((12, 14),))}, []),
        ({"fri": hours(breaks=((12, 14),))}, [(FRIDAY, "breaks", 0, BREAK_OUTSIDE)]),
        ({"fri": hours((8, 18), breaks=((12, 14), (13, 15)))}, [(FRIDAY, "breaks", 1, BREAKS_OVERLAP)]),
    ],
)
def test_what_cannot_be_is_named(days, faults):
    found = find_faults(make_plan(**days))

    assert [(each.weekday, each.name, each.place, each.text) for each in found] == faults


def test_two_weeks_together_say_nothing_twice():
    one, other = WeekSetup(hours=(period(0, 8, 9),)), WeekSetup(hours=(period(0, 8, 9),), breaks=(period(1, 9, 10),))

    assert join_weeks(one, other) == other
