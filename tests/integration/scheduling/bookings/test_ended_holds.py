"""Holds that ended and that nobody swept: never in the way, however many they are."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.scratch.overbooking import list_overbooked
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import BookingStatus
from scheduling.errors import HoldExpired
from scheduling.models import Booking, Service
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.feature_pairs import check_offer, hold, limit, list_groups, list_offered, move, submit
from tests.factories.scheduling import (
    CUSTOMER,
    NOW,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_shop,
)
from tests.integration.scheduling.bookings.test_concurrency import in_scratch, run_at_once
from tests.property.scheduling.recounts import CountedRule, list_drift

LATER = NOW + timedelta(hours=2)


def count_statuses():
    return Counter(Booking.objects.values_list("status", flat=True))


def test_only_those_in_the_way_are_ended(tenant):
    service_id, _ = make_shop()
    for hour in range(8):
        hold(service_id, hours_later(hour))

    book(service_id, hours_later(3), now=LATER)

    assert count_statuses() == {"held": 7, "expired": 1, "confirmed": 1}
    assert check_offer(service_id, now=LATER) == [9, 10, 11, 13, 14, 15, 16]
    assert list_drift([]) == []


def test_what_is_ended_leaves_history_and_event(tenant):
    service_id, _ = make_shop(seats=2)
    held = [hold(service_id), hold(service_id)]

    book(service_id, now=LATER)

    for each in held:
        booking = Booking.objects.get(pk=each.id)
        assert (booking.status, booking.is_active) == (BookingStatus.EXPIRED, False)
        entries = booking.history.order_by("history_date").values_list("history_type", "status")
        assert list(entries) == [("+", "held"), ("~", "expired")]
    assert list_groups() == [(9, 1)]


@pytest.mark.parametrize("seats", [None, 3])
@pytest.mark.parametrize("is_taken", [True, False])
def test_late_confirmation_has_the_length_that_was_held(tenant, seats, is_taken):
    """Its service is shorter by now: the customer was shown the longer visit, which is free or not."""
    service_id, people = make_shop(seats=seats, duration_minutes=120)
    other = make_service(tuple(people))
    held = hold(service_id)
    Service.objects.filter(pk=service_id).update(duration_minutes=60)
    if is_taken:
        book(other, hours_later(1), now=LATER)
        with pytest.raises(HoldExpired):
            submit(held, now=LATER)
    else:
        submit(held, now=LATER)
        assert Booking.objects.get(pk=held.id).ends_at == hours_later(2)

    assert list_overbooked(now=LATER) == []


@pytest.mark.parametrize("seats", [None, 3])
def test_more_of_them_cost_no_further_query(tenant, seats):
    counts = []
    for size in (2, 24):
        service_id, people = make_shop(size, seats=seats)
        for person in people:
            hold(service_id, hours_later(1), resource_ids=(person,))
        book(service_id, hours_later(2), now=LATER, resource_ids=(people[0],))
        with CaptureQueriesContext(connection) as queries:
            book(service_id, hours_later(1), now=LATER, resource_ids=(people[1],))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_counters_full_of_them_are_free(tenant):
    service_id, _ = make_shop(4)
    other, _ = make_shop()
    rule_id = limit(service_id, 2, Measure.BOOKINGS)
    hold(service_id)
    hold(service_id, hours_later(1))
    hold(other)
    assert list_offered(service_id) == []

    assert check_offer(service_id, now=LATER) == list(range(9, 17))
    book(service_id, hours_later(4), now=LATER)
    book(service_id, hours_later(5), now=LATER)

    assert list_offered(service_id, now=LATER) == []
    # The one that no rule counts was in nobody's way.
    assert count_statuses() == {"held": 1, "expired": 2, "confirmed": 2}
    assert list_drift([CountedRule(rule_id, service_id, Measure.BOOKINGS.value, RulePeriod.DAY.value)]) == []


def test_a_move_into_their_place(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    held = hold(service_id, hours_later(1))

    move(made, hours_later(1), now=LATER)

    assert Booking.objects.get(pk=held.id).status == BookingStatus.EXPIRED
    with pytest.raises(HoldExpired):
        submit(held, now=LATER)
    assert list_drift([]) == []


def test_a_visit_of_several_resources_gets_a_place_that_several_held(tenant):
    place = make_place()
    person, bay = make_resource(place, "Eva"), make_resource(place, "Elevador", capacity=2)
    both, bay_alone = make_service((person,), (bay,)), make_service((bay,))
    for service_id in (both, bay_alone):
        hold(service_id)
    assert 9 not in list_offered(both)

    book(both, now=LATER)
    book(bay_alone, now=LATER)

    assert 9 not in list_offered(bay_alone, now=LATER)
    assert list_drift([]) == []


def test_a_released_hold_gives_back_once(tenant):
    service_id, _ = make_shop(seats=3)
    limit(service_id, 4, Measure.SEATS)
    hold(service_id)
    booked = book(service_id, now=LATER)

    cancel_booking(token=booked.manage_token, now=LATER, by=CUSTOMER)

    assert list_groups() == []
    assert list_drift([]) == []


def confirm(held):
    try:
        submit(held, now=LATER)
    except HoldExpired:
        return "refused"
    return "accepted"


def test_late_ones_of_one_group_get_every_free_seat(scratch_tenant):
    group, held = in_scratch(scratch_tenant, make_crowded_group)
    answers = []

    run_at_once(scratch_tenant, [partial(lambda each: answers.append(confirm(each)), each) for each in held])

    assert Counter(answers) == {"accepted": 3, "refused": len(held) - 3}
    assert in_scratch(scratch_tenant, list_groups) == [(9, 3)]
    assert in_scratch(scratch_tenant, lambda: list_drift([])) == []
    assert in_scratch(scratch_tenant, lambda: list_overbooked(now=LATER)) == []
    assert 9 not in in_scratch(scratch_tenant, lambda: list_offered(group, now=LATER))


def make_crowded_group():
    """A group of three with eighteen holds that ended one after the other."""
    group, _ = make_shop(seats=3)
    return group, [hold(group, now=NOW - timedelta(minutes=20 * number)) for number in range(18, 0, -1)]


@pytest.mark.parametrize("has_rule", [False, True])
def test_late_ones_of_different_people_do_not_stop_each_other(scratch_tenant, has_rule):
    def make():
        service_id, people = make_shop(12)
        if has_rule:
            limit(service_id, 12, Measure.BOOKINGS)
        return [hold(service_id, resource_ids=(person,)) for person in people]

    held = in_scratch(scratch_tenant, make)
    answers = []

    run_at_once(scratch_tenant, [partial(lambda each: answers.append(confirm(each)), each) for each in held])

    assert Counter(answers) == {"accepted": 12}
    assert in_scratch(scratch_tenant, lambda: list_drift([])) == []
