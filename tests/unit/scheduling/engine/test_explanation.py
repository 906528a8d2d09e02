from datetime import timedelta
from typing import Any

import pytest

from scheduling.engine import (
    CapacityRule,
    DateOverride,
    Explanation,
    Reason,
    ReasonCode,
    Requirement,
    Resource,
    RulePeriod,
    Session,
    bucket_key,
    explain,
    visit_of,
)
from tests.unit.scheduling.engine.builders import MADRID, MONDAY, at, every_day, person, service, snapshot_of

DAY_KEY = bucket_key(RulePeriod.DAY, MADRID, at(12))
TUESDAY = MONDAY + timedelta(days=1)


def reasons(snapshot, spec=None, start=None, units=1):
    return explain(snapshot, visit_of(spec or service()), at(10) if start is None else start, units).reasons


def of_first(code, until=None, **fields: Any):
    return Reason(code, part_index=0, resource_id=1, until_minute=until, **fields)


def test_an_offered_start_has_no_reason():
    assert explain(snapshot_of(person(1)), visit_of(service()), at(10)) == Explanation(
        at(10), is_offered=True, reasons=()
    )


@pytest.mark.parametrize(
    ("snapshot", "spec", "start", "expected"),
    [
        (snapshot_of(person(1), now_minute=at(11)), None, at(10), (Reason(ReasonCode.PAST),)),
        (
            snapshot_of(person(1), now_minute=at(9), now_is_mid_minute=True),
            service(minimum_notice_minutes=90),
            at(10),
            (Reason(ReasonCode.NOTICE, until_minute=at(10, 31)),),
        ),
        (snapshot_of(person(1)), service(booking_window_days=0), at(10), (Reason(ReasonCode.WINDOW),)),
        (snapshot_of(person(1)), None, at(10, 5), (Reason(ReasonCode.OFF_GRID, until_minute=at(11)),)),
        (
            snapshot_of(person(1), rules=(CapacityRule(7, RulePeriod.DAY, 1, MADRID, usage={DAY_KEY: 1}),)),
            None,
            at(10),
            (Reason(ReasonCode.RULE_FULL, rule_id=7, until_minute=at(24)),),
        ),
        (
            snapshot_of(
                person(1), rules=(CapacityRule(7, RulePeriod.HOUR, 1, MADRID, usage={at(10): 1}, resource_id=1),)
            ),
            None,
            at(10),
            (of_first(ReasonCode.RULE_FULL, at(11), rule_id=7),),
        ),
        (
            snapshot_of(person(1)),
            None,
            at(20),
            (of_first(ReasonCode.OUTSIDE_HOURS, at(9, on=TUESDAY)),),
        ),
        (
            snapshot_of(person(1, breaks=every_day(10, 11))),
            None,
            at(10),
            (of_first(ReasonCode.OUTSIDE_HOURS, at(11)),),
        ),
        (
            snapshot_of(person(1, overrides=(DateOverride(MONDAY),))),
            None,
            at(10),
            (of_first(ReasonCode.CLOSED, at(9, on=TUESDAY)),),
        ),
        (
            snapshot_of(person(1), holidays=frozenset({MONDAY})),
            None,
            at(10),
            (of_first(ReasonCode.CLOSED, at(9, on=TUESDAY)),),
        ),
        (
            snapshot_of(person(1, time_off=((at(10, 30), at(15)),))),
            None,
            at(10),
            (of_first(ReasonCode.TIME_OFF, at(15)),),
        ),
        (
            snapshot_of(person(1), rows=[(1, at(10, 50), at(11, 20), 1), (1, at(11, 20), at(12), 1)]),
            None,
            at(10),
            (of_first(ReasonCode.BUSY, at(12)),),
        ),
        (
            snapshot_of(person(1), sessions=(Session(1, at(10), 3, ((1, at(10), at(11)),)),)),
            service(seats=3),
            at(10),
            (of_first(ReasonCode.SESSION_FULL, at(11)),),
        ),
        (
            snapshot_of(person(1), person(2)),
            service(Requirement((1,)), Requirement((1,))),
            at(10),
            (Reason(ReasonCode.NO_COMBINATION),),
        ),
        (
            snapshot_of(person(1)),
            service(Requirement((1,), quantity=2)),
            at(10),
            (Reason(ReasonCode.NO_COMBINATION, part_index=0),),
        ),
    ],
)
def test_each_cause_is_named_with_its_end(snapshot, spec, start, expected):
    assert reasons(snapshot, spec, start) == expected


def test_a_party_larger_than_the_room_is_over_capacity():
    assert reasons(snapshot_of(person(1, capacity=2)), units=3) == (of_first(ReasonCode.OVER_CAPACITY),)
    assert reasons(snapshot_of(person(1)), service(seats=2), units=3) == (Reason(ReasonCode.OVER_CAPACITY),)


def test_every_blocked_resource_of_a_short_part_is_named():
    snapshot = snapshot_of(person(1, 12, 14), person(2), person(3), rows=[(2, at(10), at(11), 1)])

    found = reasons(snapshot, service(Requirement((1, 2)), Requirement((3,))))

    assert found == (
        Reason(ReasonCode.OUTSIDE_HOURS, part_index=0, resource_id=1, until_minute=at(12)),
        Reason(ReasonCode.BUSY, part_index=0, resource_id=2, until_minute=at(11)),
    )


def test_somebody_who_never_works_has_no_end():
    assert reasons(snapshot_of(Resource(1, MADRID))) == (Reason(ReasonCode.OUTSIDE_HOURS, part_index=0, resource_id=1),)


def test_busy_ends_with_the_last_booking_in_the_way():
    rows = [(1, at(10), at(10, 10), 1), (1, at(10, 50), at(11, 5), 1)]

    assert reasons(snapshot_of(person(1), rows=rows)) == (of_first(ReasonCode.BUSY, at(11, 5)),)
