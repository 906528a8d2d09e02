"""From when to when a place is open in a usual week."""

from __future__ import annotations

import pytest

from scheduling.enums import HoursKind
from scheduling.models import DateOverride, Resource, WorkingHours
from scheduling.selectors.catalog.offer import load_offer
from scheduling.selectors.catalog.opening import find_place_hours
from tests.factories.scheduling import MONDAY, make_place, make_resource

CLOSED: tuple[tuple[tuple[int, int], ...], ...] = ((),) * 7


@pytest.fixture
def place(tenant) -> int:
    """A place with two people and no hours yet."""
    place_id = make_place()
    for name in ("Eva", "Ada"):
        make_resource(place_id, name)
    WorkingHours.objects.filter(resource__location_id=place_id).delete()
    return place_id


def open_on(place_id: int, weekday: int, opens: int, closes: int, *, who: str = "", **more: object) -> None:
    owner = {"resource": Resource.objects.get(name=who)} if who else {"location_id": place_id}
    WorkingHours.objects.create(weekday=weekday, opens_minute=opens, closes_minute=closes, **owner, **more)


def read_week(place_id: int):
    hours = find_place_hours(None, location_id=place_id, now=MONDAY)
    assert hours is not None
    return hours.week


def test_week_has_the_hours_of_each_day_with_the_breaks_of_all(place):
    for weekday in range(5):
        open_on(place, weekday, 8 * 60, 18 * 60)
        open_on(place, weekday, 13 * 60, 14 * 60, kind=HoursKind.BREAK)
    open_on(place, 5, 9 * 60, 13 * 60)

    assert read_week(place) == (((480, 780), (840, 1080)),) * 5 + (((540, 780),), ())


def test_week_is_open_while_anybody_works(place):
    open_on(place, 0, 480, 720, who="Eva")
    open_on(place, 0, 700, 1000, who="Ada")

    assert read_week(place)[0] == ((480, 1000),)


def test_week_leaves_out_what_is_special_and_what_no_longer_holds(place):
    open_on(place, 0, 540, 600)
    open_on(place, 1, 540, 600, valid_to="2020-01-01")
    DateOverride.objects.create(location_id=place, on=MONDAY.date(), periods=[])

    assert read_week(place) == ((((540, 600),), *CLOSED[1:]))


def test_week_of_a_place_that_never_closes_is_cut_at_midnight(place):
    for weekday in range(7):
        open_on(place, weekday, 0, 1440)

    assert read_week(place) == (((0, 1440),),) * 7


def test_night_shift_belongs_to_the_day_on_which_it_begins(place):
    open_on(place, 4, 22 * 60, 2 * 60)

    assert read_week(place)[4:6] == (((1320, 1560),), ())


def test_first_place_costs_no_query_and_others_one(tenant, place, django_assert_num_queries):
    offer = load_offer(now=MONDAY)
    first = offer.locations[0].id

    with django_assert_num_queries(0):
        find_place_hours(offer.timetables, location_id=first, now=MONDAY)
    with django_assert_num_queries(1):
        find_place_hours(offer.timetables, location_id=place, now=MONDAY)


def test_place_that_is_gone_has_no_hours(tenant):
    assert find_place_hours(None, location_id=999_999, now=MONDAY) is None
