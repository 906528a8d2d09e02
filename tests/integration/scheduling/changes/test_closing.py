"""Closing a day: every booking of it is listed, and becomes what was decided, or nothing is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Event
from scheduling.enums import BookingStatus, MisfitKind, Outcome
from scheduling.errors import BookingsInTheWay
from scheduling.models import Allocation, Booking, DateOverride
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.catalog.hours import change_resource_week
from scheduling.services.changes.applying import Words
from scheduling.types import Decision, Misfit, SlotRequest, WeekSetup
from tests.factories.scheduling import MONDAY, NOW, make_service, make_wish
from tests.integration.scheduling.changes.conftest import book_for, close, move_to_first, review, save

TWELVE = [(name, hour) for hour in range(9, 15) for name in ("Ana", "Beto")]


@pytest.fixture
def service_id(eva, leo) -> int:
    return make_service((eva, leo))


@pytest.fixture
def twelve(service_id) -> list[int]:
    return [book_for(f"{name}{hour} Ruiz", service_id, hour) for name, hour in TWELVE]


def test_what_touches_nobody_is_saved_at_once(olga, place, service_id):
    applied = save(close(place, olga), olga, {})

    assert DateOverride.objects.get(pk=applied.result).on == MONDAY.date()
    assert (applied.moved, applied.kept, applied.cancelled) == ((), (), ())


def test_every_booking_of_the_day_is_listed_with_its_reason_and_nothing_is_written(olga, place, twelve):
    touched = review(close(place, olga), olga)

    assert [each.booking.id for each in touched] == twelve
    assert {each.misfits for each in touched} == {
        (Misfit(MisfitKind.HOURS, "Eva"),),
        (Misfit(MisfitKind.HOURS, "Leo"),),
    }
    assert {each.outcomes for each in touched} == {tuple(Outcome)}
    assert not DateOverride.objects.exists()


def test_twelve_are_moved_in_one_go_and_no_two_to_the_same_place(olga, place, twelve):
    touched = review(close(place, olga), olga)
    first = [(each.proposals[0].starts_at, each.proposals[0].resource_ids) for each in touched]
    assert len(set(first)) == len(first)
    assert all(each.proposals[0].is_same_people for each in touched)

    applied = save(close(place, olga), olga, move_to_first(touched))

    assert [each.id for each in applied.moved] == twelve
    moved = [get_booking(booking_id=booking_id) for booking_id in twelve]
    assert [(each.starts_at, tuple(taken.resource_id for taken in each.resources)) for each in moved] == first
    assert {each.starts_at.date() for each in moved}.isdisjoint({MONDAY.date()})
    assert DateOverride.objects.get(pk=applied.result).periods == []
    assert Event.objects.filter(kind="booking.rescheduled").count() == 12


def test_nearest_time_keeps_the_hour_of_the_day(olga, place, service_id):
    booking_id = book_for("Ana", service_id, 11)

    (touched,) = review(close(place, olga), olga)

    assert touched.booking.id == booking_id
    assert touched.proposals[0].starts_at == MONDAY + timedelta(days=1, hours=2)


def test_each_booking_becomes_what_was_decided(olga, place, service_id):
    kept, moved, cancelled = (book_for(name, service_id, hour) for name, hour in (("A", 9), ("B", 10), ("C", 11)))
    touched = {each.booking.id: each for each in review(close(place, olga), olga)}
    place_of = touched[moved].proposals[0]
    decisions = {
        kept: Decision(Outcome.KEEP),
        moved: Decision(Outcome.MOVE, place_of.starts_at, place_of.resource_ids),
        cancelled: Decision(Outcome.CANCEL),
    }

    applied = save(close(place, olga), olga, decisions, Words("Cerrar el lunes", "Lo sentimos, cerramos."))

    assert [[each.id for each in some] for some in (applied.kept, applied.moved, applied.cancelled)] == [
        [kept],
        [moved],
        [cancelled],
    ]
    rows = {row.pk: row for row in Booking.objects.all()}
    assert (
        rows[kept].override_kind,
        rows[kept].override_reason,
        rows[kept].overridden_by_id,
        rows[kept].starts_at,
    ) == (
        "staff",
        "Cerrar el lunes",
        olga.user_id,
        MONDAY,
    )
    assert rows[kept].history.order_by("-history_id").first().history_change_reason == "Cerrar el lunes"
    assert rows[moved].starts_at == place_of.starts_at
    assert (rows[cancelled].status, rows[cancelled].cancelled_reason) == ("cancelled", "Lo sentimos, cerramos.")
    assert list(Event.objects.order_by("pk").values_list("kind", "subject_id"))[-3:] == [
        ("booking.kept", kept),
        ("booking.cancelled", cancelled),
        ("booking.rescheduled", moved),
    ]


def test_without_a_message_the_change_itself_is_the_reason(olga, place, service_id):
    booking_id = book_for("Ana", service_id)

    save(close(place, olga), olga, {booking_id: Decision(Outcome.CANCEL)})

    assert Booking.objects.get().cancelled_reason == "Cerrar Centro el lunes 12 de enero"


def test_what_was_kept_is_not_listed_again_by_the_next_change(olga, place, eva, service_id):
    booking_id = book_for("Ana", service_id)
    save(close(place, olga), olga, {booking_id: Decision(Outcome.KEEP)})
    override = DateOverride.objects.get()

    applied = save(
        lambda: change_resource_week(resource_id=eva, week=WeekSetup(), version=None, by=olga, now=NOW), olga, {}
    )

    assert (applied.kept, DateOverride.objects.get()) == ((), override)
    assert Allocation.objects.get(is_active=True).is_override is False


@pytest.mark.parametrize("missing", [None, Decision(Outcome.MOVE)])
def test_as_long_as_one_is_undecided_nothing_is_written(olga, place, service_id, missing):
    first, second = (book_for(name, service_id, hour) for name, hour in (("A", 9), ("B", 10)))
    decisions = {first: Decision(Outcome.CANCEL)} | ({} if missing is None else {second: missing})

    touched = review(close(place, olga), olga, decisions)

    assert [each.booking.id for each in touched] == [first, second]
    assert not DateOverride.objects.exists()
    assert set(Booking.objects.values_list("status", flat=True)) == {"confirmed"}


def test_a_booking_that_came_meanwhile_is_handed_back_with_the_others(olga, place, twelve, service_id):
    decisions = move_to_first(review(close(place, olga), olga))
    new = book_for("Nueva", service_id, 15)

    touched = review(close(place, olga), olga, decisions)

    assert [each.booking.id for each in touched] == [*twelve, new]
    assert not any(each.is_refused for each in touched)
    assert all(move_to_first((each,)) == {each.booking.id: decisions[each.booking.id]} for each in touched[:-1])
    assert touched[-1].proposals[0] not in [each.proposals[0] for each in touched[:-1]]
    assert not DateOverride.objects.exists()


def test_a_place_that_was_taken_meanwhile_is_told_and_another_one_proposed(olga, place, twelve, service_id):
    decisions = move_to_first(review(close(place, olga), olga))
    wanted = decisions[twelve[0]]
    hour = (wanted.starts_at - MONDAY).total_seconds() / 3600 + 9
    for number in range(2):
        book_for(f"Otra{number}", service_id, hour)

    touched = review(close(place, olga), olga, decisions)

    refused = [each for each in touched if each.is_refused]
    assert twelve[0] in [each.booking.id for each in refused]
    assert all(each.proposals[0].starts_at != wanted.starts_at for each in refused)
    assert not DateOverride.objects.exists()
    assert set(Booking.objects.filter(pk__in=twelve).values_list("starts_at__date", flat=True)) == {MONDAY.date()}
    again = save(close(place, olga), olga, decisions | move_to_first(tuple(refused)))
    assert len(again.moved) == 12


def test_a_booking_that_was_canceled_meanwhile_is_left_aside(olga, place, service_id):
    booking_id = book_for("Ana", service_id)
    decisions = move_to_first(review(close(place, olga), olga))
    cancel_booking(booking_id=booking_id, reason="No viene", by=olga, now=NOW)

    applied = save(close(place, olga), olga, decisions)

    assert applied.moved == ()
    assert Booking.objects.get().cancelled_reason == "No viene"


def test_time_that_somebody_only_keeps_is_given_up(olga, place, service_id):
    held = hold_slot(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW, source="page")

    applied = save(close(place, olga), olga, {})

    booking = Booking.objects.get(pk=held.id)
    assert (booking.status, booking.is_active) == (BookingStatus.EXPIRED, False)
    assert not Allocation.objects.filter(is_active=True).exists()
    assert (applied.moved, applied.kept, applied.cancelled) == ((), (), ())


def test_whoever_does_not_review_is_refused_as_before(olga, place, twelve):
    with pytest.raises(BookingsInTheWay) as refusal:
        close(place, olga)()

    assert refusal.value.count == 12


def test_a_group_moves_together_as_long_as_there_are_seats(olga, place, eva):
    service_id = make_service((eva,), seats=3)
    three = [book_for(name, service_id) for name in ("Ana", "Beto", "Caro")]

    touched = review(close(place, olga), olga)
    save(close(place, olga), olga, move_to_first(touched))

    moved = Booking.objects.filter(pk__in=three)
    assert set(moved.values_list("starts_at", flat=True)) == {MONDAY + timedelta(days=1)}
    assert len(set(moved.values_list("session_id", flat=True))) == 1
    assert moved[0].session.seats_taken == 3


@pytest.mark.parametrize("count", [1, 12])
def test_listing_asks_as_often_for_twelve_as_for_one(
    olga, place, eva, leo, service_id, django_assert_num_queries, count
):
    for name, hour in TWELVE[:count]:
        book_for(f"{name}{hour}", service_id, hour)
    change = close(place, olga)
    review(change, olga)

    with django_assert_num_queries(43):
        review(change, olga)
