from datetime import date

import pytest

from scheduling.engine import (
    CapacityRule,
    Measure,
    Requirement,
    Resource,
    RulePeriod,
    WeeklyPeriod,
    bucket_key,
    find_starts,
    tally_usage,
    to_minute,
    usage_range,
    visit_of,
)
from tests.unit.scheduling.engine.builders import MADRID, MONDAY, at, person, service, snapshot_of

MONDAY_KEY = MONDAY.toordinal() - date(1970, 1, 1).toordinal()


def test_bucket_keys_are_local_dates_mondays_and_hours():
    sunday_night = at(23, 59, on=date(2026, 1, 18))

    assert bucket_key(RulePeriod.DAY, MADRID, at(0)) == MONDAY_KEY
    assert bucket_key(RulePeriod.DAY, MADRID, at(0) - 1) == MONDAY_KEY - 1
    assert bucket_key(RulePeriod.WEEK, MADRID, sunday_night) == MONDAY_KEY
    assert bucket_key(RulePeriod.WEEK, MADRID, sunday_night + 1) == MONDAY_KEY + 7
    assert bucket_key(RulePeriod.HOUR, MADRID, at(9, 59)) == at(9)


def test_a_repeated_hour_is_two_buckets_and_a_half_hour_zone_keeps_its_own_hours():
    first = to_minute(MADRID, date(2026, 10, 25), 150)
    kathmandu = to_minute("Asia/Kathmandu", MONDAY, 9 * 60 + 30)

    assert bucket_key(RulePeriod.HOUR, MADRID, first + 60) == bucket_key(RulePeriod.HOUR, MADRID, first) + 60
    assert bucket_key(RulePeriod.HOUR, "Asia/Kathmandu", kathmandu) == kathmandu - 30


@pytest.mark.parametrize("period", list(RulePeriod))
@pytest.mark.parametrize("on", [date(2026, 3, 29), date(2026, 10, 25), MONDAY])
@pytest.mark.parametrize("zone", [MADRID, "Australia/Lord_Howe", "America/Santiago"])
def test_usage_range_is_exactly_the_buckets_of_the_window(period, on, zone):
    start = to_minute(zone, on, 130)
    first, last = usage_range(period, zone, start, start + 200)
    inside = {bucket_key(period, zone, start), bucket_key(period, zone, start + 199)}

    assert {bucket_key(period, zone, first), bucket_key(period, zone, last - 1)} == inside
    assert bucket_key(period, zone, first - 1) not in inside
    assert bucket_key(period, zone, last) not in inside


def test_usage_range_of_nothing_is_empty():
    assert usage_range(RulePeriod.WEEK, MADRID, 500, 500) == (500, 500)


def test_tally_usage_sums_by_bucket():
    starts = [(at(9), 1), (at(17), 2), (at(24), 5)]

    assert tally_usage(RulePeriod.DAY, MADRID, starts) == {MONDAY_KEY: 3, MONDAY_KEY + 1: 5}


@pytest.mark.parametrize(
    ("measure", "used", "units", "expected"),
    [
        (Measure.BOOKINGS, 9, 5, [9, 10]),
        (Measure.BOOKINGS, 10, 1, []),
        (Measure.SEATS, 8, 2, [9, 10]),
        (Measure.SEATS, 8, 3, []),
        (Measure.SEATS, 0, 11, []),
        (Measure.MINUTES, 0, 1, []),
    ],
)
def test_rule_counts_what_the_visit_adds(measure, used, units, expected):
    rule = CapacityRule(1, RulePeriod.DAY, 10, MADRID, measure, {MONDAY_KEY: used})
    snapshot = snapshot_of(person(1, 9, 11, capacity=20), rules=(rule,))

    found = find_starts(snapshot, visit_of(service()), at(0), at(24), units)

    assert [(start - at(0)) // 60 for start in found] == expected


def test_rule_of_one_resource_leaves_the_others():
    rule = CapacityRule(1, RulePeriod.HOUR, 1, MADRID, usage={at(9): 1}, resource_id=1)
    visit = visit_of(service(Requirement((1, 2))))

    assert find_starts(snapshot_of(person(1, 9, 11), rules=(rule,)), visit_of(service()), at(0), at(24)) == [at(10)]
    both = snapshot_of(person(1, 9, 11), person(2, 9, 10), rules=(rule,))
    assert find_starts(both, visit, at(0), at(24)) == [at(9), at(10)]


def test_a_half_hour_that_repeats_is_a_bucket_of_its_own():
    zone = "Australia/Lord_Howe"  # on 5 April 2026 at 02:00 the clock goes back to 01:30
    one = to_minute(zone, date(2026, 4, 5), 60)
    resource = Resource(1, zone, tuple(WeeklyPeriod(weekday, 0, 240) for weekday in range(7)))
    visit = visit_of(service(duration_minutes=30, step_minutes=30))

    def ask(used_at):
        usage = {bucket_key(RulePeriod.HOUR, zone, used_at): 1}
        rule = CapacityRule(1, RulePeriod.HOUR, 1, zone, usage=usage)
        return find_starts(snapshot_of(resource, rules=(rule,)), visit, one, one + 120)

    assert ask(one + 45) == [one + 60, one + 90]
    assert ask(one + 75) == [one, one + 30, one + 90]
