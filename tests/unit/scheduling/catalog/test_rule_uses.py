"""What is used of a rule, as people read it: the engine's own counting, added up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from kernel.instants import to_minutes
from scheduling.engine import Measure, RulePeriod, bucket_key, to_local_date
from scheduling.enums import RuleScope
from scheduling.selectors.catalog.rule_uses import CountedVisit, find_next_date, list_uses
from scheduling.types import RuleSetup

TODAY = date(2026, 3, 2)
MADRID = "Europe/Madrid"


def visit(day: int, hour: float, hours: float = 1, *, timezone: str = MADRID, party_size: int = 1) -> CountedVisit:
    """Return a visit that starts at an hour of the local clock, so many days after `TODAY`."""
    wall = datetime.combine(TODAY, datetime.min.time(), tzinfo=ZoneInfo(timezone)) + timedelta(days=day, hours=hour)
    start = to_minutes(wall.astimezone(UTC))
    return CountedVisit(
        start, start + int(hours * 60), timezone, 1, frozenset({1}), frozenset({1}), "", party_size=party_size
    )


def rule(period: RulePeriod, **values: object) -> RuleSetup:
    return RuleSetup(**{"scope": RuleScope.TENANT, "period": period, "limit": 3} | values)  # type: ignore[arg-type]


def read(setup: RuleSetup, visits: list[CountedVisit]) -> list[tuple[date, int | None, int]]:
    return [(use.on, use.minute, use.used) for use in list_uses(setup, visits, today=TODAY)]


def make_visits(dice: Random, count: int) -> list[CountedVisit]:
    """Return visits of up to ten hours in the weeks around the change of clocks."""
    return [
        visit(
            dice.randrange(-1, 30),
            dice.randrange(96) / 4,
            dice.randrange(1, 40) / 4,
            party_size=dice.randrange(1, 4),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("measure", [Measure.BOOKINGS, Measure.SEATS])
def test_the_fullest_moment_is_that_of_every_start_looked_at(seed, measure):
    visits = make_visits(Random(seed), 40)
    expected: dict[date, int] = {}
    for each in visits:
        on = to_local_date(each.timezone, each.start_minute)
        there = [one for one in visits if one.start_minute <= each.start_minute < one.end_minute]
        amount = sum(one.party_size if measure is Measure.SEATS else 1 for one in there)
        expected[on] = max(expected.get(on, 0), amount)

    found = read(rule(RulePeriod.MOMENT, measure=measure), visits)

    assert {on: used for on, _, used in found} == {on: used for on, used in expected.items() if on >= TODAY}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("period", [RulePeriod.HOUR, RulePeriod.DAY, RulePeriod.WEEK])
def test_buckets_are_those_of_the_engine(seed, period):
    visits = make_visits(Random(seed), 60)
    expected: dict[int, int] = {}
    for each in visits:
        key = bucket_key(period, MADRID, each.start_minute)
        expected[key] = expected.get(key, 0) + each.end_minute - each.start_minute

    found = list_uses(rule(period, measure=Measure.MINUTES), visits, today=TODAY - timedelta(days=1))

    assert sorted(use.used for use in found) == sorted(expected.values())


def test_a_moment_is_read_on_the_clock_of_each_place():
    visits = [visit(0, 9), visit(0, 9.5), visit(0, 9, timezone="Atlantic/Canary")]

    assert read(rule(RulePeriod.MOMENT), visits) == [(TODAY, 570, 2)]


def test_a_visit_is_counted_by_the_hour_on_its_clock():
    days = (date(2026, 10, 25) - TODAY).days
    visits = [visit(days, 2), visit(days, 2.5), visit(days, 3)]

    assert read(rule(RulePeriod.HOUR), visits) == [(date(2026, 10, 25), 120, 2), (date(2026, 10, 25), 180, 1)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, TODAY),
        ({"weekdays": (2,)}, date(2026, 3, 4)),
        ({"valid_from": date(2026, 3, 10)}, date(2026, 3, 10)),
        ({"valid_from": date(2026, 3, 10), "weekdays": (0,)}, date(2026, 3, 16)),
        ({"valid_to": date(2026, 3, 1)}, None),
        ({"valid_from": date(2026, 3, 17)}, None),
        ({"weekdays": (1,), "from_minute": 1320, "to_minute": 120}, date(2026, 3, 3)),
    ],
)
def test_the_next_date_is_the_first_on_which_the_rule_counts_something(values, expected):
    assert find_next_date(rule(RulePeriod.DAY, **values), TODAY) == expected
