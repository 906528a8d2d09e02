"""Somebody is away: where their bookings could go, and what becomes of each when one decision is made about all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from notifications.models import Event, Message
from scheduling.enums import BookingStatus, BulkOutcome, BulkState, Preference
from scheduling.errors.bulk import BulkActBusy, BulkActNotFound, BulkActOver, NothingChosen
from scheduling.models import Booking, BulkAct, BulkRow, Location, TimeOff
from scheduling.selectors.bulk.acts import get_act, list_acts
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bulk import working
from scheduling.services.bulk.steps import undo_act
from scheduling.services.bulk.working import work_at_once, work_on, work_row
from scheduling.services.catalog.special_days.time_off import change_time_off
from scheduling.services.changes.applying import keep_in_place
from scheduling.types import TimeOffSetup
from scheduling.types.bulk import BulkPlan, BulkSaid
from tenants.errors import RetryLater
from tenants.models import DueWork
from tests.factories.billing import tell_events
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, make_service
from tests.integration.scheduling.bulk.conftest import look, take_first, tell_outcome, work
from tests.integration.scheduling.changes.conftest import book_for

HOUR = timedelta(hours=1)


def find_places(*booking_ids: int) -> list[tuple[str, int]]:
    """Return when bookings begin and who serves them."""
    rows = Booking.objects.filter(pk__in=booking_ids).order_by("pk")
    return [(f"{row.starts_at:%d %H:%M}", row.allocations.get(is_active=True).resource_id) for row in rows]


def test_another_person_at_the_same_time_is_proposed_first(olga, eva, leo, service_id, away):
    book_for("Ana", service_id, 9, resource_ids=(eva,))
    book_for("Beto", service_id, 10, resource_ids=(eva,))
    book_for("Caro", service_id, 10, resource_ids=(leo,))

    ana, beto = look(away, olga)

    assert (ana.proposals[0].starts_at, ana.proposals[0].resource_ids) == (MONDAY, (leo,))
    # Leo is busy at ten, and nobody is offered a place that another one was.
    assert (beto.proposals[0].starts_at, beto.proposals[0].resource_ids) == (MONDAY + 2 * HOUR, (leo,))
    assert not TimeOff.objects.exists()
    assert not Event.objects.filter(kind="time_off.created").exists()


def test_whom_somebody_wants_to_keep_waits_for_another_day(olga, eva, service_id, away):
    book_for("Ana", service_id, 9, resource_ids=(eva,))

    (ana,) = look(away, olga, Preference.SAME_PEOPLE)

    spot = ana.proposals[0]
    assert (spot.starts_at, spot.resource_ids, spot.is_same_people) == (MONDAY + timedelta(days=1), (eva,), True)


def test_the_same_day_alone_offers_nothing_of_another(olga, eva, service_id, away):
    book_for("Ana", service_id, 9, resource_ids=(eva,))
    alone = make_service((eva,), name="Barba")
    book_for("Beto", alone, 11)

    ana, beto = look(away, olga, Preference.SAME_DAY)

    assert {each.starts_at.date() for each in ana.proposals} == {MONDAY.date()}
    assert beto.proposals == ()


def test_of_a_visit_with_several_only_who_is_away_is_replaced(olga, eva, leo, zoe, away):
    both = make_service((eva, leo), (zoe,), name="Color")
    booking_id = book_for("Ana", both, 9, resource_ids=(eva,))

    (ana,) = look(away, olga)

    assert (ana.booking.id, ana.proposals[0].starts_at) == (booking_id, MONDAY)
    assert set(ana.proposals[0].resource_ids) == {leo, zoe}


def test_one_decision_moves_all_and_closes_their_time(olga, eva, leo, service_id, away, begin):
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for name, hour in (("Ana", 9), ("Beto", 10))]

    act_id = begin(take_first(look(away, olga)))
    work(act_id)

    assert find_places(*made) == [("12 09:00", leo), ("12 10:00", leo)]
    assert tell_outcome(act_id) == [("Ana", "done", ""), ("Beto", "done", "")]
    off = TimeOff.objects.get()
    assert (off.resource_id, off.starts_at, off.ends_at, off.reason) == (eva, away.starts_at, away.ends_at, "Gripe")
    act = list_acts(now=NOW)[0]
    assert (act.state, act.name, act.done, act.count) == (BulkState.DONE, "Eva", 2, 2)
    assert not work_row(act_id, now=NOW)


def test_whoever_has_two_bookings_is_told_in_one_message(olga, eva, service_id, away, begin):
    for hour in (9, 10):
        book_for("Ana", service_id, hour, resource_ids=(eva,))
    book_for("Beto", service_id, 11, resource_ids=(eva,))

    work(begin(take_first(look(away, olga))))

    moved = Event.objects.filter(kind="booking.rescheduled").order_by("pk")
    assert [each.payload.get("bundle_size") for each in moved] == [2, 2, None]
    assert len({each.payload.get("bundle") for each in moved}) == 2
    assert "is_silent" not in moved[0].payload


def test_what_changed_meanwhile_is_refused_by_row_and_the_rest_is_done(olga, eva, leo, service_id, away, begin):
    names = ("Ana", "Beto", "Caro", "Dani", "Eli")
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for hour, name in enumerate(names, start=9)]
    plans = take_first(look(away, olga))
    cancel_booking(booking_id=made[0], by=STAFF, reason="Llamó", now=NOW)
    Booking.objects.filter(pk=made[1]).update(sequence=7)
    book_for("Otro", service_id, 11, resource_ids=(leo,))
    cancel_booking(booking_id=made[3], by=CUSTOMER, now=NOW)

    act_id = begin(plans)
    work(act_id)

    assert tell_outcome(act_id) == [
        ("Ana", "refused", working.CANCELED),
        ("Beto", "refused", working.CHANGED),
        ("Caro", "refused", working.TAKEN),
        ("Dani", "refused", working.CANCELED_BY_CUSTOMER),
        ("Eli", "done", ""),
    ]
    assert find_places(made[4]) == [("12 13:00", leo)]


def test_a_booking_that_came_in_meanwhile_is_listed(olga, eva, service_id, away, begin):
    book_for("Ana", service_id, 9, resource_ids=(eva,))
    plans = take_first(look(away, olga))
    late = book_for("Beto", service_id, 15, resource_ids=(eva,))

    act_id = begin(plans)
    work(act_id)

    assert tell_outcome(act_id)[1] == (
        "Beto",
        "refused",
        "It was booked while you were deciding: decide about it.",
    )
    assert find_places(late) == [("12 15:00", eva)]
    assert [each.booking.id for each in look(away, olga)] == [late]


def test_asking_the_customer_leaves_the_booking_with_the_reason(olga, eva, service_id, away, begin):
    booking_id = book_for("Ana", service_id, 9, resource_ids=(eva,))

    act_id = begin([BulkPlan(booking_id, 0, BulkOutcome.KEEP)], said=BulkSaid("Eva está enferma"))
    work(act_id)

    booking = Booking.objects.get(pk=booking_id)
    assert (booking.override_kind, booking.override_reason) == ("staff", "Eva está enferma")
    assert find_places(booking_id) == [("12 09:00", eva)]


def test_a_worker_that_dies_leaves_whole_bookings_behind(clock, olga, eva, leo, service_id, away, begin, monkeypatch):
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for name, hour in (("Ana", 9), ("Beto", 10))]
    act_id = begin(take_first(look(away, olga)))
    assert DueWork.objects.filter(kind="bulk_act", row_id=act_id).count() == 1
    assert work_row(act_id, now=NOW)

    def die(**_values):
        move_booking(**_values)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(working, "move_booking", die)
        with pytest.raises(SystemExit):
            work_row(act_id, now=NOW)

    assert find_places(*made) == [("12 09:00", leo), ("12 10:00", eva)]
    work_on(act_id, NOW)
    assert find_places(*made) == [("12 09:00", leo), ("12 10:00", leo)]
    assert Event.objects.filter(kind="booking.rescheduled").count() == 2


def test_one_turn_hands_on_what_it_cannot_finish(clock, olga, eva, service_id, away, begin, monkeypatch):
    for name, hour in (("Ana", 9), ("Beto", 10)):
        book_for(name, service_id, hour, resource_ids=(eva,))
    act_id = begin(take_first(look(away, olga)))
    monkeypatch.setattr(working, "TURN_SECONDS", -1)

    with pytest.raises(RetryLater):
        work_on(act_id, NOW)

    assert sorted(BulkRow.objects.values_list("state", flat=True)) == ["done", "waiting"]
    monkeypatch.setattr(working, "AT_ONCE", 1)
    work_at_once(act_id=act_id)
    assert set(BulkRow.objects.values_list("state", flat=True)) == {"done"}


def test_undoing_gives_each_booking_its_place_again(olga, eva, service_id, away, begin):
    names = ("Ana", "Beto", "Caro")
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for hour, name in enumerate(names, start=9)]
    plans = take_first(look(away, olga))
    plans[2] = BulkPlan(made[2], 0, BulkOutcome.CANCEL)
    act_id = begin(plans, said=BulkSaid("Eva está enferma"))
    key = BulkAct.objects.get(pk=act_id).key
    with pytest.raises(BulkActBusy):
        undo_act(key=key, by=olga, now=NOW)
    work(act_id)
    assert Booking.objects.get(pk=made[2]).cancelled_reason == "Eva está enferma"
    assert get_act(key=key, now=NOW).undo_until == NOW + timedelta(days=1)
    move_booking(booking_id=made[1], starts_at=MONDAY + 5 * HOUR, by=STAFF, now=NOW)

    undo_act(key=key, by=olga, now=NOW)
    work(act_id)
    undo_act(key=key, by=olga, now=NOW)

    assert find_places(made[0]) == [("12 09:00", eva)]
    assert tell_outcome(act_id) == [("Ana", "undone", ""), ("Beto", "done", working.CHANGED), ("Caro", "undone", "")]
    assert Booking.objects.get(pk=made[2]).status == BookingStatus.CONFIRMED
    assert not TimeOff.objects.get().is_active
    assert get_act(key=key, now=NOW).state == BulkState.UNDONE


def test_undoing_leaves_what_lost_its_place(olga, eva, leo, service_id, away, begin):
    booking_id = book_for("Ana", service_id, 9, resource_ids=(eva,))
    act_id = begin(take_first(look(away, olga)))
    work(act_id)
    key = BulkAct.objects.get(pk=act_id).key
    undo_act(key=key, by=olga, now=NOW)
    book_for("Beto", service_id, 9, resource_ids=(eva,))

    work(act_id)

    assert find_places(booking_id) == [("12 09:00", leo)]
    assert tell_outcome(act_id) == [("Ana", "done", working.TAKEN)]


def test_undoing_puts_nothing_back_into_the_past(olga, eva, leo, service_id, away, begin):
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for name, hour in (("Ana", 9), ("Beto", 10))]
    day = timedelta(days=1)
    plans = [
        BulkPlan(made[0], 0, BulkOutcome.MOVE, MONDAY + day, (leo,)),
        BulkPlan(made[1], 0, BulkOutcome.CANCEL),
    ]
    act_id = begin(plans, said=BulkSaid("Eva está enferma"), now=MONDAY - HOUR)
    work(act_id, MONDAY - HOUR)

    undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=MONDAY + HOUR)
    work(act_id, MONDAY + HOUR)

    assert tell_outcome(act_id) == [("Ana", "done", working.PAST), ("Beto", "done", working.PAST)]
    assert find_places(made[0]) == [("13 09:00", leo)]
    assert Booking.objects.get(pk=made[1]).status == BookingStatus.CANCELLED


def test_undoing_leaves_an_absence_that_somebody_changed(olga, eva, away, begin):
    act_id = begin([])
    work(act_id)
    off = TimeOff.objects.get()
    setup = TimeOffSetup(resource_id=eva, starts_at=off.starts_at, ends_at=off.ends_at + timedelta(days=2))
    change_time_off(time_off_id=off.pk, setup=setup, version=None, by=olga, now=NOW)

    undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=NOW)

    off.refresh_from_db()
    assert (off.is_active, off.ends_at) == (True, away.ends_at + timedelta(days=2))


def read_kept(booking_id: int) -> tuple[str, str, int | None]:
    booking = Booking.objects.get(pk=booking_id)
    return booking.override_kind, booking.override_reason, booking.overridden_by_id


def test_undoing_says_again_why_a_booking_stands_where_it_stands(olga, eva, service_id, away, begin):
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for name, hour in (("Ana", 9), ("Beto", 10))]
    Booking.objects.filter(pk=made[0]).update(
        override_kind="staff", override_reason="Viene de lejos", overridden_by_id=77
    )
    plans = [BulkPlan(each, 0, BulkOutcome.KEEP) for each in made]
    with override("es"):
        act_id = begin(plans)
        work(act_id)
    assert read_kept(made[1])[0] == "staff"
    keep_in_place(made[1], reason="Otra razón", by=olga, now=NOW)

    undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=NOW)
    work(act_id)

    assert tell_outcome(act_id) == [("Ana", "undone", ""), ("Beto", "done", working.CHANGED)]
    assert read_kept(made[0]) == ("staff", "Viene de lejos", 77)
    assert read_kept(made[1]) == ("staff", "Otra razón", olga.user_id)


def test_undoing_locks_the_edition_before_the_decision(olga, away, begin):
    act_id = begin([])
    work(act_id)

    with CaptureQueriesContext(connection) as seen:
        undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=NOW)

    said = [each["sql"] for each in seen]
    edition = next(at for at, sql in enumerate(said) if "INSERT INTO scheduling_catalogedition" in sql)
    act = next(at for at, sql in enumerate(said) if '"scheduling_bulkact"' in sql and "FOR UPDATE" in sql)
    assert edition < act


def test_the_list_asks_as_much_for_many_as_for_one(olga, place, away, begin, django_assert_num_queries):
    work(begin([]))
    BulkAct.objects.create(kind="closure", location_id=place, created_at=NOW + HOUR)
    with django_assert_num_queries(3):
        assert len(list_acts(now=NOW)) == 2
    for number in (2, 3):
        BulkAct.objects.create(kind="closure", location_id=place, created_at=NOW + number * HOUR)

    with django_assert_num_queries(3):
        names = [each.name for each in list_acts(now=NOW)]

    assert names == [*[Location.objects.get(pk=place).name] * 3, "Eva"]


def test_after_a_day_nothing_is_undone(olga, eva, service_id, away, begin):
    book_for("Ana", service_id, 9, resource_ids=(eva,))
    act_id = begin(take_first(look(away, olga)))
    work(act_id)
    key = BulkAct.objects.get(pk=act_id).key
    late = NOW + timedelta(days=1, seconds=1)

    with pytest.raises(BulkActOver):
        undo_act(key=key, by=olga, now=late)

    assert get_act(key=key, now=late).undo_until is None
    assert TimeOff.objects.get().is_active
    with pytest.raises(BulkActNotFound):
        undo_act(key="00000000-0000-4000-8000-000000000000", by=olga, now=NOW)
    with pytest.raises(BulkActNotFound):
        get_act(key="00000000-0000-4000-8000-000000000000", now=NOW)


def test_an_absence_without_bookings_is_noted_once(olga, away, begin):
    work(begin([]))

    with pytest.raises(NothingChosen):
        begin([])

    assert TimeOff.objects.count() == 1


def test_nobody_hears_of_what_staff_tell_themselves(olga, eva, service_id, away, begin):
    book_for("Ana", service_id, 9, resource_ids=(eva,))

    work(begin(take_first(look(away, olga)), said=BulkSaid(is_told=False)))

    assert Event.objects.get(kind="booking.rescheduled").payload["is_silent"] is True


def test_two_workers_do_each_booking_once(clock, olga, eva, leo, service_id, away, begin):
    made = [book_for(name, service_id, hour, resource_ids=(eva,)) for name, hour in (("Ana", 9), ("Beto", 10))]
    act_id = begin(take_first(look(away, olga)))

    work_on(act_id, NOW)
    work_on(act_id, NOW)

    assert Event.objects.filter(kind="booking.rescheduled").count() == 2
    assert find_places(*made) == [("12 09:00", leo), ("12 10:00", leo)]
    assert not work_row(act_id + 1000, now=NOW)


def test_the_line_stands_in_the_message_of_a_move(olga, eva, service_id, away, begin):
    book_for("Ana", service_id, 9, resource_ids=(eva,))
    tell_events()

    work(begin(take_first(look(away, olga)), said=BulkSaid("Eva está enferma; te esperamos")))
    tell_events()

    told = Message.objects.get(template="booking_moved", to="ana@example.com")
    assert "Eva está enferma; te esperamos" in told.body_text
