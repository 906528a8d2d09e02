from datetime import date, timedelta
from typing import Any

import pytest

from scheduling.engine import Closing, DateOverride, Resource, WeeklyPeriod, find_starts, visit_of
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


@pytest.mark.parametrize(
    ("fields", "closed", "expected"),
    [
        ({}, (((540, 660),),), [11, 12]),
        ({}, (((600, 660),), ((720, 780),)), [9, 11]),
        ({}, (((540, 780),),), []),
        ({}, (((1200, 1260),),), [9, 10, 11, 12]),
        ({"breaks": every_day(10, 11)}, (((540, 600),),), [11, 12]),
        ({"overrides": (DateOverride(MONDAY, ((600, 720),)),)}, (((540, 660),),), [11]),
        ({"overrides": (DateOverride(MONDAY),)}, (((540, 600),),), []),
    ],
)
def test_closing_only_takes_time_away(fields, closed, expected):
    resource = person(1, 9, 13, closings=tuple(Closing(MONDAY, periods) for periods in closed), **fields)

    assert starts_on_monday(resource) == expected


def test_closing_opens_nothing_on_a_date_that_was_left_out():
    left_out = date(2011, 12, 30)
    night, closed = (DateOverride(left_out, ((1020, 1020),)),), (Closing(left_out, ((0, 1440),)),)

    def find(**fields: Any):
        resource = Resource(1, "Pacific/Apia", (), overrides=night, **fields)
        first = (date(2011, 12, 29) - date(1970, 1, 1)).days * 1440
        return find_starts(snapshot_of(resource, now_minute=first), visit_of(service()), first, first + 4 * 1440)

    assert (find(), find(closings=closed)) == ([], [])


def test_closing_opens_no_holiday():
    resource = person(1, 9, 13, closings=(Closing(MONDAY, ((540, 600),)),))

    assert starts_on_monday(resource, holidays=frozenset({MONDAY})) == []


@pytest.mark.parametrize(
    ("closed", "expected"), [((1200, 60), [1, 2, 18, 19, 20, 21, 22, 23]), ((780, 780), [18, 19, 20, 21, 22, 23])]
)
def test_closing_of_a_night_is_of_the_date_on_which_it_begins(closed, expected):
    sunday = MONDAY - timedelta(days=1)
    resource = Resource(1, MADRID, every_day(18, 3), closings=(Closing(sunday, (closed,)),))

    assert starts_on_monday(resource) == expected


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
