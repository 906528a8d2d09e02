"""Free times: the same few queries whatever the size, and clear refusals."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from scheduling.engine import Measure, RulePeriod, WeeklyPeriod
from scheduling.enums import DayState, RuleScope
from scheduling.errors import RequestInvalid, ServiceNotFound, SetupInvalid, SlotTaken
from scheduling.models import RefusedDemand, WorkingHours
from scheduling.selectors.availability.explanations import explain_start
from scheduling.selectors.availability.free_times import get_availability, list_alternatives
from scheduling.selectors.availability.plans import load_plan_at
from scheduling.selectors.bookings.board import get_board
from scheduling.selectors.catalog.opening import find_opening_today
from scheduling.selectors.catalog.services import list_bookable_services
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.demand.searches import search_times
from scheduling.types import AvailabilityQuery, RequirementSetup, SlotRequest
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_shop,
    make_wish,
)

DAY = MONDAY.date()
ALWAYS = tuple(WeeklyPeriod(weekday, 0, 1440) for weekday in range(7))


def ask(service_id, days=1, timezone=None, moving_booking_id=None, **wish):
    last = DAY + timedelta(days=days - 1)
    query = AvailabilityQuery(make_wish(service_id, **wish), DAY, last, timezone, moving_booking_id)
    return get_availability(query=query, now=NOW)


def hours(answer):
    return [slot.starts_at.hour for slot in answer.days[0].slots]


@pytest.mark.parametrize("people", [1, 50])
def test_availability_costs_one_query(tenant, django_assert_num_queries, people):
    service_id, _ = make_shop(people)
    for _ in range(people):
        book(service_id)

    with django_assert_num_queries(1):
        answer = ask(service_id, days=28)

    assert hours(answer) == list(range(10, 17))


@pytest.mark.parametrize("people", [1, 50])
def test_rules_groups_and_a_full_window_cost_four_queries(tenant, django_assert_num_queries, people):
    service_id, _ = make_shop(people, seats=3)
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 0, service_id=service_id)

    with django_assert_num_queries(4):
        answer = ask(service_id)

    assert (hours(answer), answer.next_available) == ([], None)


def make_places(count, **values):
    """One service at several locations in three zones, with a person who never closes and a booking at each."""
    zones = ["UTC", "America/Mexico_City", "Asia/Tokyo"]
    places = [make_place(zones[number % 3]) for number in range(count)]
    people = [make_resource(place, hours=ALWAYS) for place in places]
    service_id = make_service(tuple(people), **values)
    for place in places:
        book(service_id, hours_later(1), location_id=place)
    return service_id, places, people


def count_by_rules(service_id, people, count):
    """The first person's week is full, and so is everybody's day where it has three bookings for each location."""
    make_rule(RuleScope.RESOURCE, RulePeriod.WEEK, 1, resource_id=people[0])
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 3 * count, service_id=service_id)


@pytest.mark.parametrize("count", [1, 2, 5, 10])
@pytest.mark.parametrize(
    ("seats", "has_rules", "expected"), [(None, False, 1), (None, True, 2), (3, False, 2), (3, True, 2)]
)
def test_more_locations_cost_no_further_query(tenant, django_assert_num_queries, count, seats, has_rules, expected):
    service_id, places, people = make_places(count, seats=seats)
    if has_rules:
        count_by_rules(service_id, people, count)
        # With the first week full a single location has to look for the next free time: two queries more.
        expected += 2 if count == 1 else 0

    with django_assert_num_queries(expected):
        answer = ask(service_id, timezone="UTC")

    alone = [ask(service_id, timezone="UTC", location_id=place) for place in places]
    assert set(hours(answer)) == {hour for each in alone for hour in hours(each)}
    assert answer.next_available == min(each.next_available for each in alone)


@pytest.mark.parametrize("count", [1, 2, 5, 10])
@pytest.mark.parametrize("seats", [None, 3])
def test_the_search_and_a_move_cost_five_queries_at_most(tenant, django_assert_num_queries, count, seats):
    service_id, _, _ = make_places(count, seats=seats)
    made = book(service_id, hours_later(3))
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 0, service_id=service_id)

    with django_assert_num_queries(5):
        answer = ask(service_id, moving_booking_id=made.booking_id)

    assert (hours(answer), answer.next_available) == ([], None)


@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_the_search_without_rules_costs_five_queries_at_most(tenant, django_assert_num_queries, count):
    back_at = MONDAY + timedelta(days=350)
    away = (MONDAY - timedelta(hours=24), back_at)
    places = [make_place() for _ in range(count)]
    service_id = make_service(tuple(make_resource(place, time_off=(away,)) for place in places))

    # The plan, and the search in four weeks, eight more, and the rest.
    with django_assert_num_queries(4):
        answer = ask(service_id)

    assert answer.next_available == back_at


@pytest.mark.parametrize("count", [1, 2, 5])
def test_alternatives_and_reasons_cost_the_same_at_many_locations(tenant, django_assert_num_queries, count):
    service_id, places, people = make_places(count)
    count_by_rules(service_id, people, count)
    for place in places:
        with suppress(SlotTaken):
            book(service_id, location_id=place)
    request = SlotRequest(make_wish(service_id), MONDAY)

    with django_assert_num_queries(3):
        reasons = explain_start(request=request, now=NOW)
    plan = load_plan_at(wish=request.wish, starts_at=MONDAY)
    with django_assert_num_queries(2):
        alternatives = list_alternatives(plan=plan, starts_at=MONDAY, now=NOW)

    assert {reason.code for reason in reasons} == {"rule_full"}
    assert len(alternatives) == 3


@pytest.mark.parametrize("people", [1, 50])
def test_board_costs_the_same_for_one_and_fifty(tenant, django_assert_num_queries, people):
    service_id, staff = make_shop(people)
    for _ in range(people):
        book(service_id)
    from scheduling.models import Resource

    place = Resource.objects.get(pk=staff[0]).location_id

    with django_assert_num_queries(5):
        board = get_board(on=DAY, now=NOW, location_id=place)

    assert [len(column.blocks) for column in board.columns] == [1] * people


def test_next_free_time_lies_after_a_full_window(tenant):
    service_id, _ = make_shop()
    for hour in range(8):
        book(service_id, hours_later(hour))

    answer = ask(service_id)

    assert (answer.days[0].slots, answer.days[0].is_open) == ((), True)
    assert answer.next_available == MONDAY + timedelta(days=1)


def test_a_day_is_open_when_whoever_was_chosen_works(tenant):
    place = make_place()
    there = make_resource(place)
    away = make_resource(place, time_off=((MONDAY - timedelta(hours=9), MONDAY + timedelta(hours=15)),))
    service_id = make_service((there, away))
    for hour in range(8):
        book(service_id, hours_later(hour), resource_ids=(there,))

    assert [ask(service_id, resource_ids=(each,)).days[0].is_open for each in (there, away)] == [True, False]


def test_a_long_absence_is_seen_to_its_end(tenant):
    back_at = MONDAY + timedelta(days=350)
    away = (MONDAY - timedelta(hours=9), back_at)
    service_id = make_service((make_resource(make_place(), time_off=(away,)),))

    answer = ask(service_id, days=30)

    assert answer.next_available == back_at


def test_own_time_is_free_while_moving(tenant):
    service_id, _ = make_shop()
    made = book(service_id)

    assert hours(ask(service_id)) == list(range(10, 17))
    assert hours(ask(service_id, moving_booking_id=made.booking_id)) == list(range(9, 17))


def test_locations_are_united_and_kept_apart(tenant):
    one, two = make_place(), make_place()
    early = make_resource(one, "Uno")
    late = make_resource(two, "Dos")
    service_id = make_service((early, late))
    book(service_id, location_id=one)

    assert hours(ask(service_id)) == list(range(9, 17))
    assert hours(ask(service_id, location_id=one)) == list(range(10, 17))
    assert hours(ask(service_id, location_id=two)) == list(range(9, 17))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days": 63}, "to"),
        ({"days": 3650}, "to"),
        ({"days": 0}, "to"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"party_size": 0}, "party_size"),
        ({"party_size": 2}, "party_size"),
        ({"add_on_ids": (999,)}, "add_ons"),
        ({"arrival_mode": "teleport"}, "arrival_mode"),
    ],
)
def test_senseless_question_names_its_field(tenant, values, field):
    service_id, _ = make_shop()

    with pytest.raises(RequestInvalid) as refusal:
        ask(service_id, **values)

    assert list(refusal.value.errors) == [field]


def test_unknown_service_is_not_found(tenant):
    with pytest.raises(ServiceNotFound):
        ask(999_999)


def test_service_nobody_can_do_is_not_listed_and_not_asked(tenant):
    service_id = make_service(requirements=(RequirementSetup(skill="volar"),))

    assert service_id not in {service.id for service in list_bookable_services()}
    with pytest.raises(SetupInvalid):
        ask(service_id)


@pytest.mark.parametrize(("measure", "limit"), [(Measure.BOOKINGS, 2), (Measure.MINUTES, 120), (Measure.SEATS, 2)])
def test_rule_counts_what_was_booked_before_it_and_lets_go(tenant, measure, limit):
    service_id, _ = make_shop(3)
    first = book(service_id)
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, limit, measure, service_id=service_id)
    book(service_id)

    assert hours(ask(service_id)) == []
    with pytest.raises(SlotTaken):
        book(service_id, hours_later(3))
    move_booking(booking_id=first.booking_id, starts_at=hours_later(3), now=NOW, by=STAFF)
    cancel_booking(token=first.manage_token, now=NOW, by=CUSTOMER)

    assert book(service_id, hours_later(4)).status == "confirmed"


def test_search_without_a_result_is_counted_without_names(tenant):
    service_id, _ = make_shop()
    for hour in range(8):
        book(service_id, hours_later(hour))
    query = AvailabilityQuery(make_wish(service_id), from_on=DAY, to_on=DAY)

    search_times(query=query, now=NOW)
    search_times(query=query, now=NOW)

    assert list(RefusedDemand.objects.values_list("service_id", "on", "reason", "count")) == [
        (service_id, DAY, "full", 2)
    ]


@pytest.mark.parametrize("is_closed", [True, False])
def test_search_of_a_day_that_is_closed_or_too_soon_is_not_counted(tenant, is_closed):
    service_id, _ = make_shop(minimum_notice_minutes=0 if is_closed else 30 * 24 * 60)
    if is_closed:
        WorkingHours.objects.all().delete()
    query = AvailabilityQuery(make_wish(service_id), from_on=DAY, to_on=DAY)

    answer = search_times(query=query, now=NOW)

    assert [day.state for day in answer.days] == [DayState.CLOSED if is_closed else DayState.TOO_SOON]
    assert RefusedDemand.objects.count() == 0


def test_explanation_says_who_and_until_when(tenant):
    service_id, staff = make_shop()
    book(service_id)

    (reason,) = explain_start(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW)

    assert (reason.code, reason.resource_id, reason.until) == ("busy", staff[0], hours_later(1))
    assert "Persona 0" in reason.text
    assert explain_start(request=SlotRequest(make_wish(service_id), hours_later(1)), now=NOW) == ()


@pytest.mark.parametrize("year", [1, 1999, 2201, 9999])
def test_start_that_no_calendar_has_is_not_explained(tenant, year):
    service_id, _ = make_shop()

    with pytest.raises(RequestInvalid) as refusal:
        explain_start(request=SlotRequest(make_wish(service_id), MONDAY.replace(year=year)), now=NOW)

    assert list(refusal.value.errors) == ["starts_at"]


def test_opening_today_is_from_the_timetable(tenant):
    make_shop()

    opening = find_opening_today(now=MONDAY)

    assert opening.opens_at is not None
    assert opening.closes_at > opening.opens_at


def test_neither_notice_nor_window_binds_staff(tenant):
    service_id, _ = make_shop(minimum_notice_minutes=120, booking_window_days=0)
    query = AvailabilityQuery(make_wish(service_id), DAY, DAY + timedelta(days=1))

    customers = get_availability(query=query, now=MONDAY)
    staff = get_availability(query=query, now=MONDAY, is_staff=True)

    assert [[slot.starts_at.hour for slot in day.slots] for day in customers.days] == [list(range(11, 17)), []]
    assert [[slot.starts_at.hour for slot in day.slots] for day in staff.days] == [
        list(range(9, 17)),
        list(range(9, 17)),
    ]
