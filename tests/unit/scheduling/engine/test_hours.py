from datetime import date, timedelta
from typing import Any

import pytest

from scheduling.engine import DateOverride, Resource, WeeklyPeriod, find_starts, visit_of
from tests.unit.scheduling.engine.builders import MADRID, MONDAY, at, every_day, person, service, snapshot_of


def starts_on_monday(resource, **fields: Any):
    found = find_starts(snapshot_of(resource, **fields), visit_of(service()), at(0), at(24))
    return [(start - at(0)) // 60 for start in found]


def test_weekly_hours_hold_from_and_to_both_dates_included():
    day = timedelta(days=1)
    rows = (
        WeeklyPeriod(0, 540, 660, valid_to=MONDAY),
        WeeklyPeriod(0, 660, 720, valid_to=MONDAY - day),
        WeeklyPeriod(0, 780, 900, valid_from=MONDAY),
        WeeklyPeriod(0, 900, 960, valid_from=MONDAY + day),
    )

    assert starts_on_monday(Resource(1, MADRID, rows)) == [9, 10, 13, 14]


def test_touching_periods_are_one():
    week = tuple(WeeklyPeriod(0, opens, closes) for opens, closes in ((540, 630), (630, 720)))

    assert starts_on_monday(Resource(1, MADRID, week)) == [9, 10, 11]


def test_break_that_passes_midnight_belongs_to_its_date():
    resource = Resource(1, MADRID, every_day(20, 24) + every_day(0, 3), breaks=(WeeklyPeriod(6, 23 * 60, 60),))

    assert starts_on_monday(resource) == [1, 2, 20, 21, 22, 23]


def test_override_replaces_hours_breaks_and_holiday():
    resource = person(1, breaks=every_day(10, 11), overrides=(DateOverride(MONDAY, ((600, 720),)),))

    assert starts_on_monday(resource, holidays=frozenset({MONDAY})) == [10, 11]


@pytest.mark.parametrize(("observes", "expected"), [(True, []), (False, [9, 10])])
def test_holiday_closes_who_observes_it(observes, expected):
    resource = person(1, 9, 11, observes_holidays=observes)

    assert starts_on_monday(resource, holidays=frozenset({MONDAY})) == expected


def test_empty_time_off_takes_nothing():
    assert starts_on_monday(person(1, 9, 12, time_off=((at(9, 30), at(9, 30)),))) == [9, 10, 11]


def test_time_off_is_subtracted():
    assert starts_on_monday(person(1, 9, 12, time_off=((at(10, 59), at(11)),))) == [9, 11]


def test_leap_day_has_hours():
    on = date(2028, 2, 29)
    found = find_starts(snapshot_of(person(1, 9, 10)), visit_of(service()), at(0, on=on), at(24, on=on))

    assert found == [at(9, on=on)]
