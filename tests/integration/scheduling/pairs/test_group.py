"""A group session, together with every other feature."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Measure, Strategy
from scheduling.enums import ConflictChoice, DepositKind
from scheduling.errors import RequestInvalid, SeriesConflict, SlotTaken
from scheduling.models import Service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import release_hold
from scheduling.services.bookings.transitions import accept_payment, approve, decline
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import RequirementSetup
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit,
    list_group_times,
    list_groups,
    list_offered,
    list_outcomes,
    list_seats,
    make_add_on,
    move,
    override,
    read_ledger,
    repeat,
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
    make_shop,
)

LATER = NOW + timedelta(hours=2)


def test_group_with_series(tenant):
    service_id, _ = make_shop(seats=2)

    first, second, third = (repeat(service_id) for _ in range(3))

    assert list_outcomes(first) == list_outcomes(second) == ["booked"] * 3
    assert list_outcomes(third) == ["skipped"] * 3
    assert list_groups() == [(9, 2)] * 3
    with pytest.raises(SeriesConflict):
        repeat(service_id, choice=ConflictChoice.FAIL)


def test_group_with_approval(tenant):
    service_id, _ = make_shop(seats=2, approval="request")
    first, second = book(service_id), book(service_id)
    assert 9 not in list_offered(service_id)

    approve(booking_id=first.booking_id, now=NOW, by=STAFF)
    decline(booking_id=second.booking_id, now=NOW, by=STAFF)

    assert list_seats(service_id)[9] == 1
    assert check_offer(service_id) == list(range(9, 17))
    # The request would have ended with its start; what was approved goes on.
    assert list_groups() == [(9, 1)]


def test_group_with_hold(tenant):
    service_id, _ = make_shop(seats=2)
    first, second = hold(service_id), hold(service_id)
    with pytest.raises(SlotTaken):
        hold(service_id)

    release_hold(hold_id=second.id, token=second.token, now=NOW)
    submit(first)

    assert list_seats(service_id)[9] == 1
    assert list_groups() == [(9, 1)]


def test_group_with_override(tenant):
    service_id, _ = make_shop(seats=2)
    made = [book(service_id), book(service_id), override(service_id)]
    assert list_groups() == [(9, 3)]

    cancel_booking(token=made[0].manage_token, now=NOW, by=CUSTOMER)
    assert check_offer(service_id) == list(range(10, 17))

    cancel_booking(token=made[1].manage_token, now=NOW, by=CUSTOMER)
    assert list_seats(service_id)[9] == 1
    assert check_offer(service_id) == list(range(9, 17))


def test_group_with_rule(tenant):
    service_id, _ = make_shop(seats=3)
    limit(service_id, 4, Measure.SEATS)

    book(service_id, party_size=3)

    assert check_offer(service_id, party_size=2) == []
    assert check_offer(service_id, party_size=1) == list(range(10, 17))


def test_group_with_deposit(tenant):
    service_id, _ = make_shop(seats=2, price_minor=1000, deposit_kind=DepositKind.FULL)
    paid, unpaid = book(service_id), book(service_id)
    assert (paid.status, unpaid.status) == ("pending_payment", "pending_payment")
    assert 9 not in list_offered(service_id)

    accept_payment(booking_id=paid.booking_id, now=NOW, by=STAFF)

    assert list_seats(service_id, now=LATER)[9] == 1
    assert check_offer(service_id, now=LATER) == list(range(9, 17))


def test_group_with_add_ons(tenant):
    service_id, _ = make_shop(seats=3)
    extra = make_add_on(service_id, minutes=30)
    book(service_id)

    book(service_id, add_on_ids=(extra,))

    # The group now lasts until 10:30.
    assert list_groups() == [(9, 2)]
    assert check_offer(service_id) == [9, *range(11, 17)]
    assert check_offer(service_id, add_on_ids=(extra,)) == [9, *range(11, 16)]


def leave_by_cancelling(made):
    cancel_booking(token=made.manage_token, now=NOW, by=CUSTOMER)


def leave_by_moving(made):
    move(made, hours_later(48))


def leave_by_decline(made):
    decline(booking_id=made.booking_id, now=NOW, by=STAFF)


def leave_by_expiry(made):
    # A request ends with its start; nobody answered in time.
    expire_hold(made.booking_id, MONDAY)


@pytest.mark.parametrize("leave", [leave_by_cancelling, leave_by_moving, leave_by_decline, leave_by_expiry])
@pytest.mark.parametrize("comes_first", [False, True])
def test_group_with_add_ons_when_the_longest_leaves(tenant, leave, comes_first):
    service_id, _ = make_shop(seats=3, approval="request", buffer_after_minutes=15)
    extra, more = make_add_on(service_id, minutes=30), make_add_on(service_id, minutes=60)
    asked = [{}, {"add_on_ids": (extra,)}, {"add_on_ids": (more,)}]
    made = [book(service_id, **values) for values in (reversed(asked) if comes_first else asked)]
    longest = made[0] if comes_first else made[2]
    approve(booking_id=made[1].booking_id, now=NOW, by=STAFF)
    assert check_offer(service_id) == list(range(12, 17))

    leave(longest)

    # With its buffer the group takes until 10:45 now, as if the longest had never come.
    assert list_group_times() == [(9, 10.75)]
    assert check_offer(service_id) == [9, *range(11, 17)]
    # Who lengthens it again gets the time again.
    book(service_id, add_on_ids=(more,))
    assert list_group_times() == [(9, 11.25)]


def test_group_with_add_ons_when_a_part_ends_before_them(tenant):
    place = make_place()
    teacher, room = make_resource(place, "Eva"), make_resource(place, "Sala")
    parts = (RequirementSetup(resource_ids=(teacher,), duration_minutes=30), RequirementSetup(resource_ids=(room,)))
    service_id = make_service(requirements=parts, seats=3)
    longest = book(service_id, add_on_ids=(make_add_on(service_id, minutes=30),))
    book(service_id)
    assert list_group_times() == [(9, 9.5), (9, 10.5)]

    leave_by_cancelling(longest)

    assert list_group_times() == [(9, 9.5), (9, 10)]


def test_group_with_several_services(tenant):
    place = make_place()
    person = make_resource(place)
    group, single = make_service((person,), seats=3), make_service((person,))

    for first, second in ((group, single), (single, group)):
        with pytest.raises(RequestInvalid) as refusal:
            book((first, second))
        assert list(refusal.value.errors) == ["services"]
    assert list_groups() == []


def test_group_with_party(tenant):
    service_id, _ = make_shop(seats=5)

    book(service_id, party_size=3)

    assert list_seats(service_id)[9] == 2
    assert check_offer(service_id, party_size=2) == list(range(9, 17))
    assert check_offer(service_id, party_size=3) == list(range(10, 17))
    with pytest.raises(RequestInvalid):
        book(service_id, party_size=6)


def test_group_with_choice(tenant):
    service_id, (one, two) = make_shop(2, seats=2)

    book(service_id, resource_ids=(two,))
    book(service_id, resource_ids=(two,))

    assert check_offer(service_id, resource_ids=(two,)) == list(range(10, 17))
    assert check_offer(service_id, resource_ids=(one,)) == list(range(9, 17))


def test_group_with_reschedule(tenant):
    service_id, _ = make_shop(seats=2)
    alone, full, other = book(service_id), book(service_id, hours_later(1)), book(service_id, hours_later(2))
    book(service_id, hours_later(2))

    move(alone, hours_later(1))
    with pytest.raises(SlotTaken):
        move(full, hours_later(2))
    move(other, MONDAY)

    assert list_groups() == [(9, 1), (10, 2), (11, 1)]
    assert check_offer(service_id) == [9, *range(11, 17)]


def test_group_with_buffers(tenant):
    service_id, _ = make_shop(seats=2, buffer_after_minutes=30, step_minutes=30)

    book(service_id)

    # 8:00 needs 9:30 as well; 10:00 would begin inside the buffer; the group itself can be joined.
    assert check_offer(service_id, every=30) == [9, *(half / 2 for half in range(21, 33))]


def test_group_with_several_resources(tenant):
    place = make_place()
    teacher, room = make_resource(place, "Eva"), make_resource(place, "Sala", capacity=10)
    lesson, rent = make_service((teacher,), (room,), seats=4), make_service((room,))

    book(lesson)
    book(lesson)

    assert list_groups() == [(9, 2)]
    # The group takes the room whole, whatever its capacity.
    assert check_offer(rent) == list(range(10, 17))
    book(rent, hours_later(1))
    assert check_offer(lesson) == [9, *range(11, 17)]


def test_group_with_expired_hold(tenant):
    place = make_place()
    person = make_resource(place)
    group, single = make_service((person,), seats=2), make_service((person,))
    hold(group)
    hold(group)
    assert check_offer(single) == list(range(10, 17))

    # Nobody swept.
    assert list_seats(group, now=LATER)[9] == 2
    assert check_offer(group, now=LATER) == list(range(9, 17))
    assert check_offer(single, now=LATER) == list(range(9, 17))


def test_group_with_expired_hold_when_the_booking_beside_it_leaves(tenant):
    person = make_resource(make_place())
    group, single = make_service((person,), seats=2), make_service((person,))
    booked = book(group)
    hold(group)

    cancel_booking(token=booked.manage_token, now=NOW, by=CUSTOMER)

    # Only the hold is left: when it ends, nobody having swept, the place is free.
    assert check_offer(single) == list(range(10, 17))
    assert check_offer(single, now=LATER) == list(range(9, 17))


def test_group_with_closed_day(tenant):
    place = make_place()
    off = ((hours_later(2), hours_later(4)),)
    service_id = make_service((make_resource(place, time_off=off),), seats=2)

    book(service_id, hours_later(1))

    assert check_offer(service_id) == [9, 10, 13, 14, 15, 16]


def test_group_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, seats=2, strategy=Strategy.ROUND_ROBIN)

    for _ in range(4):
        book(service_id)

    # A turn is a group that was opened, not a seat.
    assert read_ledger(service_id) == {one: 1, two: 1}
    assert check_offer(service_id) == list(range(10, 17))


def test_group_with_party_when_the_business_adds_seats(tenant):
    service_id, _ = make_shop(seats=2)
    book(service_id, party_size=2)
    Service.objects.filter(pk=service_id).update(seats=5)

    assert list_seats(service_id)[9] == 3
    assert check_offer(service_id, party_size=3) == list(range(9, 17))
