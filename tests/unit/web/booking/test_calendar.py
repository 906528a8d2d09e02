"""Which four weeks the calendar of a wide screen shows."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from web.booking.extras import calendar

THURSDAY = date(2026, 11, 26)
MONDAY = date(2026, 11, 23)
FOUR_WEEKS = timedelta(weeks=4)
find_four_weeks = partial(calendar.find_four_weeks, first_weekday=0)


@pytest.mark.parametrize("asked", [THURSDAY, MONDAY, date(2026, 12, 20), date(2020, 1, 1), date.min])
def test_the_first_begin_with_this_week(asked):
    assert find_four_weeks(asked, today=THURSDAY) == (MONDAY, None, MONDAY + FOUR_WEEKS)


@pytest.mark.parametrize(
    ("first_weekday", "today", "first"),
    [
        (6, THURSDAY, date(2026, 11, 22)),
        (6, date(2026, 11, 22), date(2026, 11, 22)),
        (5, THURSDAY, date(2026, 11, 21)),
        (3, THURSDAY, THURSDAY),
    ],
)
def test_they_begin_as_the_calendars_of_the_country_do(first_weekday, today, first):
    found = find_four_weeks(today, today=today, first_weekday=first_weekday)

    assert found == (first, None, first + FOUR_WEEKS)


def test_later_ones_follow_without_a_gap():
    first, before, after = find_four_weeks(date(2026, 12, 21), today=THURSDAY)

    assert (first, before, after) == (MONDAY + FOUR_WEEKS, MONDAY, MONDAY + 2 * FOUR_WEEKS)


@pytest.mark.parametrize(("window", "has_more"), [(0, False), (24, False), (25, True), (None, True)])
def test_they_end_where_nobody_may_book(window, has_more):
    _, before, after = find_four_weeks(THURSDAY, today=THURSDAY, window_days=window)

    assert (before, after is not None) == (None, has_more)


def test_a_day_of_another_age_shows_the_last_weeks():
    first, before, after = find_four_weeks(date.max, today=THURSDAY, window_days=60)

    assert first <= THURSDAY + timedelta(days=60) < first + FOUR_WEEKS
    assert (before, after) == (first - FOUR_WEEKS, None)
