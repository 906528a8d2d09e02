"""What the clock on the wall allows: bookable hours, latest starts, and the times and moments of rules."""

from datetime import date

import pytest

from scheduling.engine import (
    BookablePeriod,
    CapacityRule,
    EngineInputError,
    Measure,
    Reason,
    ReasonCode,
    RulePeriod,
    RuleTimes,
    VisitLine,
    bucket_key,
    compose_visit,
    explain,
    find_starts,
    is_counted,
    to_minute,
    unbind,
    visit_of,
)
from tests.unit.scheduling.engine.builders import MADRID, MONDAY, at, person, service, snapshot_of

TUESDAY, SUNDAY = date(2026, 1, 13), date(2026, 1, 18)
FIRST_TWO = to_minute(MADRID, date(2026, 10, 25), 150)


def starts(spec):
    return find_starts(snapshot_of(person(1, 0, 24)), visit_of(spec), at(0), at(24, on=TUESDAY))


def test_visit_starts_in_bookable_hours_and_may_run_out_of_them():
    spec = service(
        bookable_hours=(BookablePeriod(0, 600, 690), BookablePeriod(0, 900, 901), BookablePeriod(6, 0, 1440))
    )

    assert starts(spec) == [at(10), at(11), at(15)]


def test_bookable_night_belongs_to_the_weekday_on_which_it_begins():
    spec = service(bookable_hours=(BookablePeriod(0, 1320, 120),))

    assert starts(spec) == [at(22), at(23), at(0, on=TUESDAY), at(1, on=TUESDAY)]


def test_all_services_of_a_visit_bind_and_the_earliest_latest_start_wins():
    one = service(bookable_hours=(BookablePeriod(0, 540, 780),), latest_start_minute=720)
    other = service(id=2, bookable_hours=(BookablePeriod(0, 600, 900),), latest_start_minute=660)
    visit = compose_visit([VisitLine(one), VisitLine(other)])

    assert find_starts(snapshot_of(person(1, 0, 24)), visit, at(0), at(24)) == [at(10), at(11)]
    nowhere = compose_visit([VisitLine(one), VisitLine(service(id=2, bookable_hours=(BookablePeriod(1, 0, 60),)))])
    assert find_starts(snapshot_of(person(1, 0, 24)), nowhere, at(0), at(24)) == []


def test_staff_are_not_bound():
    spec = service(
        bookable_hours=(BookablePeriod(3, 0, 60),),
        latest_start_minute=5,
        minimum_notice_minutes=99,
        booking_window_days=0,
    )
    snapshot, visit = snapshot_of(person(1, 9, 11), now_minute=at(9)), visit_of(spec)

    assert find_starts(snapshot, visit, at(9), at(24, on=TUESDAY)) == []
    assert find_starts(snapshot, unbind(visit), at(9), at(12)) == [at(9), at(10)]
    assert find_starts(snapshot, unbind(visit, is_any_minute=True), at(9), at(9, 2)) == [at(9), at(9, 1)]


def test_explanation_says_until_when():
    hours = service(bookable_hours=(BookablePeriod(1, 600, 660),))
    snapshot = snapshot_of(person(1, 0, 24))

    assert explain(snapshot, visit_of(hours), at(12)).reasons == (
        Reason(ReasonCode.NOT_BOOKABLE, until_minute=at(10, on=TUESDAY)),
    )
    assert explain(snapshot, visit_of(service(latest_start_minute=660)), at(12)).reasons == (
        Reason(ReasonCode.TOO_LATE, until_minute=at(0, on=TUESDAY)),
    )


@pytest.mark.parametrize(
    ("times", "counted"),
    [
        (RuleTimes(), [True] * 5),
        (RuleTimes(weekdays=(0,)), [True, True, True, False, False]),
        (RuleTimes(from_minute=540, to_minute=600), [False, True, False, False, True]),
        (RuleTimes(from_minute=1320, to_minute=60), [True, False, True, True, False]),
        (RuleTimes(weekdays=(1,), from_minute=1320, to_minute=60), [False, False, False, True, False]),
        (RuleTimes(valid_from=TUESDAY), [False, False, False, True, True]),
        (RuleTimes(valid_to=MONDAY), [True, True, True, False, False]),
    ],
)
def test_rule_counts_starts_by_their_own_wall_time(times, counted):
    asked = (at(0), at(9), at(23), at(0, 30, on=TUESDAY), at(9, 59, on=TUESDAY))

    assert [is_counted(times, MADRID, start) for start in asked] == counted


def test_repeated_hour_is_inside_twice():
    times = RuleTimes(from_minute=150, to_minute=180)

    assert [is_counted(times, MADRID, FIRST_TWO + later) for later in (0, 30, 60)] == [True, False, True]


def test_narrowed_rule_limits_only_what_it_counts():
    usage = {bucket_key(RulePeriod.DAY, MADRID, at(8)): 1}
    rule = CapacityRule(7, RulePeriod.DAY, 1, MADRID, usage=usage, times=RuleTimes(from_minute=480, to_minute=600))
    snapshot = snapshot_of(person(1, 7, 12), rules=(rule,))

    assert find_starts(snapshot, visit_of(service()), at(0), at(24)) == [at(7), at(10), at(11)]
    assert explain(snapshot, visit_of(service()), at(9)).reasons == (
        Reason(ReasonCode.RULE_FULL, rule_id=7, until_minute=at(10)),
    )


def test_rule_of_a_moment_counts_who_is_there():
    taken = ((at(9, 30), at(10, 30), 1), (at(10), at(11), 2), (at(12), at(12, 20), 3))
    rule = CapacityRule(7, RulePeriod.MOMENT, 3, MADRID, Measure.SEATS, taken=taken)
    snapshot = snapshot_of(person(1, 9, 14, capacity=9), rules=(rule,))
    visit = visit_of(service(step_minutes=30, duration_minutes=30))

    assert find_starts(snapshot, visit, at(9), at(13)) == [at(9), at(9, 30), at(10, 30), at(11), at(11, 30), at(12, 30)]
    assert find_starts(snapshot, visit, at(9), at(13), units=2) == [at(9), at(9, 30), at(11), at(11, 30), at(12, 30)]
    assert find_starts(snapshot, visit, at(9), at(13), units=4) == []
    assert explain(snapshot, visit, at(10)).reasons == (
        Reason(ReasonCode.RULE_FULL, rule_id=7, until_minute=at(10, 30)),
    )
    assert explain(snapshot, visit, at(10), 4).reasons == (Reason(ReasonCode.RULE_FULL, rule_id=7),)


def test_rule_of_a_moment_and_its_times():
    rule = CapacityRule(
        7, RulePeriod.MOMENT, 1, MADRID, taken=((at(9), at(12), 1),), times=RuleTimes(from_minute=540, to_minute=600)
    )

    assert find_starts(snapshot_of(person(1, 8, 12), rules=(rule,)), visit_of(service()), at(0), at(24)) == [
        at(8),
        at(10),
        at(11),
    ]


def test_minutes_of_a_moment_make_no_sense():
    with pytest.raises(EngineInputError) as refusal:
        CapacityRule(1, RulePeriod.MOMENT, 1, MADRID, Measure.MINUTES)

    assert (refusal.value.field, refusal.value.code) == ("measure", "minutes_of_a_moment")
