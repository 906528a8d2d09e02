"""The last step can be taken back, once, as long as nobody took the place."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from notifications.models import Event
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import BookingStatus, RuleScope
from scheduling.errors import BookingNotFound, RequestInvalid, SlotTaken, SlotUnavailable, TransitionRefused
from scheduling.models import Allocation, Booking, Location, RuleUsage, Service, Session
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.bookings.transitions import (
    approve,
    complete_visit,
    decline,
    mark_arrived,
    mark_no_show,
    start_visit,
)
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.bookings.walk_ins import NOT_TODAY, book_walk_in, next_minute
from scheduling.types import Actor, OverrideReason, SlotRequest
from tests.factories.scheduling import (
    DETAILS,
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

ME = Actor(kind="staff", user_id=7)


def undo(made, status: str, *, now=NOW, by=ME) -> None:
    undo_step(booking_id=made.booking_id, status=BookingStatus(status), now=now, by=by)


def row(made) -> Booking:
    return Booking.objects.get(pk=made.booking_id)


def kinds(made) -> list[str]:
    events = Event.objects.filter(subject_id=made.booking_id).order_by("pk")
    return [each.kind.removeprefix("booking.") for each in events]


def at(minutes: int):
    return MONDAY + timedelta(minutes=minutes)


@pytest.fixture
def made(tenant):
    service_id, _ = make_shop()
    return book(service_id)


def test_each_step_goes_back_to_the_one_before(made):
    by = {"booking_id": made.booking_id, "by": ME}
    mark_arrived(now=at(1), **by)
    start_visit(now=at(2), **by)
    complete_visit(now=at(3), **by)
    seen = []

    for status in ("completed", "in_progress", "arrived"):
        undo(made, status, now=at(4))
        booking = row(made)
        seen.append((booking.status, booking.arrived_at, booking.started_at, booking.completed_at))

    assert seen == [
        ("in_progress", at(1), at(2), None),
        ("arrived", at(1), None, None),
        ("confirmed", None, None, None),
    ]
    assert kinds(made) == ["confirmed", "arrived", "started", "completed", "undone", "undone", "undone"]
    assert Event.objects.last().payload["undone"] == "arrived"
    assert row(made).history.first().history_user_id == ME.user_id


def test_a_visit_that_was_begun_without_arriving_goes_back_to_confirmed(made):
    start_visit(booking_id=made.booking_id, now=at(2), by=ME)

    undo(made, "in_progress")

    assert (row(made).status, row(made).arrived_at, row(made).started_at) == ("confirmed", None, None)


def test_not_come_is_taken_back_and_its_place_was_never_free(made):
    mark_no_show(booking_id=made.booking_id, now=at(10), by=ME)

    undo(made, "no_show", now=at(11))

    assert (row(made).status, row(made).is_active) == ("confirmed", True)


def test_a_double_click_takes_back_one_step(made):
    mark_arrived(booking_id=made.booking_id, now=at(1), by=ME)
    start_visit(booking_id=made.booking_id, now=at(2), by=ME)

    for _ in range(2):
        undo(made, "in_progress", now=at(3))

    assert (row(made).status, kinds(made).count("undone")) == ("arrived", 1)


def test_what_went_on_meanwhile_is_not_taken_back(made):
    mark_arrived(booking_id=made.booking_id, now=at(1), by=ME)
    start_visit(booking_id=made.booking_id, now=at(2), by=STAFF)

    with pytest.raises(TransitionRefused):
        undo(made, "arrived", now=at(3))

    assert row(made).status == "in_progress"


def test_a_step_that_was_taken_again_can_be_taken_back_again(made):
    for minute in (1, 5):
        mark_arrived(booking_id=made.booking_id, now=at(minute), by=ME)
        undo(made, "arrived", now=at(minute + 1))

    assert (row(made).status, kinds(made).count("undone")) == ("confirmed", 2)


def test_a_cancelled_booking_takes_its_place_again(made):
    before = get_booking(booking_id=made.booking_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")

    for _ in range(2):
        undo(made, "cancelled")

    after = get_booking(booking_id=made.booking_id)
    assert (after.status, after.starts_at, after.ends_at) == ("confirmed", before.starts_at, before.ends_at)
    assert (after.resources, after.cancelled_at, after.cancelled_by, after.cancelled_reason) == (
        before.resources,
        None,
        "",
        "",
    )
    assert after.sequence == before.sequence + 2
    assert kinds(made) == ["confirmed", "cancelled", "restored"]
    assert Allocation.objects.filter(booking_id=made.booking_id).count() == 1
    with pytest.raises(SlotTaken):
        book(after.service_id)


@pytest.mark.parametrize("minutes", [30, 90])
def test_a_cancelled_booking_lasts_as_long_as_it_did(made, minutes):
    """Its service was edited since: what is taken back changes nothing, and nobody is told of another end."""
    Service.objects.update(duration_minutes=minutes)
    cancel_booking(booking_id=made.booking_id, reason="Error", now=NOW, by=ME)
    undo(made, "cancelled")

    assert row(made).ends_at == at(60)
    assert list(Allocation.objects.filter(is_active=True).values_list("starts_at", "ends_at")) == [(MONDAY, at(60))]


def test_a_place_that_somebody_took_is_not_given_back(made):
    service_id = row(made).service_id
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id)

    with pytest.raises(SlotTaken):
        undo(made, "cancelled")

    assert (row(made).status, row(made).is_active) == ("cancelled", False)


def test_nobody_else_takes_the_visit_over(tenant):
    service_id, people = make_shop(2)
    made = book(service_id, resource_ids=(people[0],))
    Booking.objects.filter(pk=made.booking_id).update(chosen_resource=None)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id, resource_ids=(people[0],))

    with pytest.raises(SlotTaken):
        undo(made, "cancelled")

    assert row(made).status == "cancelled"


def test_who_does_not_do_it_any_more_does_not_get_it_back(tenant):
    place = make_place()
    first, second = make_resource(place), make_resource(place)
    service_id = make_service((first, second))
    made = book(service_id, resource_ids=(first,))
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    Booking.objects.filter(pk=made.booking_id).update(chosen_resource=None)
    Service.objects.get(pk=service_id).requirements.get().named.filter(resource_id=first).delete()

    with pytest.raises(SlotTaken):
        undo(made, "cancelled")


def test_a_visit_that_should_have_begun_is_restored_all_the_same(made):
    mark_arrived(booking_id=made.booking_id, now=at(-5), by=ME)
    cancel_booking(booking_id=made.booking_id, now=at(5), by=ME, reason="Error")

    undo(made, "cancelled", now=at(6))

    assert (row(made).status, row(made).arrived_at) == ("arrived", at(-5))


def test_what_was_booked_over_the_rules_is_restored_over_them(tenant):
    service_id, _ = make_shop()
    book(service_id)
    request = SlotRequest(make_wish(service_id), MONDAY)
    forced = book_slot(
        request=request, details=DETAILS, now=NOW, source="workspace", by=ME, override=OverrideReason("Urgente", 7)
    )
    cancel_booking(booking_id=forced.booking_id, now=NOW, by=ME, reason="Error")

    undo(forced, "cancelled")

    assert (row(forced).status, row(forced).override_reason) == ("confirmed", "Urgente")
    assert Allocation.objects.filter(booking_id=forced.booking_id, is_override=True, is_active=True).count() == 1


def imported(people: list[int], service_id: int) -> SimpleNamespace:
    booking_id = import_booking(service_id=service_id, starts_at=MONDAY, resource_ids=tuple(people), now=NOW)
    return SimpleNamespace(booking_id=booking_id)


def test_an_imported_booking_goes_back_to_its_free_place_only(tenant):
    service_id, people = make_shop()
    made = imported(people, service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    undo(made, "cancelled")
    restored = row(made)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id)

    with pytest.raises(SlotTaken):
        undo(made, "cancelled")

    assert (restored.status, restored.override_kind) == ("confirmed", "import")
    assert (row(made).status, row(made).is_active) == ("cancelled", False)
    assert Booking.objects.filter(is_active=True).count() == Allocation.objects.filter(is_active=True).count() == 1


def test_who_was_moved_to_an_overridden_place_meanwhile_keeps_it(tenant):
    service_id, people = make_shop()
    other = book(service_id, hours_later(3))
    made = imported(people, service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    move_booking(booking_id=other.booking_id, starts_at=MONDAY, now=NOW, by=ME)

    with pytest.raises(SlotTaken):
        undo(made, "cancelled")

    assert list(Booking.objects.filter(is_active=True).values_list("pk", flat=True)) == [other.booking_id]


def test_an_imported_seat_does_not_push_anybody_out_of_a_full_group(tenant):
    service_id, people = make_shop(seats=1)
    made = imported(people, service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id)

    with pytest.raises(SlotTaken):
        undo(made, "cancelled")

    assert Session.objects.get(is_active=True).seats_taken == 1


def test_a_full_rule_is_passed_over_by_what_lay_over_it(tenant):
    service_id, people = make_shop()
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 1, Measure.BOOKINGS)
    made = imported(people, service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id, hours_later(2))

    undo(made, "cancelled")

    assert (row(made).status, RuleUsage.objects.get().used) == ("confirmed", 2)


def test_counters_follow(tenant):
    service_id, _ = make_shop(2)
    rule = make_rule(RuleScope.TENANT, RulePeriod.DAY, 1, Measure.BOOKINGS)
    made = book(service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    freed = RuleUsage.objects.get(rule_id=rule).used

    undo(made, "cancelled")

    assert (freed, RuleUsage.objects.get(rule_id=rule).used) == (0, 1)


def test_a_full_rule_keeps_a_cancelled_booking_out(tenant):
    service_id, _ = make_shop(2)
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 1, Measure.BOOKINGS)
    made = book(service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id, hours_later(2))

    with pytest.raises((SlotTaken, SlotUnavailable)):
        undo(made, "cancelled")

    assert row(made).status == "cancelled"


def test_a_seat_in_a_group_is_taken_again(tenant):
    service_id, _ = make_shop(seats=2)
    one, other = book(service_id), book(service_id)
    cancel_booking(booking_id=one.booking_id, now=NOW, by=ME, reason="Error")

    undo(one, "cancelled")

    assert Session.objects.get(is_active=True).seats_taken == 2
    assert row(one).session_id == row(other).session_id


def test_the_last_of_a_group_opens_it_again(tenant):
    service_id, _ = make_shop(seats=2)
    one = book(service_id)
    cancel_booking(booking_id=one.booking_id, now=NOW, by=ME, reason="Error")

    undo(one, "cancelled")

    assert Session.objects.get(is_active=True).seats_taken == 1
    assert Allocation.objects.filter(is_active=True).count() == 1


def test_a_full_group_has_no_seat_left(tenant):
    service_id, _ = make_shop(seats=1)
    one = book(service_id)
    cancel_booking(booking_id=one.booking_id, now=NOW, by=ME, reason="Error")
    book(service_id)

    with pytest.raises(SlotTaken):
        undo(one, "cancelled")


def test_a_declined_request_waits_again_with_a_deadline(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id)
    decline(booking_id=made.booking_id, now=NOW, by=ME, reason="No")

    undo(made, "declined", now=NOW + timedelta(minutes=1))

    booking = row(made)
    assert (booking.status, booking.is_active) == ("pending_approval", True)
    assert booking.hold_expires_at is not None
    approve(booking_id=made.booking_id, now=NOW + timedelta(minutes=2), by=ME)
    assert row(made).status == "confirmed"


@pytest.mark.parametrize("status", ["confirmed", "pending_approval", "expired", "held", "completed"])
def test_what_cannot_be_taken_back_is_refused(made, status):
    with pytest.raises(TransitionRefused):
        undo(made, status)

    assert (row(made).status, kinds(made)) == ("confirmed", ["confirmed"])


def test_a_request_that_waits_for_money_is_not_restored(tenant):
    service_id, _ = make_shop(deposit_kind="fixed", deposit_minor=1000)
    made = book(service_id)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=ME, reason="Error")

    with pytest.raises(TransitionRefused):
        undo(made, "cancelled")


def test_a_booking_that_was_moved_after_an_undo_has_nothing_to_take_back(made):
    mark_arrived(booking_id=made.booking_id, now=NOW, by=ME)
    undo(made, "arrived")
    move_booking(booking_id=made.booking_id, starts_at=hours_later(2), now=NOW, by=ME)

    undo(made, "arrived")

    assert (row(made).status, kinds(made).count("undone")) == ("confirmed", 1)


def test_an_unknown_booking_has_no_step(tenant):
    with pytest.raises(BookingNotFound):
        undo_step(booking_id=999_999, status=BookingStatus.ARRIVED, now=NOW, by=ME)


def test_a_walk_in_begins_with_the_next_whole_minute_and_has_arrived(tenant):
    service_id, people = make_shop(2, minimum_notice_minutes=120)
    now = MONDAY + timedelta(minutes=7, seconds=20)
    bare = DETAILS.__class__(customer=DETAILS.customer.__class__("Paco", None, None, "es"))

    first, second = (book_walk_in(wish=make_wish(service_id), details=bare, now=now, by=ME) for _ in range(2))

    bookings = [get_booking(booking_id=each.booking_id) for each in (first, second)]
    assert {each.starts_at for each in bookings} == {MONDAY + timedelta(minutes=8)}
    assert {each.status for each in bookings} == {"arrived"}
    assert {each.resources[0].resource_id for each in bookings} == set(people)
    with pytest.raises(SlotTaken):
        book_walk_in(wish=make_wish(service_id), details=bare, now=now, by=ME)
    assert Booking.objects.count() == 2


def test_a_walk_in_who_waits_is_here_before_the_visit(tenant):
    service_id, _ = make_shop()

    made = book_walk_in(
        wish=make_wish(service_id), details=DETAILS, now=MONDAY, by=ME, starts_at=MONDAY + timedelta(minutes=25)
    )

    assert (row(made).status, row(made).starts_at, row(made).arrived_at) == (
        "arrived",
        MONDAY + timedelta(minutes=25),
        MONDAY,
    )


@pytest.mark.parametrize("days", [-1, 1, 7])
def test_a_walk_in_of_another_day_is_refused_in_words(tenant, days):
    service_id, _ = make_shop()
    wish, starts_at = make_wish(service_id), MONDAY + timedelta(days=days)
    override = OverrideReason("Urgente", 7)

    with pytest.raises(RequestInvalid) as refusal:
        book_walk_in(wish=wish, details=DETAILS, now=MONDAY, by=ME, starts_at=starts_at, override=override)

    assert (refusal.value.errors, Booking.objects.count()) == ({"starts_at": (NOT_TODAY,)}, 0)


@pytest.mark.parametrize("is_typed", [True, False])
def test_a_walk_in_of_the_last_minute_is_seen_in_the_next(tenant, is_typed):
    service_id, _ = make_shop()
    timezone = ZoneInfo(Location.objects.latest("pk").timezone)
    midnight = (MONDAY + timedelta(days=1)).astimezone(timezone).replace(hour=0, minute=0)
    now, override = midnight - timedelta(seconds=20), OverrideReason("Urgente", 7)

    made = book_walk_in(
        wish=make_wish(service_id),
        details=DETAILS,
        now=now,
        by=ME,
        starts_at=next_minute(now) if is_typed else None,
        override=override,
    )

    assert (row(made).starts_at, row(made).status) == (midnight, "arrived")


def test_a_whole_minute_is_the_next_one():
    assert next_minute(MONDAY) == MONDAY
    assert next_minute(MONDAY + timedelta(microseconds=1)) == MONDAY + timedelta(minutes=1)
