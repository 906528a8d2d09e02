"""When something is due by its meter: as fast as it grew, and never out of readings that say nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduling.selectors.customers.reckoning import (
    Growth,
    Reading,
    add_months,
    find_due_day,
    find_growth,
)

START = date(2026, 1, 1)


def read(*pairs: tuple[int, int]) -> list[Reading]:
    return [Reading(START + timedelta(days=days), value) for days, value in pairs]


def test_a_meter_grows_as_it_did():
    growth = find_growth(read((0, 40_000), (50, 42_000), (100, 44_000)))

    assert growth == Growth(Reading(date(2026, 4, 11), 44_000), 40.0)
    assert growth.estimate(date(2026, 4, 21)) == 44_400
    assert growth.estimate(START) == 44_000  # never less than was read
    assert growth.find_day(45_000) == date(2026, 5, 6)
    assert growth.find_day(44_000) == date(2026, 4, 11)


@pytest.mark.parametrize(
    "pairs",
    [
        [(0, 40_000)],
        [(0, 40_000), (29, 41_000)],
        [(0, 40_000), (90, 40_000)],
        [(0, 0), (30, 900_000)],
        [(0, 80_000), (60, 500), (70, 700)],
    ],
    ids=["one", "too close", "it stood", "nobody drives that", "it was replaced"],
)
def test_readings_that_say_nothing_about_the_pace(pairs):
    growth = find_growth(read(*pairs))

    assert (growth.per_day, growth.last.value) == (None, pairs[-1][1])
    assert (growth.estimate(date(2030, 1, 1)), growth.find_day(pairs[-1][1] + 1)) == (pairs[-1][1], None)


def test_only_what_was_read_since_the_meter_was_replaced_counts():
    growth = find_growth(read((0, 10), (10, 90_000), (20, 100), (120, 1_100)))

    assert growth.per_day == 10.0


def test_nothing_read_is_no_growth():
    assert find_growth([]) is None


def test_what_lies_too_far_is_not_known():
    growth = Growth(Reading(START, 1_000), 1.0)

    assert (growth.find_day(4_650), growth.find_day(4_651)) == (START + timedelta(days=3_650), None)


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 12), 12, date(2027, 8, 12)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
    ],
)
def test_months_are_counted_on_the_calendar(on, months, expected):
    assert add_months(on, months) == expected


def test_what_comes_first_counts():
    growth = Growth(Reading(START, 1_000), 10.0)

    assert find_due_day(growth, at_meter=1_100, on=date(2026, 6, 1)) == date(2026, 1, 11)
    assert find_due_day(growth, at_meter=9_000, on=date(2026, 6, 1)) == date(2026, 6, 1)
    assert find_due_day(growth, at_meter=1_100, on=None) == date(2026, 1, 11)
    assert find_due_day(None, at_meter=1_100, on=None) is None
    assert find_due_day(None, at_meter=None, on=START) == START
