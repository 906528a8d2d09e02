from datetime import date

import pytest

from scheduling.engine import (
    Busy,
    BusyRows,
    CapacityRule,
    DateOverride,
    EngineInputError,
    LedgerEntry,
    Requirement,
    Resource,
    RulePeriod,
    VisitLine,
    WeeklyPeriod,
    find_starts,
    visit_of,
)
from tests.unit.scheduling.engine.builders import MADRID, at, person, service, snapshot_of


@pytest.mark.parametrize(
    ("make", "field", "code"),
    [
        (lambda: service(duration_minutes=0), "duration_minutes", "not_positive"),
        (lambda: service(step_minutes=0), "step_minutes", "not_positive"),
        (lambda: service(step_minutes=-5), "step_minutes", "not_positive"),
        (lambda: service(buffer_before_minutes=-1), "buffer_before_minutes", "negative"),
        (lambda: service(buffer_after_minutes=-1), "buffer_after_minutes", "negative"),
        (lambda: service(minimum_notice_minutes=-1), "minimum_notice_minutes", "negative"),
        (lambda: service(booking_window_days=-1), "booking_window_days", "negative"),
        (
            lambda: service(booking_window_days=1, minimum_notice_minutes=3001),
            "booking_window_days",
            "shorter_than_notice",
        ),
        (lambda: service(seats=0), "seats", "not_positive"),
        (lambda: service(Requirement((1,), 1, 60)), "starts_after_minutes", "outside_visit"),
        (lambda: service(Requirement((1,), 1, 30, 31)), "duration_minutes", "outside_visit"),
        (lambda: Requirement(()), "pool", "empty"),
        (lambda: Requirement((1, 1)), "pool", "duplicate_resource"),
        (lambda: Requirement((1,), 0), "quantity", "not_positive"),
        (lambda: Requirement((1,), 1, -1), "starts_after_minutes", "negative"),
        (lambda: Requirement((1,), 1, 0, 0), "duration_minutes", "not_positive"),
        (lambda: VisitLine(service(), -1), "extra_minutes", "negative"),
        (lambda: Resource(1, MADRID, capacity=0), "capacity", "not_positive"),
        (
            lambda: Resource(1, MADRID, overrides=(DateOverride(date(2026, 1, 1)), DateOverride(date(2026, 1, 1)))),
            "overrides",
            "duplicate_date",
        ),
        (lambda: WeeklyPeriod(7, 0, 60), "weekday", "out_of_range"),
        (lambda: WeeklyPeriod(0, 1440, 60), "opens_minute", "out_of_range"),
        (lambda: WeeklyPeriod(0, 0, 1441), "closes_minute", "out_of_range"),
        (lambda: WeeklyPeriod(0, 0, 60, date(2026, 1, 2), date(2026, 1, 1)), "valid_to", "before_valid_from"),
        (lambda: DateOverride(date(2026, 1, 1), ((-1, 60),)), "opens_minute", "out_of_range"),
        (lambda: CapacityRule(1, RulePeriod.DAY, -1, MADRID), "limit", "negative"),
        (lambda: Busy({1: BusyRows([0], [5], [])}), "busy", "unequal_columns"),
        (lambda: Busy({1: BusyRows([7, 0], [9, 5], [1, 1])}), "busy", "not_sorted"),
        (lambda: LedgerEntry(-1), "weight", "negative"),
        (lambda: LedgerEntry(1, -1), "turns", "negative"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(make, field, code):
    with pytest.raises(EngineInputError) as caught:
        make()

    assert (caught.value.field, caught.value.code) == (field, code)
    assert str(caught.value) == f"{field}: {code}"


@pytest.mark.parametrize(
    ("arguments", "field", "code"),
    [
        ((at(0), at(24), 0), "units", "not_positive"),
        ((at(24), at(0), 1), "to_minute", "before_from_minute"),
        ((at(0), at(0) + 3650 * 1440, 1), "to_minute", "range_too_long"),
    ],
)
def test_a_question_that_cannot_be_is_refused_by_name(arguments, field, code):
    with pytest.raises(EngineInputError) as caught:
        find_starts(snapshot_of(person(1)), visit_of(service()), *arguments)

    assert (caught.value.field, caught.value.code) == (field, code)


def test_a_pool_with_somebody_unknown_is_refused():
    with pytest.raises(EngineInputError) as caught:
        find_starts(snapshot_of(person(1)), visit_of(service(Requirement((1, 2)))), at(0), at(24))

    assert (caught.value.field, caught.value.code) == ("pool", "unknown_resource")


@pytest.mark.parametrize("resource", [Resource(1, "Nowhere/Land"), person(1)])
def test_an_unknown_zone_is_refused(resource):
    timezone = MADRID if resource.timezone != MADRID else "Nowhere/Land"
    snapshot = snapshot_of(resource, timezone=timezone)

    with pytest.raises(EngineInputError) as caught:
        find_starts(snapshot, visit_of(service(booking_window_days=3)), at(0), at(24))

    assert (caught.value.field, caught.value.code) == ("timezone", "unknown_timezone")
