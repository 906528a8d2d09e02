"""Every kind of change: which bookings it leaves without their place, why, and what can become of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.engine import BookablePeriod, Measure, RulePeriod
from scheduling.enums import MisfitKind, Outcome, RuleScope
from scheduling.models import Booking, CapacityRule, ResourceType
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.entries import (
    get_location_entry,
    get_resource_entry,
    get_service_entry,
)
from scheduling.services.bookings.moves import move_booking
from scheduling.services.catalog import locations, resources, rules, services
from scheduling.services.catalog.add_ons import NOUN as ADD_ON
from scheduling.services.catalog.door import archive, restore
from scheduling.services.catalog.special_days.holidays import create_holiday
from scheduling.services.catalog.special_days.time_off import create_time_off
from scheduling.services.changes.applying import apply_change
from scheduling.types import AvailabilityQuery, Decision, HolidaySetup, RequirementSetup, RuleSetup, TimeOffSetup
from tests.factories.feature_pairs import add_extra
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, make_place, make_resource, make_rule, make_service
from tests.integration.scheduling.changes.conftest import WORDS, book_for, close, move_to_first, review, save

HOUR = timedelta(hours=1)
ALL, GONE = tuple(Outcome), (Outcome.MOVE, Outcome.CANCEL)


@pytest.fixture
def service_id(eva, leo) -> int:
    return make_service((eva, leo), name="Corte")


def change_resource(olga, resource_id, **values):
    setup = replace(get_resource_entry(resource_id=resource_id, now=NOW).setup, **values)
    return lambda: resources.change_resource(resource_id=resource_id, setup=setup, version=None, by=olga, now=NOW)


def change_service(olga, service_id, **values):
    setup = replace(get_service_entry(service_id=service_id, now=NOW).setup, **values)
    return lambda: services.change_service(service_id=service_id, setup=setup, version=None, by=olga, now=NOW)


def put_away(olga, noun, row_id):
    return lambda: archive(noun, row_id, version=None, by=olga, now=NOW)


def describe(touched):
    return [(each.booking.customer_name, {one.kind for one in each.misfits}, each.outcomes) for each in touched]


def test_time_off_proposes_another_time_of_the_same_person_first(olga, eva, leo, service_id):
    book_for("Ana", service_id)
    setup = TimeOffSetup(resource_id=eva, starts_at=MONDAY, ends_at=MONDAY + 2 * HOUR)

    touched = review(lambda: create_time_off(setup=setup, by=olga, now=NOW), olga)

    assert describe(touched) == [("Ana", {MisfitKind.HOURS}, ALL)]
    (only,) = touched
    assert (only.misfits[0].resource_name, only.booking.people) == ("Eva", ("Eva",))
    assert [(each.starts_at, each.people, each.is_same_people) for each in only.proposals[:2]] == [
        (MONDAY + 2 * HOUR, ("Eva",), True),
        (MONDAY + 3 * HOUR, ("Eva",), True),
    ]
    assert (MONDAY, ("Leo",), False) in [(each.starts_at, each.people, each.is_same_people) for each in only.proposals]


def test_a_holiday_touches_the_day(olga, place, service_id):
    book_for("Ana", service_id)
    setup = HolidaySetup(on=MONDAY.date(), is_closed=True, name="Feria", location_id=place)

    assert describe(review(lambda: create_holiday(setup=setup, by=olga, now=NOW), olga)) == [
        ("Ana", {MisfitKind.HOURS}, ALL)
    ]


def test_whoever_leaves_keeps_nobody_and_others_take_over_at_the_same_time(olga, eva, leo, service_id):
    book_for("Ana", service_id)

    touched = review(put_away(olga, resources.NOUN, eva), olga)
    applied = save(put_away(olga, resources.NOUN, eva), olga, move_to_first(touched))

    assert describe(touched) == [("Ana", {MisfitKind.GONE}, GONE)]
    assert (touched[0].proposals[0].starts_at, touched[0].proposals[0].people) == (MONDAY, ("Leo",))
    assert [each.customer_name for each in applied.moved] == ["Ana"]


def test_a_place_that_closes_for_good_can_only_cancel(olga, place, service_id):
    make_place()
    booking_id = book_for("Ana", service_id)

    touched = review(put_away(olga, locations.NOUN, place), olga)
    save(put_away(olga, locations.NOUN, place), olga, {booking_id: Decision(Outcome.CANCEL)})

    assert (describe(touched), touched[0].proposals) == ([("Ana", {MisfitKind.GONE}, GONE)], ())
    assert get_location_entry(location_id=place, now=NOW).is_active is False


def test_who_works_elsewhere_is_gone_from_here(olga, eva, service_id):
    book_for("Ana", service_id)

    assert describe(review(change_resource(olga, eva, location_id=make_place()), olga)) == [
        ("Ana", {MisfitKind.GONE}, GONE)
    ]


def test_less_capacity_touches_only_what_lies_above_it(olga, place):
    bay = make_resource(place, "Box", capacity=2)
    service_id = make_service((bay,))
    for name in ("Ana", "Beto"):
        book_for(name, service_id)

    touched = review(change_resource(olga, bay, capacity=1), olga)

    assert describe(touched) == [("Beto", {MisfitKind.CAPACITY}, ALL)]
    assert touched[0].proposals[0].starts_at == MONDAY + HOUR


def test_a_lost_skill_or_type_touches_what_requires_it(olga, place, eva):
    save(change_resource(olga, eva, skills=("gas",)), olga, {})
    service_id = make_service((eva,), name="Gas")
    save(change_service(olga, service_id, requirements=(RequirementSetup(skill="gas"),)), olga, {})
    book_for("Ana", service_id)

    assert describe(review(change_resource(olga, eva, skills=()), olga)) == [("Ana", {MisfitKind.LACKING}, ALL)]
    other = ResourceType.objects.create(name="Torno").pk
    assert save(change_resource(olga, eva, resource_type_id=other), olga, {}).moved == ()


def test_a_new_requirement_touches_what_was_booked_without_it_and_the_same_time_is_proposed(olga, place, service_id):
    bay = make_resource(place, "Box")
    book_for("Ana", service_id)
    known = get_service_entry(service_id=service_id, now=NOW).setup.requirements
    change = change_service(olga, service_id, requirements=(*known, RequirementSetup(resource_ids=(bay,))))

    touched = review(change, olga)
    save(change, olga, move_to_first(touched))

    assert describe(touched) == [("Ana", {MisfitKind.LACKING}, ALL)]
    assert touched[0].proposals[0].starts_at == MONDAY
    assert Booking.objects.get().allocations.filter(resource_id=bay, is_active=True).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"bookable_hours": (BookablePeriod(0, 10 * 60, 12 * 60),)},
        {"bookable_hours": (BookablePeriod(6, 22 * 60, 9 * 60),)},
        {"bookable_hours": (BookablePeriod(1, 9 * 60, 12 * 60),)},
        {"latest_start_minute": 9 * 60 - 1},
    ],
)
def test_a_start_that_the_service_no_longer_offers_is_touched(olga, service_id, values):
    book_for("Ana", service_id)

    assert describe(review(change_service(olga, service_id, **values), olga)) == [("Ana", {MisfitKind.START}, ALL)]


@pytest.mark.parametrize(
    "values",
    [
        {"bookable_hours": (BookablePeriod(0, 9 * 60, 10 * 60),)},
        {"bookable_hours": (BookablePeriod(6, 22 * 60, 9 * 60 + 1),)},
        {"bookable_hours": (BookablePeriod(0, 8 * 60, 2 * 60),)},
        {"latest_start_minute": 9 * 60},
        {"duration_minutes": 600},
        {"name": "Otro"},
    ],
)
def test_what_was_agreed_is_not_touched_by_what_still_allows_it(olga, service_id, values):
    book_for("Ana", service_id)

    assert save(change_service(olga, service_id, **values), olga, {}).kept == ()


@pytest.mark.parametrize(
    ("before", "after", "wish"),
    [
        ({"arrival_modes": ("drop_off",)}, {"arrival_modes": ()}, {"arrival_mode": "drop_off"}),
        ({"seats": 5}, {"seats": 2}, {"party_size": 4}),
        ({"seats": 5}, {"seats": None}, {"party_size": 1}),
        ({"seats": None}, {"seats": 2}, {"party_size": 1}),
        ({"max_party_size": 3}, {"max_party_size": 1}, {"party_size": 3}),
        ({"max_party_size": 3}, {"seats": 2}, {"party_size": 3}),
    ],
    ids=["way to arrive", "seats", "no seats", "with seats", "party", "party and seats"],
)
def test_what_was_agreed_moves_whatever_is_offered_by_now(olga, place, before, after, wish):
    service_id = make_service((make_resource(place, capacity=4),), **before)
    booking_id = book_for("Ana", service_id, **wish)

    save(change_service(olga, service_id, **after), olga, {})

    query = AvailabilityQuery(
        get_booking(booking_id=booking_id).wish,
        from_on=MONDAY.date(),
        to_on=MONDAY.date(),
        moving_booking_id=booking_id,
    )
    assert MONDAY + HOUR in [slot.starts_at for slot in get_availability(query=query, now=NOW).days[0].slots]
    change = close(place, olga)
    save(change, olga, move_to_first(review(change, olga)))
    move_booking(booking_id=booking_id, starts_at=MONDAY + timedelta(days=2), by=CUSTOMER, now=NOW)
    assert Booking.objects.get(pk=booking_id).starts_at == MONDAY + timedelta(days=2)


def test_what_is_no_longer_sold_stays_or_is_canceled(olga, service_id):
    first, second = (book_for(name, service_id, hour) for name, hour in (("Ana", 9), ("Beto", 10)))
    change = put_away(olga, services.NOUN, service_id)

    touched = review(change, olga)
    save(change, olga, {first: Decision(Outcome.KEEP), second: Decision(Outcome.CANCEL)})

    kept = (Outcome.KEEP, Outcome.CANCEL)
    assert describe(touched) == [("Ana", {MisfitKind.ENDED}, kept), ("Beto", {MisfitKind.ENDED}, kept)]
    assert list(Booking.objects.order_by("pk").values_list("status", flat=True)) == ["confirmed", "cancelled"]


def test_an_extra_that_is_archived_touches_who_booked_it(olga, service_id):
    extra = add_extra(service_id, "Cera")
    book_for("Ana", service_id, add_on_ids=(extra,))
    book_for("Beto", service_id)

    assert describe(review(put_away(olga, ADD_ON, extra), olga)) == [
        ("Ana", {MisfitKind.ENDED}, (Outcome.KEEP, Outcome.CANCEL))
    ]


def test_a_lower_limit_touches_those_who_came_last(olga, place, service_id):
    made = [book_for(name, service_id, hour) for name, hour in (("Ana", 11), ("Beto", 9), ("Caro", 10))]
    for number, booking_id in enumerate(made):
        Booking.objects.filter(pk=booking_id).update(created_at=NOW + timedelta(minutes=number))
    setup = RuleSetup(
        scope=RuleScope.SERVICE, service_id=service_id, period=RulePeriod.DAY, limit=2, measure=Measure.BOOKINGS
    )
    create = lambda: rules.create_rule(setup=setup, by=olga, now=NOW)  # noqa: E731

    touched = review(create, olga)

    assert describe(touched) == [("Caro", {MisfitKind.OVER_LIMIT}, ALL)]
    assert touched[0].proposals[0].starts_at == MONDAY + timedelta(days=1, hours=1)
    applied = save(create, olga, {made[2]: Decision(Outcome.KEEP)})
    lower = replace(setup, limit=1)
    change = lambda: rules.change_rule(rule_id=applied.result, setup=lower, version=None, by=olga, now=NOW)  # noqa: E731
    assert describe(review(change, olga)) == [("Beto", {MisfitKind.OVER_LIMIT}, ALL)]


def test_a_limit_at_the_same_time_touches_what_finds_no_room(olga, service_id):
    made = [book_for(name, service_id) for name in ("Ana", "Beto")]
    setup = RuleSetup(
        scope=RuleScope.SERVICE, service_id=service_id, period=RulePeriod.MOMENT, limit=1, measure=Measure.BOOKINGS
    )
    create = lambda: rules.create_rule(setup=setup, by=olga, now=NOW)  # noqa: E731

    touched = review(create, olga)
    applied = save(create, olga, move_to_first(touched))

    assert describe(touched) == [("Beto", {MisfitKind.OVER_LIMIT}, ALL)]
    assert touched[0].proposals[0].starts_at == MONDAY + HOUR
    assert [each.id for each in applied.moved] == made[1:]


@pytest.mark.parametrize("seats", [None, 3])
@pytest.mark.parametrize("limit", [None, 1])
def test_what_a_booking_takes_itself_is_free_for_it(olga, eva, limit, seats):
    service_id = make_service((eva,), step_minutes=30, seats=seats)
    if limit:
        make_rule(RuleScope.TENANT, RulePeriod.MOMENT, limit)
    book_for("Ana", service_id)
    setup = TimeOffSetup(resource_id=eva, starts_at=MONDAY, ends_at=MONDAY + HOUR / 2)

    (touched,) = review(lambda: create_time_off(setup=setup, by=olga, now=NOW), olga)

    assert touched.proposals[0].starts_at == MONDAY + HOUR / 2


def test_others_of_a_group_keep_their_seats(olga, eva, leo):
    service_id = make_service((eva, leo), seats=2)
    make_rule(RuleScope.RESOURCE, RulePeriod.DAY, 2, resource_id=leo)
    made = [book_for(name, service_id) for name in ("Ana", "Beto")]
    change = change_service(olga, service_id, bookable_hours=(BookablePeriod(0, 600, 660),))

    touched = review(change, olga)
    applied = save(change, olga, move_to_first(touched))

    assert [each.proposals[0].starts_at for each in touched] == [MONDAY + HOUR] * 2
    assert [each.id for each in applied.moved] == made


def test_a_limit_without_a_review_leaves_what_is_booked(olga, service_id):
    for name in ("Ana", "Beto"):
        book_for(name, service_id)
    setup = RuleSetup(
        scope=RuleScope.SERVICE, service_id=service_id, period=RulePeriod.DAY, limit=1, measure=Measure.BOOKINGS
    )

    rule_id = rules.create_rule(setup=setup, by=olga, now=NOW)

    assert CapacityRule.objects.get(pk=rule_id).limit == 1


def test_a_limit_that_is_switched_on_again_touches_what_came_meanwhile(olga, service_id):
    setup = RuleSetup(
        scope=RuleScope.SERVICE, service_id=service_id, period=RulePeriod.DAY, limit=1, measure=Measure.BOOKINGS
    )
    rule_id = rules.create_rule(setup=setup, by=olga, now=NOW)
    archive(rules.NOUN, rule_id, version=None, by=olga, now=NOW)
    for name in ("Ana", "Beto"):
        book_for(name, service_id)

    touched = review(lambda: restore(rules.NOUN, rule_id, version=None, by=olga, now=NOW), olga)

    assert describe(touched) == [("Beto", {MisfitKind.OVER_LIMIT}, ALL)]


def test_who_is_here_already_stays_in_any_case(olga, eva, service_id):
    booking_id = book_for("Ana", service_id)
    Booking.objects.filter(pk=booking_id).update(status="in_progress")

    touched = review(put_away(olga, resources.NOUN, eva), olga)

    assert describe(touched) == [("Ana", {MisfitKind.GONE}, (Outcome.KEEP,))]


def test_a_decision_that_is_not_on_offer_decides_nothing(olga, eva, service_id):
    booking_id = book_for("Ana", service_id)

    touched = review(put_away(olga, resources.NOUN, eva), olga, {booking_id: Decision(Outcome.KEEP)})

    assert [each.booking.id for each in touched] == [booking_id]
    assert get_resource_entry(resource_id=eva, now=NOW).is_active is True


def test_whoever_was_chosen_by_name_may_be_replaced(olga, eva, leo, service_id):
    booking_id = book_for("Ana", service_id, resource_ids=(eva,))

    save(put_away(olga, resources.NOUN, eva), olga, move_to_first(review(put_away(olga, resources.NOUN, eva), olga)))

    booking = Booking.objects.get(pk=booking_id)
    assert (booking.starts_at, booking.chosen_resource_id) == (MONDAY, None)
    assert list(booking.allocations.filter(is_active=True).values_list("resource_id", flat=True)) == [leo]


def test_whoever_was_chosen_by_name_stays_chosen_where_they_stay(olga, eva, service_id):
    booking_id = book_for("Ana", service_id, resource_ids=(eva,))
    setup = TimeOffSetup(resource_id=eva, starts_at=MONDAY, ends_at=MONDAY + HOUR)
    change = lambda: create_time_off(setup=setup, by=olga, now=NOW)  # noqa: E731

    save(change, olga, move_to_first(review(change, olga)))

    booking = Booking.objects.get(pk=booking_id)
    assert (booking.starts_at, booking.chosen_resource_id) == (MONDAY + HOUR, eva)


def test_a_change_that_fails_moves_nobody(olga, eva, service_id):
    booking_id = book_for("Ana", service_id)
    decisions = move_to_first(review(put_away(olga, resources.NOUN, eva), olga))

    def fail():
        put_away(olga, resources.NOUN, eva)()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        apply_change(fail, decisions=decisions, words=WORDS, by=olga, now=NOW)

    assert (Booking.objects.get(pk=booking_id).sequence, get_resource_entry(resource_id=eva, now=NOW).is_active) == (
        0,
        True,
    )
