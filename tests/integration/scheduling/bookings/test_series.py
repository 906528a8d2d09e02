"""One report for many dates: at the ends of months, when clocks change, and in its own way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from scheduling.engine import Measure, RulePeriod, Strategy, WeeklyPeriod
from scheduling.enums import ConflictChoice, DepositKind
from scheduling.errors import RequestInvalid, SeriesConflict
from scheduling.models import Booking, Series
from tests.factories.feature_pairs import check_offer, hold, limit, list_groups, make_add_on, repeat
from tests.factories.scheduling import (
    MONDAY,
    NOW,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_shop,
)

FAIL, SKIP, MOVE = ConflictChoice.FAIL, ConflictChoice.SKIP, ConflictChoice.MOVE
ALWAYS = tuple(WeeklyPeriod(weekday, 0, 1440) for weekday in range(7))
JANUARY_31 = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
MONTH_ENDS = [JANUARY_31, *(datetime(2026, month, day, 9, 0, tzinfo=UTC) for month, day in ((2, 28), (3, 31)))]
TABLES_SQL = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema IN ('public', current_schema()) AND table_type = 'BASE TABLE' ORDER BY 1, 2
"""


def count_rows() -> dict[tuple[str, str], int]:
    """Count every row that a tenant could leave, whatever the table."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES_SQL)
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{table}"')
            counts[schema, table] = cursor.fetchone()[0]
    return counts


def read(report):
    return [(each.outcome, each.starts_at) for each in report.dates]


@pytest.mark.parametrize(
    ("choice", "second"), [(SKIP, ("skipped", None)), (MOVE, ("moved", MONTH_ENDS[1] + timedelta(hours=1)))]
)
def test_series_at_the_ends_of_months_goes_around_a_taken_one(tenant, choice, second):
    service_id, _ = make_shop()
    book(service_id, MONTH_ENDS[1])

    report = repeat(service_id, rule="FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", starts_at=JANUARY_31, choice=choice)

    assert [each.asked_at for each in report.dates] == MONTH_ENDS
    assert read(report) == [("booked", MONTH_ENDS[0]), second, ("booked", MONTH_ENDS[2])]


def test_series_on_the_31st_leaves_out_months_that_have_none(tenant):
    service_id, _ = make_shop()

    report = repeat(service_id, rule="FREQ=MONTHLY;COUNT=3", starts_at=JANUARY_31)

    assert [f"{each.starts_at:%m-%d}" for each in report.dates] == ["01-31", "03-31", "05-31"]


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        # 29 March has no 2:30: it is read as 3:30, an hour and a half after midnight as on the day before.
        (datetime(2026, 3, 28, 1, 30, tzinfo=UTC), [1.5, 1.5, 0.5]),
        # 25 October has two: the first.
        (datetime(2026, 10, 24, 0, 30, tzinfo=UTC), [0.5, 0.5, 1.5]),
    ],
)
def test_series_in_the_hour_in_which_clocks_change(tenant, first, hours):
    night = make_resource(make_place("Europe/Madrid"), hours=ALWAYS)
    service_id = make_service((night,), step_minutes=30, booking_window_days=None)

    for choice in ConflictChoice:
        report = repeat(service_id, starts_at=first, choice=SKIP if choice == FAIL else choice)
        wanted = [first.replace(hour=0, minute=0) + timedelta(days=day, hours=hours[day]) for day in range(3)]
        assert [each.asked_at for each in report.dates] == wanted
        assert len({each.starts_at for each in report.dates if each.starts_at}) == (0 if choice == SKIP else 3)


def test_series_fills_a_quota_by_itself(tenant):
    service_id, _ = make_shop(2)
    limit(service_id, 150, Measure.MINUTES, RulePeriod.WEEK)

    # Two hours of Monday's week, and two of the next: what one date takes the following ones miss.
    report = repeat(service_id, rule="FREQ=DAILY;COUNT=10", choice=MOVE)

    booked, skipped = ["booked"] * 2, ["skipped"]
    assert [each.outcome for each in report.dates] == [*booked, *skipped * 5, *booked, *skipped]
    assert {each.code for each in report.dates if each.outcome == "skipped"} == {"slot_taken"}
    with pytest.raises(SeriesConflict):
        repeat(service_id, rule="FREQ=WEEKLY;COUNT=2", choice=FAIL, starts_at=hours_later(7 * 24))


@pytest.mark.parametrize(
    ("choice", "dates"),
    [
        (SKIP, [("booked", 0), ("skipped", None), ("booked", 48)]),
        # The second begins when the first is over, and so the third when the second is.
        (MOVE, [("booked", 0), ("moved", 30), ("moved", 60)]),
    ],
)
def test_series_that_meets_itself(tenant, choice, dates):
    bay = make_resource(make_place(), hours=ALWAYS)
    service_id = make_service((bay,), duration_minutes=30 * 60)

    report = repeat(service_id, choice=choice)

    assert read(report) == [(outcome, None if hour is None else hours_later(hour)) for outcome, hour in dates]


def test_series_that_meets_itself_and_must_be_whole(tenant):
    service_id = make_service((make_resource(make_place(), hours=ALWAYS),), duration_minutes=30 * 60)

    with pytest.raises(SeriesConflict) as refusal:
        repeat(service_id, choice=FAIL)

    assert [each["outcome"] for each in refusal.value.report] == ["booked", "conflict", "booked"]


def test_series_of_a_group_takes_seats_and_moves_where_there_are_some(tenant):
    service_id, _ = make_shop(seats=3)
    book(service_id, hours_later(24), party_size=2)

    report = repeat(service_id, choice=MOVE, party_size=2)

    assert read(report) == [("booked", MONDAY), ("moved", hours_later(25)), ("booked", hours_later(48))]
    assert list_groups() == [(9, 2), (9, 2), (10, 2), (9, 2)]


def test_series_that_fails_leaves_no_row_anywhere(tenant):
    service_id, _ = make_shop(2, seats=3, strategy=Strategy.ROUND_ROBIN, deposit_kind=DepositKind.FULL)
    extra = make_add_on(service_id)
    limit(service_id, 5, Measure.SEATS)
    hold(service_id, hours_later(48), party_size=3)
    hold(service_id, hours_later(48), party_size=2)
    offered, before = check_offer(service_id), count_rows()

    with pytest.raises(SeriesConflict) as refusal:
        repeat(service_id, choice=FAIL, add_on_ids=(extra,), party_size=2)

    assert [(each["asked_at"], each["outcome"]) for each in refusal.value.report] == [
        (hours_later(24 * day).isoformat(), outcome) for day, outcome in enumerate(("booked", "booked", "conflict"))
    ]
    assert count_rows() == before
    assert check_offer(service_id) == offered


def test_report_names_every_date_and_is_kept(tenant):
    service_id, _ = make_shop()
    book(service_id, hours_later(24))

    report = repeat(service_id, choice=MOVE, rule="FREQ=DAILY;COUNT=3")

    kept = Series.objects.get(pk=report.series_id).report
    assert [(each["asked_at"], each["outcome"], each["starts_at"]) for each in kept] == [
        (hours_later(hour).isoformat(), outcome, hours_later(starts).isoformat())
        for hour, outcome, starts in ((0, "booked", 0), (24, "moved", 25), (48, "booked", 48))
    ]
    stored = dict(Booking.objects.filter(series_id=report.series_id).values_list("reference", "starts_at"))
    assert stored == {each["reference"]: datetime.fromisoformat(each["starts_at"]) for each in kept}


@pytest.mark.parametrize("starts_at", [MONDAY.replace(tzinfo=None), MONDAY.replace(year=9999), NOW.replace(second=1)])
def test_series_from_a_start_that_no_calendar_has_is_refused(tenant, starts_at):
    service_id, _ = make_shop()

    with pytest.raises(RequestInvalid) as refusal:
        repeat(service_id, starts_at=starts_at)

    assert list(refusal.value.errors) == ["starts_at"]
