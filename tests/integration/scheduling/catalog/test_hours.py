"""Weeks through the door: one value, one change, and no booking left outside of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.errors import Archived, BookingsInTheWay, LocationNotFound, ResourceNotFound, SetupInvalid
from scheduling.models import WorkingHours
from scheduling.selectors.catalog.calendars import get_location_week, get_resource_week
from scheduling.services.catalog.door import archive
from scheduling.services.catalog.hours import change_location_week, change_resource_week
from scheduling.services.catalog.resources import NOUN as RESOURCE
from scheduling.types import PeriodSetup, WeekSetup
from tests.factories.feature_pairs import list_offered, override
from tests.factories.scheduling import NOW, book, hours_later, make_place, make_resource, make_service

GHOST = 99_999


def open_daily(opens: int, closes: int, **values) -> WeekSetup:
    """Return a week with the same hours each day, in whole hours."""
    periods = (PeriodSetup(weekday=day, opens_minute=opens * 60, closes_minute=closes * 60) for day in range(7))
    return WeekSetup(hours=tuple(periods), **values)


@pytest.fixture
def place(tenant) -> int:
    return make_place()


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva")


def change(resource_id, week, by, *, version=None):
    return change_resource_week(resource_id=resource_id, week=week, version=version, by=by, now=NOW)


def test_week_is_kept_in_the_order_of_its_days(olga, eva, told, read_log):
    evening = PeriodSetup(weekday=4, opens_minute=1080, closes_minute=120, valid_from=date(2026, 1, 1))
    monday = PeriodSetup(weekday=0, opens_minute=540, closes_minute=840, valid_to=date(2026, 12, 31))
    lunch = PeriodSetup(weekday=0, opens_minute=720, closes_minute=780)
    asked = WeekSetup(hours=(evening, monday), breaks=(lunch,))

    with told() as seen:
        assert change(eva, asked, olga, version=1) == 2
        assert change(eva, asked, olga, version=2) == 2

    entry = get_resource_week(resource_id=eva)
    assert (entry.version, entry.setup) == (2, WeekSetup(hours=(monday, evening), breaks=(lunch,)))
    action, name, version, fields = read_log("resource", eva)[0]
    assert (action, name, version, list(fields)) == ("changed", "Olga Owner", 2, ["hours", "breaks"])
    assert (len(fields["hours"][0]), fields["breaks"][0]) == (7, [])
    assert fields["hours"][1][0] == {
        "weekday": 0,
        "opens_minute": 540,
        "closes_minute": 840,
        "valid_from": None,
        "valid_to": "2026-12-31",
    }
    assert seen.kinds == [("resource.changed", eva)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weekday": 7}, "hours.1.weekday"),
        ({"weekday": -1}, "hours.1.weekday"),
        ({"opens_minute": 1440}, "hours.1.opens_minute"),
        ({"opens_minute": -1}, "hours.1.opens_minute"),
        ({"closes_minute": 1441}, "hours.1.closes_minute"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "hours.1.valid_to"),
    ],
)
def test_week_that_cannot_be(olga, place, eva, values, field):
    right = PeriodSetup(weekday=0, opens_minute=540, closes_minute=600)
    bad = WeekSetup(hours=(right, replace(right, **values)))
    for work in (
        lambda: change(eva, bad, olga),
        lambda: change_location_week(location_id=place, week=bad, version=None, by=olga, now=NOW),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
    assert len(get_resource_week(resource_id=eva).setup.hours) == 7


@pytest.mark.parametrize(
    ("hours", "breaks", "fields"),
    [
        ([(0, 540, 720), (0, 660, 780)], [], ["hours.1"]),
        ([(0, 1080, 120), (1, 60, 600)], [], ["hours.0", "hours.1"]),
        ([(6, 1320, 540), (0, 480, 600)], [], ["hours.0", "hours.1"]),
        ([(0, 480, 1200), (0, 1200, 600)], [], ["hours.1"]),
        ([(0, 540, 720)], [(0, 700, 760)], ["breaks.0"]),
        ([(0, 540, 720)], [(1, 600, 660)], ["breaks.0"]),
        ([(0, 540, 720)], [(0, 600, 660), (0, 630, 690)], ["breaks.1"]),
        ([(0, 1080, 120)], [(1, 60, 90)], []),
        ([(0, 540, 0), (1, 0, 540)], [], []),
        ([(0, 0, 0)], [], []),
    ],
)
def test_what_overlaps_or_lies_outside_is_refused_by_the_service(olga, place, eva, hours, breaks, fields):
    week = WeekSetup(
        **{
            name: tuple(
                PeriodSetup(weekday=day, opens_minute=opens, closes_minute=closes) for day, opens, closes in rows
            )
            for name, rows in (("hours", hours), ("breaks", breaks))
        }
    )

    def save(work) -> list[str]:
        try:
            work()
        except SetupInvalid as error:
            return sorted(error.errors)
        return []

    assert save(lambda: change(eva, week, olga)) == fields
    assert save(lambda: change_location_week(location_id=place, week=week, version=None, by=olga, now=NOW)) == fields


def test_faults_of_other_dates_than_the_shown_ones_are_refused(olga, eva):
    summer = {"valid_from": date(2030, 6, 1), "valid_to": date(2030, 8, 31)}
    long = PeriodSetup(weekday=0, opens_minute=540, closes_minute=1020)
    late = PeriodSetup(weekday=0, opens_minute=960, closes_minute=1200, **summer)

    with pytest.raises(SetupInvalid) as refusal:
        change(eva, WeekSetup(hours=(long, late)), olga)

    assert list(refusal.value.errors) == ["hours.1"]


def test_own_breaks_of_a_follower_lie_in_the_hours_of_the_location(olga, place):
    leo = make_resource(place, "Leo", hours=())
    change_location_week(location_id=place, week=open_daily(9, 12), version=None, by=olga, now=NOW)
    pauses = [PeriodSetup(weekday=0, opens_minute=opens, closes_minute=opens + 30) for opens in (600, 780)]

    with pytest.raises(SetupInvalid) as refusal:
        change(leo, WeekSetup(breaks=tuple(pauses)), olga)

    assert list(refusal.value.errors) == ["breaks.1"]
    assert change(leo, WeekSetup(breaks=tuple(pauses[:1])), olga) == 2


def test_far_too_many_periods(olga, eva):
    period = PeriodSetup(weekday=0, opens_minute=0, closes_minute=10)

    with pytest.raises(SetupInvalid) as refusal:
        change(eva, WeekSetup(hours=(period,) * 501), olga)

    assert list(refusal.value.errors) == ["hours"]


def test_second_editor_is_told(olga, max_, eva):
    change(eva, open_daily(8, 18), max_, version=1)

    with pytest.raises(ChangedMeanwhile) as refusal:
        change(eva, open_daily(10, 12), olga, version=1)

    assert [each.name for each in refusal.value.changes[0].fields] == ["hours"]
    assert get_resource_week(resource_id=eva).setup == open_daily(8, 18)


def test_hours_do_not_shrink_under_a_booking(olga, eva):
    service_id = make_service((eva,))
    book(service_id)

    with pytest.raises(BookingsInTheWay) as refusal:
        change(eva, open_daily(11, 17), olga)

    assert (refusal.value.count, refusal.value.field) == (1, "hours")
    assert get_resource_week(resource_id=eva).setup == open_daily(9, 17)
    lunch = PeriodSetup(weekday=0, opens_minute=9 * 60, closes_minute=9 * 60 + 30)
    with pytest.raises(BookingsInTheWay):
        change(eva, open_daily(9, 17, breaks=(lunch,)), olga)
    assert change(eva, open_daily(9, 10), olga) == 2
    assert list_offered(service_id) == []


def test_hours_do_not_shrink_under_a_group(olga, eva):
    service_id = make_service((eva,), seats=4)
    for _ in range(3):
        book(service_id)

    with pytest.raises(BookingsInTheWay) as refusal:
        change(eva, open_daily(11, 17), olga)

    assert refusal.value.count == 3


def test_what_staff_put_outside_of_hours_holds_nothing_back(olga, eva):
    service_id = make_service((eva,))
    override(service_id, hours_later(10))

    assert change(eva, open_daily(10, 16), olga) == 2


def test_week_of_a_location_is_its_resources_as_far_as_they_follow_it(olga, place, told, read_log):
    follower = make_resource(place, "Leo", hours=())
    service_id = make_service((follower,))
    assert list_offered(service_id) == []

    with told() as seen:
        version = change_location_week(location_id=place, week=open_daily(9, 12), version=1, by=olga, now=NOW)

    assert (version, get_location_week(location_id=place).setup) == (2, open_daily(9, 12))
    assert list_offered(service_id) == [9, 10, 11]
    assert seen.kinds == [("location.changed", place)]
    assert list(read_log("location", place)[0][3]) == ["hours"]
    book(service_id)
    with pytest.raises(BookingsInTheWay) as refusal:
        change_location_week(location_id=place, week=WeekSetup(), version=2, by=olga, now=NOW)
    assert refusal.value.count == 1
    assert WorkingHours.objects.filter(location_id=place).count() == 7


def test_own_hours_keep_a_booking_when_the_location_closes(olga, place, eva):
    change_location_week(location_id=place, week=open_daily(9, 12), version=None, by=olga, now=NOW)
    book(make_service((eva,)))

    assert change_location_week(location_id=place, week=WeekSetup(), version=None, by=olga, now=NOW) == 3


def test_archived_resource_keeps_its_week(olga, eva):
    archive(RESOURCE, eva, version=None, by=olga, now=NOW)

    with pytest.raises(Archived):
        change(eva, WeekSetup(), olga)

    assert get_resource_week(resource_id=eva).setup == open_daily(9, 17)


def test_unknown_owner(olga):
    for work in (lambda: get_resource_week(resource_id=GHOST), lambda: change(GHOST, WeekSetup(), olga)):
        with pytest.raises(ResourceNotFound):
            work()
    for work in (
        lambda: get_location_week(location_id=GHOST),
        lambda: change_location_week(location_id=GHOST, week=WeekSetup(), version=None, by=olga, now=NOW),
    ):
        with pytest.raises(LocationNotFound):
            work()


def test_week_next_door_is_out_of_reach(olga, eva, next_door):
    def look():
        return sorted(WorkingHours.objects.values_list("weekday", "opens_minute", "closes_minute"))

    def reach_over():
        with pytest.raises(ResourceNotFound):
            change(eva, WeekSetup(), olga)

    before = next_door(look)
    next_door(reach_over)

    assert before
    assert next_door(look) == before
