"""Bookings of one group that last differently: what only the longest needs is sold once, and freed exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from devtools.scratch.overbooking import list_overbooked
from scheduling.errors import HoldExpired, SlotTaken
from scheduling.models import Booking, Service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.transitions import approve
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import RequirementSetup
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    list_group_times,
    list_groups,
    list_offered,
    make_add_on,
    move,
    submit,
)
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
)
from tests.property.scheduling.recounts import list_drift

LATER = NOW + timedelta(hours=2)
LONG = hours_later(1.5)


@pytest.fixture
def room(tenant):
    """A room with a group of an hour, and one that is rented by the hour; yields (group, rent, room)."""
    room_id = make_resource(make_place(), "Sala", capacity=2)
    yield make_service((room_id,), seats=5), make_service((room_id,)), room_id
    assert list_drift([]) == []
    assert list_overbooked(now=LATER) == []


def bring(service_id, room_id, *, ends_at=None, **values):
    return import_booking(
        service_id=service_id, starts_at=MONDAY, ends_at=ends_at, resource_ids=(room_id,), now=NOW, **values
    )


@pytest.mark.parametrize("ends", [(None, LONG), (LONG, None), (LONG, hours_later(1.25)), (hours_later(1.25), LONG)])
def test_an_imported_tail_is_taken_once_and_freed_when_it_leaves(room, ends):
    group, rent, room_id = room
    made = [bring(group, room_id, ends_at=ends_at) for ends_at in ends]

    assert list_group_times() == [(9, 10.5)]
    assert check_offer(rent) == list(range(11, 17))

    longest = made[ends.index(LONG)]
    cancel_booking(booking_id=longest, reason="x", now=NOW, by=STAFF)

    assert list_group_times() == [(9, 10 if None in ends else 10.25)]
    assert check_offer(rent) == list(range(10 if None in ends else 11, 17))


@pytest.mark.parametrize("comes_first", [True, False])
def test_a_long_hold_keeps_its_tail_until_it_ends(room, comes_first):
    group, rent, _ = room
    extra = make_add_on(group)
    if comes_first:
        held = hold(group, add_on_ids=(extra,))
    book(group)
    if not comes_first:
        held = hold(group, add_on_ids=(extra,))
    assert check_offer(rent) == list(range(11, 17))

    # Nobody swept.
    assert check_offer(rent, now=LATER) == list(range(10, 17))
    assert check_offer(group, now=LATER) == list(range(9, 17))

    book(rent, hours_later(1), now=LATER)
    with pytest.raises(HoldExpired):
        submit(held, now=LATER)
    assert list_groups() == [(9, 1)]
    assert list_group_times() == [(9, 10)]


def test_a_long_hold_that_is_confirmed_late_takes_its_tail_again(room):
    group, rent, _ = room
    book(group)
    held = hold(group, add_on_ids=(make_add_on(group),))
    assert 10 in list_offered(rent, now=LATER)

    submit(held, now=LATER)

    assert check_offer(rent, now=LATER) == list(range(11, 17))
    assert list_groups() == [(9, 2)]


def test_a_long_hold_that_is_confirmed_in_time_keeps_its_tail_for_good(room):
    group, rent, _ = room
    book(group)

    submit(hold(group, add_on_ids=(make_add_on(group),)))

    assert check_offer(rent, now=LATER) == list(range(11, 17))


def test_a_swept_hold_frees_its_tail_alone(room):
    group, rent, _ = room
    book(group, add_on_ids=(make_add_on(group, minutes=15),))
    held = hold(group, add_on_ids=(make_add_on(group, minutes=90),))
    assert check_offer(rent) == list(range(12, 17))

    expire_hold(held.id, LATER)

    assert list_group_times() == [(9, 10.25)]


def test_two_holds_keep_a_tail_as_long_as_the_last_of_them(tenant):
    person = make_resource(make_place())
    group, single = make_service((person,), seats=5), make_service((person,))
    extra = make_add_on(group)
    hold(group, add_on_ids=(extra,))
    hold(group, now=NOW + timedelta(minutes=8), add_on_ids=(extra,))
    soon = NOW + timedelta(minutes=12)

    assert check_offer(single, now=soon) == list(range(11, 17))
    assert check_offer(single, now=LATER) == list(range(9, 17))
    assert list_drift([]) == []


def test_the_first_long_one_leaves_and_the_rest_stays(room):
    group, rent, _ = room
    extra = make_add_on(group, minutes=90)
    longest = book(group, add_on_ids=(extra,))
    book(group)
    book(group, add_on_ids=(make_add_on(group, minutes=30),))

    cancel_booking(token=longest.manage_token, now=NOW, by=CUSTOMER)

    assert list_group_times() == [(9, 10.5)]
    assert check_offer(rent) == list(range(11, 17))


def test_moving_the_longest_its_own_tail_is_free(room):
    group, rent, _ = room
    book(group)
    longest = book(group, add_on_ids=(make_add_on(group),))
    offered = list_offered(group, moving_booking_id=longest.booking_id, add_on_ids=())
    assert 10 in offered

    move(longest, hours_later(1))

    assert list_groups() == [(9, 1), (10, 1)]
    assert list_offered(rent) == list(range(12, 17))


def test_requests_that_are_approved_keep_what_each_needs(tenant):
    person = make_resource(make_place())
    group, single = make_service((person,), seats=5, approval="request"), make_service((person,))
    short, longest = book(group), book(group, add_on_ids=(make_add_on(group),))

    approve(booking_id=short.booking_id, now=NOW, by=STAFF)

    ends_at = Booking.objects.get(pk=longest.booking_id).hold_expires_at
    assert list_drift([]) == []
    assert check_offer(single, now=ends_at) == check_offer(single, now=ends_at + timedelta(minutes=1))


def test_who_comes_later_brings_the_buffers_of_today(room):
    group, rent, _ = room
    book(group)
    Service.objects.filter(pk=group).update(buffer_after_minutes=30)

    later = book(group)

    assert list_group_times() == [(9, 10.5)]
    assert check_offer(rent) == list(range(11, 17))
    cancel_booking(token=later.manage_token, now=NOW, by=CUSTOMER)
    assert list_group_times() == [(9, 10)]


def test_a_tail_that_somebody_else_has_cannot_be_joined(room):
    group, rent, _ = room
    book(group)
    book(rent, hours_later(1))

    with pytest.raises(SlotTaken):
        book(group, add_on_ids=(make_add_on(group),))
    assert list_groups() == [(9, 1)]


def test_only_the_parts_that_grow_have_a_tail(tenant):
    place = make_place()
    teacher, sala = make_resource(place, "Eva"), make_resource(place, "Sala")
    parts = (RequirementSetup(resource_ids=(teacher,), duration_minutes=30), RequirementSetup(resource_ids=(sala,)))
    group, other = make_service(requirements=parts, seats=3), make_service((teacher,), duration_minutes=30)
    book(group)
    hold(group, add_on_ids=(make_add_on(group),))

    assert list_group_times() == [(9, 9.5), (9, 10.5)]
    assert list_offered(other) == list(range(10, 17))
    assert list_drift([]) == []
