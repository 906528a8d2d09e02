from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Message
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Reminder, Service
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import mark_arrived
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.messages.reminders import plan_reminders, send_reminder
from scheduling.types import Actor
from tenants.errors import RetryLater
from tenants.models import DueWork
from tests.integration.scheduling.messages.conftest import NOW, handle_events, list_slots

CUSTOMER = Actor(kind="customer")
MINUTE = timedelta(minutes=1)
LATE_MORNING = NOW + timedelta(days=2, hours=2)
"""Wednesday, 11:00: two hours before, people are awake."""
MORNING = datetime(2026, 11, 25, 14, tzinfo=UTC)
"""Wednesday, 8:00 there: as early as anybody is written to."""


def list_reminders() -> list[tuple[int, str]]:
    return list(Reminder.objects.order_by("-offset_minutes").values_list("offset_minutes", "status"))


def list_due(tenant) -> list:
    due = DueWork.objects.filter(schema_name=tenant.schema_name, kind="reminder")
    return list(due.order_by("due_at").values_list("due_at", flat=True))


def list_told() -> list[tuple[str, str]]:
    return list(Message.objects.filter(template="booking_reminder").values_list("channel", "to"))


def find(offset_minutes: int) -> Reminder:
    return Reminder.objects.get(offset_minutes=offset_minutes)


@pytest.fixture
def booking(book):
    booking = book(starts_after=LATE_MORNING)
    handle_events()
    return booking


def test_confirmed_booking_plans_a_day_and_two_hours_before(tenant, booking):
    assert list_reminders() == [(1440, "planned"), (120, "planned")]
    assert list_due(tenant) == [booking.starts_at - timedelta(days=1), booking.starts_at - timedelta(hours=2)]


def test_plan_again_changes_nothing(tenant, booking):
    before = list(Reminder.objects.order_by("pk").values())

    plan_reminders(booking_id=booking.id, now=NOW + MINUTE)

    assert list(Reminder.objects.order_by("pk").values()) == before
    assert len(list_due(tenant)) == 2


def test_reminder_that_would_come_too_late_is_skipped(tenant, book):
    booking = book(starts_after=NOW + timedelta(hours=3))
    handle_events()

    assert list_reminders() == [(1440, "skipped"), (120, "planned")]
    assert list_due(tenant) == [booking.starts_at - timedelta(hours=2)]


def test_offsets_are_those_agreed_with_the_booking(tenant, book, service):
    Service.objects.filter(pk=service.pk).update(reminder_offsets_minutes=[2880, 60])
    booking = book(starts_after=NOW + timedelta(days=3))
    Service.objects.filter(pk=service.pk).update(reminder_offsets_minutes=[])

    handle_events()

    assert list_due(tenant) == [booking.starts_at - timedelta(days=2), booking.starts_at - timedelta(hours=1)]


def test_customer_who_wants_none_gets_none(tenant, book):
    book(wants_reminders=False)
    handle_events()

    assert (list_reminders(), list_due(tenant)) == ([], [])


def test_due_reminder_is_told_once_and_asks_for_a_yes(booking):
    reminder = find(1440)

    send_reminder(reminder.pk, reminder.due_at)
    send_reminder(reminder.pk, reminder.due_at)

    assert list_reminders() == [(1440, "sent"), (120, "planned")]
    assert list_told() == [("email", "ana@example.com")]
    message = Message.objects.get(template="booking_reminder")
    assert "Confirmar que voy: http://taller.testserver.example/b/" in message.body_text
    assert message.expires_at == booking.starts_at


def test_reminder_after_a_yes_does_not_ask_again(booking):
    confirm_attendance(booking_id=booking.id, now=NOW, by=CUSTOMER)
    reminder = find(120)

    send_reminder(reminder.pk, reminder.due_at)

    text = Message.objects.get(template="booking_reminder").body_text
    assert "Confirmar que voy" not in text
    assert "Ver la cita: http" in text


def test_reminder_within_the_cut_off_offers_no_change(booking):
    for offset, offered in ((1440, True), (120, False)):
        reminder = find(offset)
        send_reminder(reminder.pk, reminder.due_at)
        text = Message.objects.latest("pk").body_text
        assert ("cámbiala o cancélala" in text, "Ya no se puede cambiar" in text) == (offered, not offered)


