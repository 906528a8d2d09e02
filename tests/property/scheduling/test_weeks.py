"""Weeks that are changed for a while: on every other date everything is as it was."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduling.types import PeriodSetup, WeekSetup
from scheduling.types.weeks import (
    BREAK_OUTSIDE,
    DayPlan,
    WeekPlan,
    find_faults,
    find_week_faults,
    list_validities,
    read_plan,
    replace_plan,
)

START = date(2026, 11, 1)
dates = st.integers(0, 40).map(lambda days: START + timedelta(days=days))
edges = st.none() | dates


def order(pair):
    first, last = pair
    return (last, first) if first and last and first > last else pair


stretches = st.tuples(edges, edges).map(order)
periods = st.builds(
    lambda weekday, opens, closes, valid: PeriodSetup(
        weekday=weekday, opens_minute=opens * 60, closes_minute=closes * 60, valid_from=valid[0], valid_to=valid[1]
    ),
    st.integers(0, 6), st.integers(0, 23), st.integers(0, 24), stretches,
)  # fmt: skip
weeks = st.builds(
    lambda hours, breaks: WeekSetup(hours=tuple(hours), breaks=tuple(breaks)),
    st.lists(periods, max_size=8), st.lists(periods, max_size=4),
)  # fmt: skip
spans = st.tuples(st.integers(0, 23), st.integers(1, 24)).map(lambda pair: (pair[0] * 60, (pair[0] + pair[1]) * 60))
days = st.builds(
    lambda hours: DayPlan(tuple(sorted(hours))), st.lists(spans, max_size=2, unique_by=lambda each: each[0])
)
plans = st.lists(days, min_size=7, max_size=7).map(tuple)


def list_rows(week: WeekSetup, on: date) -> set[tuple[str, int, int, int]]:
    """Return what holds on a date, by the definition."""
    return {
        (name, each.weekday, each.opens_minute, each.closes_minute)
        for name, rows in (("hours", week.hours), ("breaks", week.breaks))
        for each in rows
        if (each.valid_from is None or each.valid_from <= on) and (each.valid_to is None or on <= each.valid_to)
    }


def lies_in(stretch, on: date) -> bool:
    return (stretch[0] is None or stretch[0] <= on) and (stretch[1] is None or on <= stretch[1])


@given(weeks, plans, st.lists(stretches, min_size=1, max_size=2))
def test_a_plan_holds_where_it_is_put_and_nowhere_else(week: WeekSetup, plan: WeekPlan, where):
    changed = replace_plan(week, plan, where)

    for day in range(-3, 45):
        on = START + timedelta(days=day)
        if any(lies_in(each, on) for each in where):
            assert read_plan(changed, on) == plan
        else:
            assert list_rows(changed, on) == list_rows(week, on)


@given(weeks)
def test_a_week_that_is_read_and_written_stays_what_it_says(week: WeekSetup):
    for stretch in list_validities([week]):
        again = replace_plan(week, read_plan(week, stretch[0]), [stretch])
        for day in range(-3, 45):
            on = START + timedelta(days=day)
            assert _clocks(list_rows(again, on)) == _clocks(list_rows(week, on))


def _clocks(rows):
    """Midnight at the end of a day is written as 0:00 or as 24:00."""
    return {(name, weekday, opens, closes or 1440) for name, weekday, opens, closes in rows}


@given(weeks)
def test_stretches_have_no_gaps_and_one_plan_each(week: WeekSetup):
    found = list_validities([week])

    assert (found[0][0], found[-1][1]) == (None, None)
    for (_, last), (first, _) in pairwise(found):
        assert first - last == timedelta(days=1)
    for first, last in found:
        if first and last:
            assert read_plan(week, first) == read_plan(week, last)


@given(plans)
def test_a_plan_without_faults_opens_no_minute_twice(plan: WeekPlan):
    minutes = [0] * (7 * 1440)
    for weekday, day in enumerate(plan):
        for start, end in day.hours:
            for minute in range(start, end, 60):
                minutes[(weekday * 1440 + minute) % len(minutes)] += 1

    is_long = any(day.hours and day.hours[-1][1] - day.hours[0][0] > 1440 for day in plan)
    assert bool(find_faults(plan)) is (max(minutes) > 1 or is_long)


@given(weeks)
def test_what_is_wrong_with_a_week_is_said_at_its_periods(week: WeekSetup):
    faults = dict(find_week_faults(week))

    assert faults.keys() <= {
        f"{name}.{number}" for name in ("hours", "breaks") for number in range(len(getattr(week, name)))
    }
    are_wrong = [
        fault
        for first, _ in list_validities([week])
        for fault in find_faults(read_plan(week, first))
        if fault.text != BREAK_OUTSIDE
    ]
    assert bool(are_wrong) is any(text != BREAK_OUTSIDE for text in faults.values())
