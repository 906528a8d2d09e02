"""Countries change their clocks: what was agreed for nine o'clock stays at nine o'clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from icalendar import Calendar

from devtools.scratch.overbooking import list_overbooked
from notifications.models import Event, Message
from scheduling.engine import RulePeriod
from scheduling.enums import RuleScope
from scheduling.models import Allocation, Booking, Reminder, RuleUsage, Session, TimeOff
from scheduling.selectors.bookings.drifts import list_drifts
from scheduling.selectors.bookings.history import list_history
from scheduling.services.bookings import zones
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve
from scheduling.services.bookings.zones import Outcome, follow_zone_changes
from scheduling.services.catalog.special_days.time_off import change_time_off, create_time_off
from scheduling.types import SlotRequest, TimeOffSetup
from tenants.jobs import call_outside
from tests.factories.scheduling import (
    CUSTOMER,
    STAFF,
    book,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_wish,
)
from tests.fakes.zone_data import MEXICO_2022E, PARAGUAY_2024B, zone_data
from tests.integration.scheduling.messages.conftest import handle_events

NOW = datetime(2022, 10, 20, 15, tzinfo=UTC)
MEXICO = "America/Mexico_City"
NINE_BEFORE, NINE_AFTER = (datetime(2023, 4, 10, hour, tzinfo=UTC) for hour in (14, 15))
"""Nine in Mexico City on 10 April 2023: with the summer time of 2022e, and without."""
HOUR = timedelta(hours=1)


def make_mexican_shop(**values):
    person = make_resource(make_place(MEXICO))
    return make_service((person,), **{"booking_window_days": None} | values), person


def follow(now=NOW, *, is_dry_run=False):
    return [
        (drift.booking_id, outcome) for drift, outcome in follow_zone_changes(now=now, is_dry_run=is_dry_run).outcomes
    ]


def times_of(booking_id):
    booking = Booking.objects.get(pk=booking_id)
    taken = list(Allocation.objects.filter(booking=booking, is_active=True).values_list("starts_at", "ends_at"))
    return (booking.starts_at, booking.ends_at, booking.sequence, taken)


@pytest.fixture
def agreed(tenant, tmp_path):
    """A booking of 9:00 in Mexico City, made while the data said that there is a summer time."""
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, _ = make_mexican_shop()
        made = book(service_id, NINE_BEFORE, now=NOW)
    return made.booking_id


def test_booking_stays_at_nine_when_mexico_ends_its_summer_time(agreed):
    assert times_of(agreed) == (NINE_BEFORE, NINE_BEFORE + HOUR, 0, [(NINE_BEFORE, NINE_BEFORE + HOUR)])

    assert follow() == [(agreed, Outcome.MOVED)]

    assert times_of(agreed) == (NINE_AFTER, NINE_AFTER + HOUR, 1, [(NINE_AFTER, NINE_AFTER + HOUR)])
    assert Booking.history.filter(id=agreed).latest("history_id").starts_at == NINE_AFTER
    assert Booking.objects.get(pk=agreed).override_kind == ""


def test_booking_in_winter_is_left_alone(tenant, tmp_path):
    winter = datetime(2023, 1, 10, 15, tzinfo=UTC)
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, _ = make_mexican_shop()
        made = book(service_id, winter, now=NOW)

    assert follow() == []
    assert times_of(made.booking_id)[2] == 0


def test_booking_stays_at_nine_when_paraguay_ends_its_winter_time(tenant, tmp_path):
    before, after = (datetime(2025, 6, 10, hour, tzinfo=UTC) for hour in (13, 12))
    with zone_data(tmp_path, PARAGUAY_2024B):
        service_id = make_service((make_resource(make_place("America/Asuncion")),), booking_window_days=None)
        made = book(service_id, before, now=datetime(2024, 9, 1, tzinfo=UTC))

    assert follow(datetime(2024, 10, 20, tzinfo=UTC)) == [(made.booking_id, Outcome.MOVED)]

    assert times_of(made.booking_id)[:2] == (after, after + HOUR)


def test_following_again_changes_nothing(agreed):
    follow()
    before = times_of(agreed), Event.objects.count()

    assert follow() == []
    assert (times_of(agreed), Event.objects.count()) == before


def test_dry_run_lists_and_writes_nothing(agreed):
    before = times_of(agreed), Event.objects.count()

    assert follow(is_dry_run=True) == [(agreed, Outcome.LISTED)]
    assert (times_of(agreed), Event.objects.count()) == before


def test_neighbors_make_way_for_each_other(tenant, tmp_path):
    """A full day moves by an hour, whichever way: no booking is in the way of the next."""
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, _ = make_mexican_shop()
        made = [book(service_id, NINE_BEFORE + hour * HOUR, now=NOW).booking_id for hour in range(8)]

    assert follow() == [(booking_id, Outcome.MOVED) for booking_id in reversed(made)]
    assert [times_of(booking_id)[0] for booking_id in made] == [NINE_AFTER + hour * HOUR for hour in range(8)]

    Booking.objects.update(agreed_timezone="America/Bogota")  # which has its clock an hour ahead

    assert follow() == [(booking_id, Outcome.MOVED) for booking_id in made]
    assert [times_of(booking_id)[0] for booking_id in made] == [NINE_BEFORE + hour * HOUR for hour in range(8)]
    assert list_overbooked(now=NOW) == []


def test_what_is_taken_at_the_agreed_hour_is_told_once(agreed):
    """The person was booked from elsewhere at that instant: the agreed booking lies over it, and is seen."""
    service_id = Booking.objects.get(pk=agreed).service_id
    other = book(service_id, NINE_AFTER, now=NOW).booking_id

    assert follow() == [(agreed, Outcome.CLASHING)]
    assert follow() == []
    handle_events(NOW)
    handle_events(NOW)

    moved = Booking.objects.get(pk=agreed)
    assert (moved.starts_at, moved.override_kind, moved.override_reason) == (NINE_AFTER, "clock", "")
    assert list(moved.allocations.filter(is_active=True).values_list("is_override", flat=True)) == [True]
    assert times_of(other)[0] == NINE_AFTER
    told = Message.objects.filter(template="business_clock_clash")
    assert [message.to for message in told] == ["owner@taller.example"]


def test_customer_gets_a_newer_calendar_file_and_keeps_the_hour(agreed):
    handle_events(NOW)
    follow()
    handle_events(NOW)

    message = Message.objects.get(template="clock_changed")
    event = Calendar.from_ical(message.attachments[0]["content"]).walk("VEVENT")[0]
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (1, NINE_AFTER)
    assert "9:00" in message.body_text
    assert Message.objects.filter(template="business_booking_moved").count() == 0


def test_customer_without_a_calendar_is_not_bothered(agreed):
    Booking.objects.update(customer_email="")
    follow()
    handle_events(NOW)

    assert Message.objects.filter(template="clock_changed").count() == 0


def test_reminders_follow(agreed):
    handle_events(NOW)
    before = set(Reminder.objects.values_list("due_at", flat=True))

    follow()
    handle_events(NOW)

    starts_at = Booking.objects.get().starts_at
    after = set(Reminder.objects.values_list("due_at", flat=True))
    assert after == {starts_at - 24 * HOUR, starts_at - 2 * HOUR}
    assert before.isdisjoint(after)


def test_group_moves_as_one(tenant, tmp_path):
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, person = make_mexican_shop(seats=3, duration_minutes=120)
        made = [book(service_id, NINE_BEFORE, now=NOW).booking_id for _ in range(2)]

    assert follow() == [(booking_id, Outcome.MOVED) for booking_id in reversed(made)]

    session = Session.objects.get()
    assert (session.starts_at, session.ends_at, session.seats_taken) == (NINE_AFTER, NINE_AFTER + 2 * HOUR, 2)
    taken = Allocation.objects.filter(session=session, is_active=True)
    assert list(taken.values_list("resource_id", "starts_at", "is_override")) == [(person, NINE_AFTER, False)]
    assert set(Booking.objects.values_list("starts_at", "sequence")) == {(NINE_AFTER, 1)}
    third = book(service_id, NINE_AFTER, now=NOW)
    assert Booking.objects.get(pk=third.booking_id).session_id == session.pk


def test_group_that_was_agreed_by_two_clocks_is_left(tenant, tmp_path):
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, _ = make_mexican_shop(seats=3)
        made = [book(service_id, NINE_BEFORE, now=NOW).booking_id for _ in range(2)]
    Booking.objects.filter(pk=made[0]).update(agreed_timezone="America/New_York", agreed_minute=600)

    assert [outcome for _, outcome in follow()] == [Outcome.LEFT]
    assert set(Booking.objects.values_list("starts_at", flat=True)) == {NINE_BEFORE}


def test_override_stays_an_override(tenant, tmp_path):
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, person = make_mexican_shop()
        values = {"service_id": service_id, "starts_at": NINE_BEFORE, "resource_ids": (person,), "now": NOW}
        made = [import_booking(**values) for _ in range(2)]

    assert {outcome for _, outcome in follow()} == {Outcome.MOVED}

    taken = Allocation.objects.filter(booking__in=made, is_active=True).order_by("booking")
    assert list(taken.values_list("starts_at", "is_override")) == [(NINE_AFTER, False), (NINE_AFTER, True)]


def test_request_waits_no_longer_than_to_its_new_start(tenant, tmp_path):
    before, after = (datetime(2025, 6, 10, hour, tzinfo=UTC) for hour in (13, 12))
    asked = before - timedelta(minutes=20)
    with zone_data(tmp_path, PARAGUAY_2024B):
        service_id = make_service((make_resource(make_place("America/Asuncion")),), approval="request")
        made = book(service_id, before, now=asked - timedelta(hours=2)).booking_id
    Booking.objects.update(hold_expires_at=before)

    follow(asked - timedelta(hours=1))

    booking = Booking.objects.get(pk=made)
    assert (booking.starts_at, booking.hold_expires_at) == (after, after)
    assert set(booking.allocations.filter(is_active=True).values_list("hold_expires_at", flat=True)) == {after}


def test_rules_of_an_hour_count_it_in_its_new_hour(tenant, tmp_path):
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, _ = make_mexican_shop()
        hourly = make_rule(RuleScope.SERVICE, RulePeriod.HOUR, 1, service_id=service_id)
        daily = make_rule(RuleScope.SERVICE, RulePeriod.DAY, 5, service_id=service_id)
        made = book(service_id, NINE_BEFORE, now=NOW).booking_id

    follow()

    minute = int(NINE_AFTER.timestamp()) // 60
    day = (NINE_AFTER.date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    assert Booking.objects.get(pk=made).rule_usage == [[hourly, minute, 1], [daily, day, 1]]
    used = RuleUsage.objects.filter(used__gt=0).order_by("rule_id")
    assert list(used.values_list("rule_id", "bucket", "used")) == [(hourly, minute, 1), (daily, day, 1)]


def test_ended_hold_at_the_agreed_hour_is_no_clash(agreed):
    service_id = Booking.objects.get(pk=agreed).service_id
    hold_slot(request=SlotRequest(make_wish(service_id), NINE_AFTER), now=NOW, source="page")

    assert follow(NOW + HOUR) == [(agreed, Outcome.MOVED)]


def test_zone_that_nobody_knows_is_left_and_listed(agreed):
    Booking.objects.update(agreed_timezone="America/Nowhere")

    assert follow() == [(agreed, Outcome.LEFT)]
    assert list_drifts(now=NOW)[0].wanted_at is None


def test_past_and_cancelled_bookings_are_history(agreed):
    assert follow(NINE_AFTER + HOUR) == []
    Booking.objects.update(is_active=False, status="cancelled")
    assert follow() == []


def test_booking_of_before_gets_its_wall_time_noted(agreed):
    Booking.objects.update(agreed_timezone="", agreed_on="1970-01-01", agreed_minute=0)

    report = follow_zone_changes(now=NOW, is_dry_run=False)

    booking = Booking.objects.get(pk=agreed)
    assert (report.noted, report.outcomes) == (1, ())
    assert (booking.agreed_on.isoformat(), booking.agreed_minute, booking.agreed_timezone) == (
        "2023-04-10",
        480,
        MEXICO,
    )


def test_move_by_a_process_that_knows_no_wall_times_is_where_the_booking_stays(agreed):
    """An old worker beside the new ones writes the instants alone; the next run notes what the wall shows there."""
    later = NINE_AFTER + 3 * HOUR
    Booking.objects.update(starts_at=later, ends_at=later + HOUR)
    Allocation.objects.update(starts_at=later, ends_at=later + HOUR)
    events = Event.objects.count()

    assert follow(is_dry_run=True) == []
    report = follow_zone_changes(now=NOW, is_dry_run=False)

    assert (report.noted, report.outcomes, Event.objects.count()) == (1, (), events)
    assert times_of(agreed) == (later, later + HOUR, 0, [(later, later + HOUR)])
    booking = Booking.objects.get(pk=agreed)
    assert (booking.agreed_minute, booking.agreed_at) == (12 * 60, later)
    assert follow_zone_changes(now=NOW, is_dry_run=False).noted == 0


def test_booking_that_an_old_process_moves_meanwhile_is_left(agreed, monkeypatch):
    drifts = list_drifts(now=NOW)
    Booking.objects.update(starts_at=NINE_BEFORE + 3 * HOUR, ends_at=NINE_BEFORE + 4 * HOUR)
    monkeypatch.setattr(zones, "_note_wall_times", lambda: 0)
    monkeypatch.setattr(zones, "list_drifts", lambda **_: drifts)

    assert follow() == [(agreed, Outcome.LEFT)]
    assert Booking.objects.get(pk=agreed).starts_at == NINE_BEFORE + 3 * HOUR


def test_booking_of_before_the_noted_instant_follows_its_wall_time(agreed):
    Booking.objects.update(agreed_at=None)

    assert follow() == [(agreed, Outcome.MOVED)]
    assert Booking.objects.get(pk=agreed).agreed_at == NINE_AFTER


def test_wall_times_are_noted_in_locked_batches(agreed, other_tenant, monkeypatch, django_assert_max_num_queries):
    service_id = Booking.objects.get(pk=agreed).service_id
    made = [agreed, *(book(service_id, NINE_AFTER + hour * HOUR, now=NOW).booking_id for hour in (1, 2))]
    Booking.objects.update(agreed_timezone="")
    monkeypatch.setattr(zones, "BATCH", 2)

    with django_assert_max_num_queries(30) as counted:
        report = follow_zone_changes(now=NOW, is_dry_run=False)

    locks = [each["sql"] for each in counted.captured_queries if "FOR UPDATE" in each["sql"]]
    assert report.noted == len(made)
    assert [lock for lock in locks if 'ORDER BY "scheduling_booking"."id" ASC' in lock] == locks[:2]
    assert set(Booking.objects.values_list("agreed_timezone", flat=True)) == {MEXICO}


def test_command_lists_and_moves_and_goes_on_after_a_failure(agreed, other_tenant, monkeypatch):
    real = zones.follow_zone_changes
    name = "scheduling.management.commands.follow_zone_changes"
    told = StringIO()
    monkeypatch.setattr(f"{name}.utc_now", lambda: NOW)
    call_outside(call_command, "follow_zone_changes", dry_run=True, stdout=told)
    assert "2023-04-10 14:00Z -> 2023-04-10 15:00Z: would move" in told.getvalue()
    assert told.getvalue().splitlines()[-1] == "1 bookings would keep their hours by another instant"
    calls = []

    def fail_first(**given):
        calls.append(given)
        if len(calls) == 1:
            raise ValueError("a broken tenant")
        return real(**given)

    monkeypatch.setattr(f"{name}.follow_zone_changes", fail_first)
    with pytest.raises(CommandError, match="1 businesses failed"):
        call_outside(call_command, "follow_zone_changes", stdout=told)
    assert len(calls) >= 2
    assert times_of(agreed)[0] == NINE_AFTER


def test_history_tells_of_no_move(agreed):
    """Whoever looks reads the hours that were agreed, also of what happened before the clocks changed."""
    follow()
    followed = list_history(booking_id=agreed)
    move_booking(booking_id=agreed, starts_at=NINE_AFTER + HOUR, now=NOW + HOUR, by=STAFF)

    assert [(step.starts_at, step.moved_from) for step in followed] == [(NINE_AFTER, None)]
    assert [step.moved_from for step in list_history(booking_id=agreed)] == [None, NINE_AFTER]
    Booking.history.filter(id=agreed).update(agreed_timezone="America/Nowhere")
    assert [step.moved_from for step in list_history(booking_id=agreed)] == [None, NINE_BEFORE, NINE_AFTER]


def test_absence_stays_from_nine_to_one(tenant, tmp_path):
    """A person who is away on that morning is away on that morning."""
    with zone_data(tmp_path, MEXICO_2022E):
        service_id, person = make_mexican_shop()
        away = TimeOffSetup(resource_id=person, starts_at=NINE_BEFORE, ends_at=NINE_BEFORE + 4 * HOUR)
        absence = create_time_off(setup=away, by=STAFF, now=NOW)
        moved = replace(away, ends_at=NINE_BEFORE + 5 * HOUR)
        change_time_off(time_off_id=absence, setup=moved, version=1, by=STAFF, now=NOW)

    assert follow_zone_changes(now=NOW, is_dry_run=True).absences == 1
    assert follow_zone_changes(now=NOW, is_dry_run=False).absences == 1
    assert follow_zone_changes(now=NOW, is_dry_run=False).absences == 0

    row = TimeOff.objects.get(pk=absence)
    assert (row.starts_at, row.ends_at) == (NINE_AFTER, NINE_AFTER + 5 * HOUR)
    assert book(service_id, NINE_AFTER + 5 * HOUR, now=NOW).status == "confirmed"


def test_absence_that_an_old_process_changed_stays_where_it_is(tenant, tmp_path):
    with zone_data(tmp_path, MEXICO_2022E):
        _, person = make_mexican_shop()
        away = TimeOffSetup(resource_id=person, starts_at=NINE_BEFORE, ends_at=NINE_BEFORE + 4 * HOUR)
        absence = create_time_off(setup=away, by=STAFF, now=NOW)
    TimeOff.objects.update(ends_at=NINE_AFTER + 6 * HOUR)

    report = follow_zone_changes(now=NOW, is_dry_run=False)

    row = TimeOff.objects.get(pk=absence)
    assert (report.noted, report.absences) == (1, 0)
    assert (row.starts_at, row.ends_at) == (NINE_BEFORE, NINE_AFTER + 6 * HOUR)
    assert row.agreed_walls == [["2023-04-10", 480, 0], ["2023-04-10", 900, 0]]
    assert (row.agreed_from, row.agreed_to) == (row.starts_at, row.ends_at)


def test_absence_of_before_is_noted_and_one_of_an_unknown_zone_left(tenant):
    _, person = make_mexican_shop()
    values = {"resource_id": person, "starts_at": NINE_AFTER, "ends_at": NINE_AFTER + HOUR}
    TimeOff.objects.create(**values | {"ends_at": NINE_AFTER + HOUR + timedelta(seconds=30)})
    TimeOff.objects.create(**values, agreed_timezone="America/Nowhere", agreed_walls=[["2023-04-10", 0, 0]] * 2)

    report = follow_zone_changes(now=NOW, is_dry_run=False)

    assert (report.noted, report.absences) == (1, 0)
    assert TimeOff.objects.order_by("pk").first().agreed_walls == [["2023-04-10", 540, 0], ["2023-04-10", 600, 0]]


# What writes bookings writes the wall time, too.


def wall_of(booking_id):
    booking = Booking.objects.get(pk=booking_id)
    return (booking.agreed_on.isoformat(), booking.agreed_minute, booking.agreed_fold, booking.agreed_timezone)


def test_every_way_to_book_and_move_keeps_the_wall_time(tenant):
    service_id, person = make_mexican_shop(approval="request")
    start = datetime(2023, 5, 2, 16, tzinfo=UTC)
    held = hold_slot(request=SlotRequest(make_wish(service_id), start), now=NOW, source="page")
    asked = book(service_id, start + HOUR, now=NOW)
    imported = import_booking(
        service_id=service_id, starts_at=start + 2 * HOUR, resource_ids=(person,), now=NOW, ends_at=start + 5 * HOUR
    )
    assert wall_of(held.id) == ("2023-05-02", 600, 0, MEXICO)
    assert wall_of(asked.booking_id) == ("2023-05-02", 660, 0, MEXICO)
    assert wall_of(imported) == ("2023-05-02", 720, 0, MEXICO)

    approve(booking_id=asked.booking_id, now=NOW, by=STAFF)
    move_booking(booking_id=asked.booking_id, starts_at=start + timedelta(days=1), now=NOW, by=CUSTOMER)

    assert wall_of(asked.booking_id) == ("2023-05-03", 600, 0, MEXICO)


def test_second_half_past_one_is_another_time_than_the_first(tenant):
    person = make_resource(make_place("America/New_York"))
    service_id = make_service((person,), booking_window_days=None, duration_minutes=15)
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    made = [
        import_booking(service_id=service_id, starts_at=at, resource_ids=(person,), now=NOW)
        for at in (first, first + HOUR)
    ]

    assert [wall_of(booking_id)[1:3] for booking_id in made] == [(90, 0), (90, 1)]
    assert follow() == []


def test_fold_is_zero_or_one_and_a_day_has_its_minutes(agreed):
    for change in ({"agreed_fold": 2}, {"agreed_minute": 1440}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Booking.objects.update(**change)