def test_phone_only_customer_is_reminded_by_sms(book):
    book(email=None)
    handle_events()
    reminder = find(1440)

    send_reminder(reminder.pk, reminder.due_at)

    assert list_told() == [("sms", "+525512345678")]


def test_reminder_before_its_time_waits(booking):
    reminder = find(1440)

    with pytest.raises(RetryLater) as raised:
        send_reminder(reminder.pk, reminder.due_at - MINUTE)

    assert raised.value.at == reminder.due_at
    assert list_told() == []


def test_moved_booking_moves_its_reminders(tenant, booking, service):
    first = find(1440)
    send_reminder(first.pk, first.due_at)
    slot = next(slot for slot in list_slots(service) if slot.starts_at >= booking.starts_at + timedelta(hours=23))
    move_booking(booking_id=booking.id, starts_at=slot.starts_at, now=first.due_at + MINUTE, by=CUSTOMER)

    handle_events()

    assert list_reminders() == [
        (1440, "planned" if slot.starts_at > first.due_at + timedelta(days=1) else "skipped"),
        (120, "planned"),
    ]
    assert list_due(tenant)[-1] == slot.starts_at - timedelta(hours=2)


def test_due_reminder_of_a_booking_just_moved_tells_nothing(booking, service):
    slot = next(slot for slot in list_slots(service) if slot.starts_at >= booking.starts_at + timedelta(hours=20))
    move_booking(booking_id=booking.id, starts_at=slot.starts_at, now=NOW, by=CUSTOMER)
    reminder = find(1440)

    send_reminder(reminder.pk, reminder.due_at)

    assert list_told() == []
    handle_events()
    assert {status for _, status in list_reminders()} == {"planned"}


def test_cancelled_booking_drops_its_reminders(tenant, booking):
    cancel_booking(booking_id=booking.id, now=NOW, by=CUSTOMER)
    reminder = find(1440)

    send_reminder(reminder.pk, reminder.due_at)
    assert (list_told(), find(1440).status) == ([], "cancelled")
    handle_events()

    assert (list_reminders(), list_due(tenant)) == ([(1440, "cancelled"), (120, "cancelled")], [])


def test_after_an_outage_only_the_newest_is_told(booking):
    now = booking.starts_at - timedelta(minutes=30)

    for offset in (1440, 120):
        send_reminder(find(offset).pk, now)

    assert list_reminders() == [(1440, "skipped"), (120, "sent")]
    assert len(list_told()) == 1


def test_reminder_after_the_start_is_skipped(booking):
    send_reminder(find(120).pk, booking.starts_at)

    assert find(120).status == "skipped"
    assert list_told() == []


def test_reminder_of_a_deleted_booking_is_forgotten(booking):
    reminder_id = find(120).pk
    Reminder.objects.all().delete()
    Booking.objects.update(status="no_show")

    send_reminder(reminder_id, booking.starts_at)

    assert list_told() == []


STAFF = Actor(kind="staff", user_id=7)


def arrive_by_mistake(booking, *, due, until) -> None:
    """Mark somebody as arrived before a reminder comes due, and take it back after."""
    mark_arrived(booking_id=booking.id, now=due.due_at - MINUTE, by=STAFF)
    handle_events(due.due_at - MINUTE)
    send_reminder(due.pk, due.due_at)
    undo_step(booking_id=booking.id, status=BookingStatus.ARRIVED, now=until, by=STAFF)
    handle_events(until)


def test_reminder_that_came_due_during_a_mistake_is_sent_afterwards(tenant, booking):
    missed = find(1440)
    until = missed.due_at + 5 * MINUTE

    arrive_by_mistake(booking, due=missed, until=until)

    assert (list_reminders(), list_told()) == ([(1440, "planned"), (120, "planned")], [])
    assert list_due(tenant)[0] == until
    send_reminder(missed.pk, until)
    assert (find(1440).status, len(list_told())) == ("sent", 1)
    mark_arrived(booking_id=booking.id, now=until, by=STAFF)
    undo_step(booking_id=booking.id, status=BookingStatus.ARRIVED, now=until, by=STAFF)
    handle_events(until)
    assert (find(1440).status, len(list_told())) == ("sent", 1)


