"""Visits in which somebody serves more than one part, and whom customers choose: offered is what is booked."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from devtools.scratch.overbooking import list_overbooked
from scheduling.engine import RulePeriod, Strategy
from scheduling.enums import RuleScope
from scheduling.errors import SlotTaken
from scheduling.models import Allocation, Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.imports import import_booking
from scheduling.types import RequirementSetup
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit_resource,
    list_groups,
    list_offered,
    list_taken,
    move,
    override,
    read_ledger,
    submit,
)
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_service,
)
from tests.integration.scheduling.bookings.test_concurrency import in_scratch, run_at_once
from tests.property.scheduling.recounts import list_drift


def make_salon(people=1, *, is_same=False, capacity=1, **values):
    """A coloring of an hour: 20 minutes, a pause, 20 more, in a chair all the time; and a haircut of 20 minutes."""
    place = make_place()
    staff = tuple(make_resource(place, f"Ana {number}", capacity=capacity) for number in range(people))
    chair = make_resource(place, "Silla", capacity=4)
    parts = (
        RequirementSetup(resource_ids=staff, duration_minutes=20),
        RequirementSetup(resource_ids=staff, starts_after_minutes=40, same_as=0 if is_same else None),
        RequirementSetup(resource_ids=(chair,)),
    )
    color = make_service(requirements=parts, **values)
    return color, make_service(staff, duration_minutes=20, step_minutes=20), staff, chair


@pytest.mark.parametrize("is_same", [False, True])
def test_one_person_serves_both_parts_and_is_free_in_the_pause(tenant, is_same):
    color, cut, (ana,), chair = make_salon(is_same=is_same)

    made = book(color)

    assert list_taken(made.booking_id) == [
        (ana, 9, pytest.approx(9 + 1 / 3)), (chair, 9, 10), (ana, pytest.approx(9 + 2 / 3), 10),
    ]  # fmt: skip
    assert list_offered(cut)[0] == pytest.approx(9 + 1 / 3)
    book(cut, hours_later(1 / 3))
    assert check_offer(color) == list(range(10, 17))
    assert list_drift([]) == []


def test_the_same_person_or_nobody(tenant):
    color, cut, (one, two), _ = make_salon(2, is_same=True)
    book(cut, resource_ids=(one,))
    book(cut, hours_later(2 / 3), resource_ids=(two,))

    # One could begin and the other end.
    assert check_offer(color) == list(range(10, 17))
    with pytest.raises(SlotTaken):
        book(color)


def test_two_people_where_nothing_else_is_asked(tenant):
    color, cut, (one, two), chair = make_salon(2)
    book(cut, resource_ids=(one,))
    book(cut, hours_later(2 / 3), resource_ids=(two,))

    made = book(color)

    assert [resource_id for resource_id, _, _ in list_taken(made.booking_id)] == [two, chair, one]


def test_a_booking_counts_once_for_whoever_serves_twice(tenant):
    color, _, (ana,), _ = make_salon()
    limit_resource(ana, 2)

    book(color)
    assert check_offer(color) == list(range(10, 17))
    book(color, hours_later(1))

    assert check_offer(color) == []
    assert list_drift([]) == []


def test_minutes_of_whoever_serves_parts_are_the_whole_visit(tenant):
    color, _, (ana,), _ = make_salon()
    make_rule(RuleScope.RESOURCE, RulePeriod.DAY, 119, "minutes", resource_id=ana)

    book(color)

    assert check_offer(color) == []


def test_round_robin_counts_one_turn(tenant):
    color, _, staff, _ = make_salon(2, is_same=True, strategy=Strategy.ROUND_ROBIN)

    for hour in range(4):
        book(color, hours_later(hour))

    assert [read_ledger(color)[each] for each in staff] == [2, 2]


def test_buffers_keep_one_person_from_a_short_pause(tenant):
    tight, _, _, _ = make_salon(buffer_before_minutes=10, buffer_after_minutes=11)
    fitting, _, _, _ = make_salon(buffer_before_minutes=10, buffer_after_minutes=10)

    assert check_offer(tight) == []
    assert check_offer(fitting) == list(range(9, 17))


@pytest.mark.parametrize("is_same", [False, True])
def test_a_move_over_itself(tenant, is_same):
    color, _, _, _ = make_salon(is_same=is_same, step_minutes=20)
    made = book(color)

    move(made, hours_later(1 / 3))

    assert [round(first, 2) for _, first, _ in list_taken(made.booking_id)] == [9.33, 9.33, 10]
    assert list_drift([]) == []


def test_a_hold_that_ended_is_confirmed_with_the_same_person(tenant):
    color, _cut, (one, two), _ = make_salon(2, is_same=True)
    held = hold(color, resource_ids=(two,))

    made = submit(held, now=NOW.replace(hour=12))

    assert {each for each, _, _ in list_taken(made.booking_id)} >= {two}
    assert one not in {each for each, _, _ in list_taken(made.booking_id)}
    assert list_drift([]) == []


def test_what_staff_forces_has_the_same_person_too(tenant):
    color, cut, (one, two), chair = make_salon(2, is_same=True)
    for each in (one, two):
        book(cut, resource_ids=(each,))

    made = override(color)

    assert {each for each, _, _ in list_taken(made.booking_id)} == {one, chair}


def test_an_imported_booking_fills_the_parts_with_whom_it_names(tenant):
    color, cut, (ana,), chair = make_salon()

    import_booking(service_id=color, starts_at=MONDAY, resource_ids=(ana, chair), now=NOW)

    assert list_offered(cut)[0] == pytest.approx(9 + 1 / 3)
    assert check_offer(color) == list(range(10, 17))


def test_a_group_led_by_one_person(tenant):
    color, cut, (_ana,), _chair = make_salon(is_same=True, seats=3)

    first, second = book(color), book(color)

    assert list_groups() == [(9, 2)]
    assert list_offered(cut)[0] == pytest.approx(9 + 1 / 3)
    cancel_booking(token=first.manage_token, now=NOW, by=CUSTOMER)
    move(second, hours_later(2))
    assert list_groups() == [(11, 1)]
    assert check_offer(color) == list(range(9, 17))
    assert list_drift([]) == []


def test_the_view_of_a_booking_has_both_parts(tenant):
    color, _, (ana,), chair = make_salon()

    view = get_booking(booking_id=book(color).booking_id)

    assert [each.resource_id for each in view.resources] == [ana, ana, chair]


def test_the_constraint_keeps_two_rows_of_one_booking_apart(tenant):
    color, _, (ana,), _ = make_salon()
    first, second = Allocation.objects.filter(booking_id=book(color).booking_id, resource_id=ana).order_by("starts_at")

    with pytest.raises(IntegrityError, match="scheduling_lane_free"), transaction.atomic():
        Allocation.objects.filter(pk=second.pk).update(starts_at=first.starts_at)


def test_colorings_at_once_never_overbook(scratch_tenant):
    color, cut, _, _ = in_scratch(scratch_tenant, lambda: make_salon(3, is_same=True, capacity=2))
    jobs = [lambda: book(color)] * 6 + [lambda: book(cut)] * 6 + [lambda: book(cut, hours_later(1 / 3))] * 8

    outcomes = run_at_once(scratch_tenant, jobs)

    assert in_scratch(scratch_tenant, lambda: list_overbooked(now=NOW)) == []
    assert in_scratch(scratch_tenant, lambda: list_drift([])) == []
    # Four chairs; whoever lost a place to a coloring has lost it for good.
    assert outcomes["accepted"] >= 12


def make_duo(**values):
    """Two who work together: one of a or b, and one of a or c."""
    place = make_place()
    a, b, c = (make_resource(place, name) for name in "ABC")
    return make_service((a, b), (a, c), **values), make_service((c,)), make_service((b,)), (a, b, c)


def test_whoever_is_chosen_may_fill_any_place(tenant):
    duo, with_c, with_b, (a, b, c) = make_duo()
    book(with_c)
    book(with_b, hours_later(1))

    assert check_offer(duo, resource_ids=(a,)) == list(range(9, 17))
    at_nine, at_ten = book(duo, resource_ids=(a,)), book(duo, hours_later(1), resource_ids=(a,))

    assert [each for each, _, _ in list_taken(at_nine.booking_id)] == [a, b]
    assert [each for each, _, _ in list_taken(at_ten.booking_id)] == [a, c]


def test_several_who_are_chosen_all_serve_and_are_remembered(tenant):
    duo, with_c, _, (_a, b, c) = make_duo()
    book(with_c, hours_later(2))

    made = book(duo, resource_ids=(b, c))

    assert [each for each, _, _ in list_taken(made.booking_id)] == [b, c]
    assert wish_of(Booking.objects.get(pk=made.booking_id)).resource_ids == (b, c)
    assert 11 not in list_offered(duo, resource_ids=(b, c), moving_booking_id=made.booking_id)
    with pytest.raises(SlotTaken):
        move(made, hours_later(2))
    move(made, hours_later(3))
    assert [each for each, _, _ in list_taken(made.booking_id)] == [b, c]


def test_more_who_are_chosen_than_places_are_never_offered(tenant):
    duo, _, _, people = make_duo()

    assert check_offer(duo, resource_ids=people) == []


def test_whoever_is_chosen_does_both_parts_where_they_can(tenant):
    color, cut, (one, two), _ = make_salon(2)

    alone = book(color, resource_ids=(two,))
    book(cut, hours_later(1), resource_ids=(two,))
    helped = book(color, hours_later(1), resource_ids=(two,))

    assert {each for each, _, _ in list_taken(alone.booking_id)} & {one, two} == {two}
    assert {each for each, _, _ in list_taken(helped.booking_id)} & {one, two} == {one, two}
