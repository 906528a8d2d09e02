"""Who is in the way of a time, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import ResourceNotFound
from scheduling.selectors.availability.obstacles import find_obstacles
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.types import SlotRequest
from tests.factories.scheduling import (
    MONDAY,
    NOW,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_shop,
    make_wish,
)


def look(service_id, starts_at=MONDAY, *, now=NOW, moving=None, **wish):
    request = SlotRequest(make_wish(service_id, **wish), starts_at)
    return find_obstacles(request=request, now=now, moving_booking_id=moving)


def name(found):
    return [
        (each.reason.code, each.reason.resource_id, [(by.customer_name, by.starts_at, by.ends_at) for by in each.taken])
        for each in found
    ]


def test_the_booking_in_the_way_is_named_with_its_times(tenant):
    service_id, (person,) = make_shop()
    book(service_id, hours_later(1))

    found = look(service_id, hours_later(1) + timedelta(minutes=30))

    assert name(found) == [("busy", person, [("Ana Pérez", hours_later(1), hours_later(2))])]


def test_a_free_time_has_no_obstacle_also_off_the_grid_and_without_notice(tenant):
    service_id, _ = make_shop(minimum_notice_minutes=120, booking_window_days=1)

    assert look(service_id, MONDAY + timedelta(minutes=7)) == ()
    assert look(service_id, MONDAY + timedelta(minutes=7), now=MONDAY) == ()


def test_everybody_is_named_when_nobody_was_chosen_and_one_free_person_is_enough(tenant):
    service_id, people = make_shop(2)
    book(service_id, resource_ids=(people[0],))
    one = look(service_id)
    book(service_id, resource_ids=(people[1],))

    assert one == ()
    assert [each.reason.resource_id for each in look(service_id)] == people


def test_the_chosen_person_alone_is_looked_at(tenant):
    service_id, people = make_shop(2)
    book(service_id, resource_ids=(people[0],))

    assert [each.reason.resource_id for each in look(service_id, resource_ids=(people[0],))] == [people[0]]
    assert look(service_id, resource_ids=(people[1],)) == ()


def test_a_hold_is_told_apart_and_ends(tenant):
    service_id, _ = make_shop()
    held = hold_slot(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW, source="page")

    ((by,),) = (each.taken for each in look(service_id))

    assert (by.customer_name, by.hold_expires_at) == ("", held.expires_at)
    assert look(service_id, now=held.expires_at) == ()


def test_only_the_time_between_two_visits_is_said_as_such(tenant):
    service_id, _ = make_shop(buffer_after_minutes=15)
    book(service_id)

    ((by,),) = (each.taken for each in look(service_id, hours_later(1)))

    assert (by.is_margin, by.ends_at) == (True, hours_later(1))


def test_a_moving_booking_is_not_in_its_own_way(tenant):
    service_id, _ = make_shop()
    made = book(service_id)

    assert look(service_id, MONDAY + timedelta(minutes=30), moving=made.booking_id) == ()


def test_a_group_is_named_by_its_service(tenant):
    place = make_place()
    person = make_resource(place)
    group, single = make_service((person,), seats=4), make_service((person,))
    made = book(group)

    ((by,),) = (each.taken for each in look(single))

    assert (by.customer_name, by.service_name) == ("", get_booking(booking_id=made.booking_id).service_name)


def test_causes_that_are_no_booking_are_listed_as_they_are(tenant):
    service_id, _ = make_shop()
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 0, Measure.BOOKINGS)

    assert name(look(service_id)) == [("rule_full", None, [])]
    codes = {each.reason.code for each in look(service_id, MONDAY - timedelta(hours=3))}
    assert codes == {"rule_full", "outside_hours"}
    assert "past" in {each.reason.code for each in look(service_id, NOW - timedelta(hours=1))}


def test_with_several_places_one_that_is_free_is_enough(tenant):
    people = [make_resource(make_place()) for _ in range(2)]
    service_id = make_service(tuple(people))
    book(service_id, resource_ids=(people[0],))
    one = look(service_id)
    book(service_id, resource_ids=(people[1],))

    assert one == ()
    assert len(look(service_id)) == 1


def test_somebody_who_does_not_do_it_is_refused(tenant):
    service_id, _ = make_shop()
    other = make_resource(make_place())

    with pytest.raises(ResourceNotFound):
        look(service_id, resource_ids=(other,))