def test_mistake_that_is_undone_after_the_start_brings_no_reminder(booking):
    arrive_by_mistake(booking, due=find(120), until=booking.starts_at + MINUTE)

    assert (find(120).status, list_told()) == ("skipped", [])


def test_mistake_undone_before_the_next_reminder_leaves_it_where_it_is(tenant, booking):
    before = list_due(tenant)
    mark_arrived(booking_id=booking.id, now=NOW + MINUTE, by=STAFF)
    undo_step(booking_id=booking.id, status=BookingStatus.ARRIVED, now=NOW + 2 * MINUTE, by=STAFF)
    handle_events(NOW + 2 * MINUTE)

    assert (list_reminders(), list_due(tenant)) == ([(1440, "planned"), (120, "planned")], before)


def test_mistake_with_a_sample_or_a_booking_that_is_gone_plans_nothing(tenant, booking):
    mark_arrived(booking_id=booking.id, now=NOW + MINUTE, by=STAFF)
    undo_step(booking_id=booking.id, status=BookingStatus.ARRIVED, now=NOW + MINUTE, by=STAFF)
    Reminder.objects.update(status="cancelled")
    Booking.objects.update(is_sample=True)
    handle_events(NOW + MINUTE)

    assert {status for _, status in list_reminders()} == {"cancelled"}


def test_by_night_nobody_is_reminded_and_in_the_morning_they_are(tenant, book):
    booking = book(starts_after=MORNING + timedelta(hours=1))  # at 9:00; two hours before is 7:00
    handle_events()
    reminder = find(120)
    assert reminder.due_at == booking.starts_at - timedelta(hours=2)

    with pytest.raises(RetryLater) as raised:
        send_reminder(reminder.pk, reminder.due_at)

    assert raised.value.at == MORNING
    assert list_told() == []
    send_reminder(reminder.pk, MORNING)
    assert list_told() == [("email", "ana@example.com")]


def test_early_visit_is_reminded_of_in_the_evening_before(tenant, book):
    booking = book(starts_after=MORNING)
    handle_events()

    evening = datetime(2026, 11, 25, 2, 29, tzinfo=UTC)
    assert booking.starts_at == MORNING
    assert find(120).due_at == evening
    send_reminder(find(1440).pk, find(1440).due_at)
    send_reminder(find(120).pk, evening)
    assert list_reminders() == [(1440, "sent"), (120, "sent")]


def test_two_reminders_of_one_evening_are_one(book, service):
    Service.objects.filter(pk=service.pk).update(reminder_offsets_minutes=[60, 90, 120])
    book(starts_after=MORNING)
    handle_events()

    for offset in (120, 90, 60):
        send_reminder(find(offset).pk, find(offset).due_at)

    assert list_reminders() == [(120, "skipped"), (90, "skipped"), (60, "sent")]


def test_reminder_of_the_evening_is_sent_although_it_is_a_little_late(book):
    book(starts_after=MORNING)
    handle_events()
    reminder = find(120)

    send_reminder(reminder.pk, reminder.due_at + timedelta(hours=1))

    assert list_told() == [("email", "ana@example.com")]


def test_reminder_of_the_evening_that_an_outage_delayed_wakes_nobody(book):
    book(starts_after=MORNING)
    handle_events()
    reminder = find(120)

    send_reminder(reminder.pk, reminder.due_at + timedelta(hours=2))

    assert (list_reminders()[-1], list_told()) == ((120, "skipped"), [])


def test_reminder_that_was_planned_before_there_was_a_night_is_not_lost(book):
    booking = book(starts_after=MORNING)
    handle_events()
    wanted = booking.starts_at - timedelta(hours=2)
    Reminder.objects.filter(offset_minutes=120).update(due_at=wanted)

    send_reminder(find(120).pk, wanted)

    assert list_told() == [("email", "ana@example.com")]


def test_reminder_whose_hours_changed_is_planned_anew(tenant, book):
    book(starts_after=MORNING)
    handle_events()
    due_at = find(120).due_at
    earlier = due_at - timedelta(hours=1)
    Reminder.objects.filter(offset_minutes=120).update(due_at=earlier)

    send_reminder(find(120).pk, earlier)

    assert (find(120).due_at, find(120).status, list_told()) == (due_at, "planned", [])
    assert due_at in list_due(tenant)
