"""Staff makes a visit longer or shorter: it keeps that length, its people and its price."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.errors import RequestInvalid, SlotTaken, TransitionRefused
from scheduling.models import Allocation, Booking, BookingLine, Requirement, RequirementResource
from scheduling.selectors.availability.lengths import GROUP, PARTS_OUTLAST, TOO_LONG, TOO_SHORT
from scheduling.selectors.availability.obstacles import find_obstacles
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import complete_visit, mark_arrived, start_visit
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.types import CUSTOMER, Actor, RequirementSetup, SlotRequest, VisitChange
from tests.factories.scheduling import (
    MONDAY,
    NOW,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_shop,
)

ME = Actor(kind="staff", user_id=7)


def row(made) -> Booking:
    return Booking.objects.get(pk=made.booking_id)


def minutes_of(made) -> int:
    found = row(made)
    return int((found.ends_at - found.starts_at).total_seconds()) // 60


def taken_by(made) -> list[tuple[int, int]]:
    found = Allocation.objects.filter(booking_id=made.booking_id, is_active=True).order_by("resource_id")
    return [(each.resource_id, int((each.ends_at - each.starts_at).total_seconds()) // 60) for each in found]


def parts_of(made) -> list[tuple[int, int, int, int]]:
    """Return (part, who, from, to) with minutes from the start of the visit."""
    start = row(made).starts_at
    found = Allocation.objects.filter(booking_id=made.booking_id, is_active=True).order_by("part_index")
    spans = [[(at - start).seconds // 60 for at in (each.starts_at, each.ends_at)] for each in found]
    return [(each.part_index, each.resource_id, *span) for each, span in zip(found, spans, strict=True)]


def resize(made, minutes, **values) -> int:
    values.setdefault("starts_at", row(made).starts_at)
    move_booking(booking_id=made.booking_id, length_minutes=minutes, **{"now": NOW, "by": ME, **values})
    return row(made).sequence


def test_a_longer_visit_takes_its_people_longer_and_stays_theirs(tenant):
    service_id, people = make_shop(2)
    made = book(service_id)
    before, (who, usual) = row(made), taken_by(made)[0]

    resize(made, usual + 30)

    after = row(made)
    assert (minutes_of(made), taken_by(made)) == (usual + 30, [(who, usual + 30)])
    assert (after.price_minor, after.chosen_resource_id, after.length_minutes, after.sequence) == (
        before.price_minor,
        None,
        usual + 30,
        before.sequence + 1,
    )
    assert who in people


def test_it_keeps_its_length_where_it_is_moved_and_forgets_it_with_its_services(tenant):
    service_id, people = make_shop(1)
    other_id = make_service(tuple(people), duration_minutes=20)
    made = book(service_id)
    resize(made, 100)

    move_booking(booking_id=made.booking_id, starts_at=hours_later(3), now=NOW, by=ME)
    moved = minutes_of(made)
    change_visit(booking_id=made.booking_id, change=VisitChange(service_ids=(other_id,)), now=NOW, by=ME)

    assert (moved, minutes_of(made), row(made).length_minutes) == (100, 20, None)


def test_undo_gives_the_old_length_back(tenant):
    service_id, _ = make_shop(1)
    made = book(service_id)
    before = (minutes_of(made), taken_by(made), row(made).length_minutes)
    first = resize(made, 45)
    shorter = minutes_of(made)

    undo_move(booking_id=made.booking_id, sequence=first, now=NOW, by=ME)

    assert (shorter, (minutes_of(made), taken_by(made), row(made).length_minutes)) == (45, before)


def test_who_comes_next_is_in_the_way(tenant):
    service_id, _ = make_shop(1)
    made, _next = book(service_id), book(service_id, starts_at=hours_later(1))
    before = (taken_by(made), row(made).sequence)

    with pytest.raises(SlotTaken):
        resize(made, 75)

    assert (taken_by(made), row(made).sequence) == before


@pytest.mark.parametrize(
    ("minutes", "why"), [(0, TOO_SHORT), (-15, TOO_SHORT), (4, TOO_SHORT), (14 * 24 * 60 + 1, TOO_LONG)]
)
def test_what_no_visit_lasts_is_refused(tenant, minutes, why):
    service_id, _ = make_shop(1)
    made = book(service_id)
    before = taken_by(made)

    with pytest.raises(RequestInvalid) as caught:
        resize(made, minutes)

    assert (caught.value.errors, taken_by(made)) == ({"length": (why,)}, before)


def test_a_part_that_would_outlast_it_is_named(tenant):
    service_id, _ = make_shop(1)
    Requirement.objects.update(duration_minutes=40)
    made = book(service_id)

    with pytest.raises(RequestInvalid) as caught:
        resize(made, 30)

    assert caught.value.errors == {"length": (PARTS_OUTLAST,)}


def test_a_group_has_one_length(tenant):
    teacher = make_resource(make_place(), "Ana")
    made = book(make_service((teacher,), seats=4))

    with pytest.raises(RequestInvalid) as caught:
        resize(made, 90)

    assert caught.value.errors == {"length": (GROUP,)}


def test_a_visit_that_has_begun_takes_longer_until_it_is_over(tenant):
    service_id, _ = make_shop(1)
    made = book(service_id)
    later = MONDAY + timedelta(minutes=50)
    mark_arrived(booking_id=made.booking_id, now=MONDAY, by=ME)
    start_visit(booking_id=made.booking_id, now=MONDAY, by=ME)

    sequence = resize(made, 90, now=later)
    longer = minutes_of(made)
    undo_move(booking_id=made.booking_id, sequence=sequence, now=later, by=ME)
    again = minutes_of(made)
    with pytest.raises(TransitionRefused):
        resize(made, 90, now=later, starts_at=hours_later(1))
    complete_visit(booking_id=made.booking_id, now=later, by=ME)
    with pytest.raises(TransitionRefused):
        resize(made, 90, now=later)

    assert (longer, again) == (90, 60)


def test_the_end_alone_keeps_who_said_that_they_come(tenant):
    service_id, _ = make_shop(1)
    made = book(service_id)
    confirm_attendance(token=made.manage_token, now=NOW)

    resize(made, 75)
    is_kept = row(made).attendance_confirmed_at is not None
    resize(made, 90, starts_at=hours_later(2))

    assert (is_kept, row(made).attendance_confirmed_at, minutes_of(made)) == (True, None, 90)


def test_a_customer_changes_no_length_of_what_has_begun(tenant):
    service_id, _ = make_shop(1)
    made = book(service_id)
    mark_arrived(booking_id=made.booking_id, now=MONDAY, by=ME)

    with pytest.raises(TransitionRefused):
        resize(made, 90, by=CUSTOMER)

    assert minutes_of(made) == 60


def test_a_canceled_visit_is_no_shorter(tenant):
    service_id, _ = make_shop(1)
    made = book(service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="x")

    with pytest.raises(TransitionRefused):
        resize(made, 30)


def test_the_last_service_of_several_takes_the_difference(tenant):
    worker = make_resource(make_place(), "Ana")
    first, second = (make_service((worker,), duration_minutes=30) for _ in range(2))
    made = book(first)
    change_visit(booking_id=made.booking_id, change=VisitChange(service_ids=(first, second)), now=NOW, by=ME)

    resize(made, 90)

    lines = BookingLine.objects.filter(booking_id=made.booking_id).order_by("position")
    assert (minutes_of(made), [each.duration_minutes for each in lines]) == (90, [30, 60])


def book_in_turns():
    """Luis begins a visit and Ana ends it, and each could do both; return (booking, Ana, Luis)."""
    place = make_place()
    ana, luis = (make_resource(place, name) for name in ("Ana", "Luis"))
    parts = (
        RequirementSetup(resource_ids=(ana, luis), duration_minutes=20),
        RequirementSetup(resource_ids=(ana, luis), starts_after_minutes=30),
    )
    service_id = make_service(requirements=parts)
    busy = book(make_service((ana,), duration_minutes=20), resource_ids=(ana,))
    made = book(service_id, resource_ids=(luis, ana))
    cancel_booking(booking_id=busy.booking_id, now=NOW, by=ME, reason="Enfermo")
    return made, ana, luis


def test_whoever_begins_and_whoever_ends_a_visit_do_so_when_it_is_longer(tenant):
    made, ana, luis = book_in_turns()
    before = parts_of(made)

    resize(made, 90)

    assert before == [(0, luis, 0, 20), (1, ana, 30, 60)]
    assert parts_of(made) == [(0, luis, 0, 20), (1, ana, 30, 90)]


def test_nobody_is_swapped_where_who_ends_it_has_something_else(tenant):
    made, ana, luis = book_in_turns()
    book(make_service((ana,), duration_minutes=20), hours_later(1), resource_ids=(ana,))
    before = parts_of(made)
    wish = replace(wish_of(row(made)), length_minutes=90, resource_ids=(luis, ana))

    found = find_obstacles(
        request=SlotRequest(wish, MONDAY), now=NOW, moving_booking_id=made.booking_id, is_length_new=True
    )
    with pytest.raises(SlotTaken):
        resize(made, 90)

    assert [each.reason.resource_name for each in found if each.taken] == ["Ana"]
    assert parts_of(made) == before


def test_whoever_does_not_serve_that_part_any_more_is_not_swapped(tenant):
    place = make_place()
    ana, luis = (make_resource(place, name) for name in ("Ana", "Luis"))
    service_id = make_service((ana, luis))
    made = book(service_id, resource_ids=(ana,))
    Booking.objects.update(chosen_resource_id=None)
    RequirementResource.objects.filter(resource_id=ana).delete()
    before = parts_of(made)

    with pytest.raises(SlotTaken):
        resize(made, 90)

    assert parts_of(made) == before
