"""A move that is taken back leaves nothing behind: time, people, wish and rules are what they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.models import Event
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import BookingNotFound, SlotTaken, TransitionRefused
from scheduling.models import Allocation, Booking, Requirement, RequirementResource, RuleUsage, Service
from scheduling.selectors.bookings.deadlines import find_request_deadline
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.bookings.transitions import mark_arrived
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.types import Actor, OverrideReason, SlotRequest
from tests.factories.scheduling import (
    DETAILS,
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

ME = Actor(kind="staff", user_id=7)
KEPT = (
    "status",
    "starts_at",
    "ends_at",
    "agreed_on",
    "agreed_minute",
    "agreed_at",
    "hold_expires_at",
    "attendance_confirmed_at",
    "chosen_resource_id",
    "chosen_beside_ids",
    "override_kind",
    "override_reason",
    "overridden_by_id",
    "rule_usage",
)


def row(made) -> Booking:
    return Booking.objects.get(pk=made.booking_id)


def state(made):
    """Everything that a move changes."""
    taken = Allocation.objects.filter(booking_id=made.booking_id, is_active=True).order_by("part_index", "resource_id")
    columns = ("part_index", "resource_id", "starts_at", "ends_at", "is_override")
    return Booking.objects.filter(pk=made.booking_id).values(*KEPT).get(), list(taken.values_list(*columns))


def move(made, starts_at, **values) -> int:
    move_booking(booking_id=made.booking_id, starts_at=starts_at, now=NOW, by=ME, **values)
    return row(made).sequence


def undo(made, sequence, *, now=NOW):
    undo_move(booking_id=made.booking_id, sequence=sequence, now=now, by=ME)


def force(service_id, starts_at=MONDAY):
    return book_slot(
        request=SlotRequest(make_wish(service_id), starts_at),
        details=DETAILS,
        now=NOW,
        source="workspace",
        by=ME,
        override=OverrideReason("Urgente", 7),
    )


def test_whoever_was_not_chosen_is_not_chosen_afterwards(tenant):
    service_id, people = make_shop(2)
    made = book(service_id)
    before = state(made)
    taken = before[1][0][1]
    sequence = move(made, hours_later(2), resource_ids=(next(each for each in people if each != taken),))

    undo(made, sequence)

    assert state(made) == before
    assert before[0]["chosen_resource_id"] is None


def test_whoever_was_chosen_is_chosen_again(tenant):
    service_id, people = make_shop(2)
    made = book(service_id, resource_ids=(people[1],))
    before = state(made)
    sequence = move(made, MONDAY, resource_ids=())

    undo(made, sequence)

    assert state(made) == before
    assert before[0]["chosen_resource_id"] == people[1]


def test_what_lay_over_the_rules_lies_over_them_again(tenant):
    service_id, _ = make_shop()
    first = book(service_id)
    forced = force(service_id)
    before = state(forced)
    sequence = move(forced, hours_later(3))
    assert row(forced).override_kind == ""

    undo(forced, sequence)

    assert state(forced) == before
    assert (before[0]["override_kind"], before[0]["override_reason"], before[1][0][-1]) == ("staff", "Urgente", True)
    assert row(first).starts_at == MONDAY


def test_what_lay_over_a_full_rule_counts_there_again(tenant):
    service_id, _ = make_shop(2)
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 1, Measure.BOOKINGS)
    book(service_id)
    forced = force(service_id)
    before, used = state(forced), RuleUsage.objects.get().used
    sequence = move(forced, hours_later(7 * 24))

    undo(forced, sequence)

    assert (state(forced), RuleUsage.objects.get(used__gt=0).used) == (before, used)


def test_over_the_rules_is_not_over_whoever_came_meanwhile(tenant):
    service_id, _ = make_shop()
    forced = force(service_id)
    sequence = move(forced, hours_later(3))
    newcomer = book(service_id)
    before = state(forced)

    with pytest.raises(SlotTaken):
        undo(forced, sequence)

    assert (state(forced), row(newcomer).starts_at) == (before, MONDAY)


def test_people_serve_the_parts_that_they_served(tenant):
    place = make_place()
    one, other = (make_resource(place) for _ in range(2))
    service_id = make_service((one, other), strategy="fixed_order")
    second = Requirement.objects.create(service_id=service_id, position=1)
    for rank, resource_id in enumerate((one, other)):
        RequirementResource.objects.create(requirement=second, resource_id=resource_id, position=rank)
    made = book(service_id)
    # The first of the pool would do the first part, if they were placed anew.
    for allocation in Allocation.objects.filter(booking_id=made.booking_id):
        Allocation.objects.filter(pk=allocation.pk).update(part_index=1 - allocation.part_index)
    before = state(made)
    sequence = move(made, hours_later(3))

    undo(made, sequence)

    assert [each[:2] for each in before[1]] == [(0, other), (1, one)]
    assert state(made) == before


def test_attendance_that_was_confirmed_stays_confirmed(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    confirm_attendance(booking_id=made.booking_id, now=NOW, by=ME)
    before = state(made)
    sequence = move(made, hours_later(3))

    undo(made, sequence)

    assert state(made) == before
    assert before[0]["attendance_confirmed_at"] == NOW


def test_a_request_waits_as_long_as_before(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id)
    before = state(made)
    sequence = move(made, hours_later(72))

    undo(made, sequence, now=NOW + timedelta(minutes=1))

    assert state(made) == before


def test_a_request_whose_wait_is_over_waits_anew(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id)
    sequence = move(made, hours_later(72))
    Booking.history.filter(id=made.booking_id, sequence__lt=sequence).update(hold_expires_at=NOW)

    undo(made, sequence, now=NOW + timedelta(minutes=1))

    assert row(made).hold_expires_at == find_request_deadline(row(made), now=NOW + timedelta(minutes=1))


def test_a_seat_in_its_group_is_taken_again(tenant):
    service_id, _ = make_shop(seats=2)
    one, other = book(service_id), book(service_id)
    sequence = move(one, hours_later(3))

    undo(one, sequence)

    assert row(one).session_id == row(other).session_id
    assert row(one).session.seats_taken == 2


@pytest.mark.parametrize("seats", [None, 2])
def test_a_visit_lasts_as_long_as_it_did(tenant, seats):
    """Its service was edited before the move, which took its new length."""
    service_id, _ = make_shop(seats=seats)
    made = book(service_id)
    Service.objects.update(duration_minutes=30)
    sequence = move(made, hours_later(2))

    assert row(made).ends_at == hours_later(2.5)
    undo(made, sequence)

    assert (row(made).starts_at, row(made).ends_at) == (MONDAY, hours_later(1))
    assert list(Allocation.objects.filter(is_active=True).values_list("ends_at", flat=True)) == [hours_later(1)]


def test_a_double_click_changes_nothing(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    sequence = move(made, hours_later(2))

    for _ in range(2):
        undo(made, sequence)

    assert (row(made).starts_at, row(made).sequence) == (MONDAY, sequence + 1)
    assert Event.objects.filter(kind="booking.rescheduled").count() == 2


def test_what_went_on_meanwhile_is_not_taken_back(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    first = move(made, hours_later(2))
    second = move(made, hours_later(3))
    for sequence in (first, second + 1, 0):
        with pytest.raises(TransitionRefused):
            undo(made, sequence)
    mark_arrived(booking_id=made.booking_id, now=NOW, by=ME)
    with pytest.raises(TransitionRefused):
        undo(made, second)

    assert (row(made).starts_at, row(made).status) == (hours_later(3), "arrived")


def test_what_was_never_moved_or_is_not_there(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    with pytest.raises(TransitionRefused):
        undo(made, 0)
    with pytest.raises(BookingNotFound):
        undo(replace(made, booking_id=made.booking_id + 1000), 1)

    sequence = move(made, hours_later(2))
    Booking.history.filter(id=made.booking_id, sequence__lt=sequence).delete()
    with pytest.raises(TransitionRefused):
        undo(made, sequence)
    assert row(made).starts_at == hours_later(2)


def test_a_move_of_an_old_process_is_not_taken_back(tenant):
    """It did not note who served which part."""
    service_id, _ = make_shop()
    made = book(service_id)
    sequence = move(made, hours_later(2))
    event = Event.objects.get(kind="booking.rescheduled")
    del event.payload["previous_filling"]
    event.save()

    with pytest.raises(TransitionRefused):
        undo(made, sequence)

    assert row(made).starts_at == hours_later(2)


def test_who_does_not_do_it_any_more_does_not_get_it_back(tenant):
    place = make_place()
    first, second = make_resource(place), make_resource(place)
    service_id = make_service((first, second))
    made = book(service_id)
    taken = Allocation.objects.get(booking_id=made.booking_id).resource_id
    sequence = move(made, hours_later(2), resource_ids=(second if taken == first else first,))
    RequirementResource.objects.filter(resource_id=taken).delete()

    with pytest.raises(SlotTaken):
        undo(made, sequence)

    assert row(made).starts_at == hours_later(2)


def test_a_place_that_somebody_took_is_not_given_back(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    sequence = move(made, hours_later(2))
    other = book(service_id)

    with pytest.raises(SlotTaken):
        undo(made, sequence)

    assert (row(made).starts_at, row(other).starts_at) == (hours_later(2), MONDAY)
