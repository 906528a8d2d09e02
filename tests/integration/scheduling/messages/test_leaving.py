"""What staff do can be undone before anybody is told; what is undone, and what is known, is not told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kernel.undoing import TELLING_WAIT, UNDO_TIME
from notifications.models import Message
from notifications.services.delivery import _make_outgoing, send_message
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Reminder, Resource, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve, decline
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.bookings.zones import follow_zone_changes
from scheduling.services.messages.standing import MERGED_WITHIN
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import Actor, BookingView
from tenants.errors import RetryLater
from tests.fakes.mail_server import running_mail_server
from tests.integration.scheduling.messages.conftest import NOW, handle_events, list_slots

CUSTOMER, STAFF = Actor(kind="customer"), Actor(kind="staff", user_id=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def mail_server(settings):
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


@pytest.fixture
def told(mail_server) -> Callable[..., list[str]]:
    """Let a worker look at everything that waits, at a time; return the templates that have reached the customer."""

    def _told(at: datetime, *, to: str = "ana@example.com") -> list[str]:
        handle_events(at)
        for message_id in Message.objects.filter(status__in=("queued", "sending")).order_by("pk").values_list("pk"):
            try:
                send_message(message_id[0], at)
            except RetryLater:
                continue
        return list(Message.objects.filter(status="sent", to=to).order_by("sent_at", "pk").values_list(
            "template", flat=True
        ))  # fmt: skip

    return _told


@pytest.fixture
def times(service) -> list[datetime]:
    slots = [slot.starts_at for slot in list_slots(service) if slot.starts_at > NOW + timedelta(days=2)]
    return slots[::4]


def move(booking: BookingView, starts_at: datetime, *, now: datetime, by: Actor = STAFF, **more: object) -> None:
    move_booking(booking_id=booking.id, starts_at=starts_at, now=now, by=by, **more)


def list_ends() -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(role="customer").order_by("pk")
    return list(rows.values_list("template", "status", "reason"))


def test_notice_offers_undo_for_less_than_the_message_waits():
    assert (UNDO_TIME, TELLING_WAIT) == (9 * SECOND, 10 * SECOND)


def test_first_confirmation_leaves_at_once_whoever_booked(book, told):
    book(by=STAFF)

    assert told(NOW) == ["booking_confirmed"]


def test_what_staff_did_leaves_when_it_cannot_be_undone_any_more(book, told, times):
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW)

    assert told(NOW + UNDO_TIME) == ["booking_confirmed"]
    assert told(NOW + TELLING_WAIT) == ["booking_confirmed", "booking_moved"]


def test_a_move_there_and_back_is_not_told(book, told, times, mail_server):
    booking = book()
    told(NOW)
    sent = len(mail_server.taken)
    move(booking, times[1], now=NOW + SECOND)
    told(NOW + 2 * SECOND)
    move(booking, booking.starts_at, now=NOW + UNDO_TIME)

    told(NOW + timedelta(hours=1))

    assert len(mail_server.taken) == sent
    assert list_ends()[1:] == [("booking_moved", "cancelled", "superseded"), ("booking_moved", "cancelled", "undone")]


def test_an_undo_that_no_worker_has_heard_of_yet_stops_the_message(book, told, times):
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW)
    handle_events(NOW)
    move(booking, booking.starts_at, now=NOW + UNDO_TIME)
    waiting = Message.objects.get(template="booking_moved")

    send_message(waiting.pk, NOW + TELLING_WAIT)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == ("cancelled", "undone")


def test_a_cancellation_that_is_taken_back_is_not_told(book, told, mail_server):
    booking = book()
    told(NOW)
    sent = len(mail_server.taken)
    cancel_booking(booking_id=booking.id, now=NOW, by=STAFF, reason="Equivocación")
    told(NOW + SECOND)
    undo_step(booking_id=booking.id, status=BookingStatus.CANCELLED, now=NOW + UNDO_TIME, by=STAFF)

    told(NOW + timedelta(hours=1))

    assert len(mail_server.taken) == sent
    assert [status for _, status, _ in list_ends()[1:]] == ["cancelled", "cancelled"]
    assert Reminder.objects.filter(booking_id=booking.id, status="planned").exists()


def test_a_cancellation_that_was_told_and_is_taken_back_is_told_as_well(book, told):
    booking = book()
    told(NOW)
    cancel_booking(booking_id=booking.id, now=NOW, by=STAFF, reason="Equivocación")
    told(NOW + timedelta(minutes=5))
    undo_step(booking_id=booking.id, status=BookingStatus.CANCELLED, now=NOW + timedelta(minutes=6), by=STAFF)

    assert told(NOW + timedelta(minutes=10)) == ["booking_confirmed", "booking_cancelled", "booking_confirmed"]


def test_a_request_that_was_declined_by_mistake_waits_again_and_says_so(book, told):
    Service.objects.update(approval="request")
    booking = book()
    told(NOW)
    decline(booking_id=booking.id, now=NOW, by=STAFF, reason="Error")
    told(NOW + timedelta(minutes=5))
    undo_step(booking_id=booking.id, status=BookingStatus.DECLINED, now=NOW + timedelta(minutes=6), by=STAFF)

    assert told(NOW + timedelta(minutes=10)) == ["booking_requested", "booking_declined", "booking_requested"]


def test_a_customers_own_change_is_told_at_once(book, told, times):
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW, by=CUSTOMER)

    assert told(NOW) == ["booking_confirmed", "booking_moved"]


@pytest.mark.parametrize("by", [CUSTOMER, STAFF])
def test_changes_that_follow_closely_are_told_together(book, told, times, by, mail_server):
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW, by=by)
    first = told(NOW + TELLING_WAIT)
    for number, starts_at in enumerate(times[2:5]):
        move(booking, starts_at, now=NOW + (20 + number) * SECOND, by=by)
        assert told(NOW + (21 + number) * SECOND) == first

    assert told(NOW + TELLING_WAIT + MERGED_WITHIN) == [*first, "booking_moved"]

    last = Message.objects.filter(template="booking_moved", status="sent").last()
    assert last.state["starts_at"] == times[4].isoformat()
    assert last.state["previous"] == times[1].isoformat()
    assert f"SEQUENCE:{get_booking(booking_id=booking.id).sequence}" in last.attachments[0]["content"]


def test_changes_are_told_together_after_one_that_left_late(book, told, times):
    """The carrier was away: its customer has just read of the first change."""
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW, by=CUSTOMER)
    late = NOW + timedelta(minutes=5)
    first = told(late)
    move(booking, times[2], now=late + 30 * SECOND, by=CUSTOMER)

    assert told(late + MERGED_WITHIN - SECOND) == first == ["booking_confirmed", "booking_moved"]
    assert told(late + MERGED_WITHIN) == [*first, "booking_moved"]


def test_a_cancellation_after_a_move_is_told_alone_and_once(book, told, times):
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW)
    told(NOW + SECOND)
    cancel_booking(booking_id=booking.id, now=NOW + 5 * SECOND, by=STAFF, reason="Sin refacciones")

    assert told(NOW + 12 * SECOND) == ["booking_confirmed"]
    assert told(NOW + 15 * SECOND) == ["booking_confirmed", "booking_cancelled"]
    assert told(NOW + timedelta(hours=1)) == ["booking_confirmed", "booking_cancelled"]


def test_a_cancellation_waits_for_its_confirmation_that_is_on_its_way(book, told):
    booking = book()
    handle_events(NOW)
    first = Message.objects.get(template="booking_confirmed")
    Message.objects.filter(pk=first.pk).update(status="sending", attempts=1, leased_until=NOW + timedelta(minutes=1))
    cancel_booking(booking_id=booking.id, now=NOW, by=CUSTOMER)

    assert told(NOW) == []
    Message.objects.filter(pk=first.pk).update(status="sent", sent_at=NOW, leased_until=None)
    assert told(NOW + SECOND) == ["booking_confirmed", "booking_cancelled"]


def test_a_message_that_failed_before_leaves_as_it_was_written(book, told, mail_server):
    book()
    mail_server.answers["DATA"] = ["451 later"]

    assert told(NOW) == []
    assert told(NOW + timedelta(hours=1)) == ["booking_confirmed"]


def test_a_message_that_failed_gives_way_to_a_later_one(book, told, times, mail_server):
    booking = book()
    told(NOW)
    move(booking, times[1], now=NOW)
    mail_server.answers["DATA"] = ["451 later"]
    told(NOW + TELLING_WAIT)
    move(booking, times[2], now=NOW + TELLING_WAIT + SECOND)
    handle_events(NOW + TELLING_WAIT + SECOND)
    failed = Message.objects.get(template="booking_moved", attempts=1)

    send_message(failed.pk, NOW + timedelta(hours=1))

    assert list_ends()[1:] == [("booking_moved", "cancelled", "superseded"), ("booking_moved", "queued", "")]


def fail_once(told, mail_server, at=NOW) -> Message:
    """Let the confirmation be tried, and not be taken."""
    mail_server.answers["DATA"] = ["451 later"]
    assert told(at) == []
    return Message.objects.get(role="customer")


def test_a_confirmation_that_failed_before_says_the_time_that_holds_by_now(book, told, times, mail_server):
    booking = book()
    fail_once(told, mail_server)
    move(booking, times[1], now=NOW + SECOND)
    Message.objects.filter(role="business").delete()

    waiting = Message.objects.get(role="customer")
    send_message(waiting.pk, NOW + timedelta(minutes=1))

    waiting.refresh_from_db()
    assert (waiting.status, waiting.template) == ("sent", "booking_moved")
    assert waiting.state["starts_at"] == times[1].isoformat()
    assert [each["Message-ID"] for _, each in mail_server.taken if each["To"] == waiting.to] != []


def test_a_confirmation_that_failed_before_is_not_sent_of_a_booking_that_is_cancelled(book, told, mail_server):
    booking = book()
    waiting = fail_once(told, mail_server)
    cancel_booking(booking_id=booking.id, now=NOW + SECOND, by=STAFF, reason="Error")

    send_message(waiting.pk, NOW + timedelta(minutes=1))

    waiting.refresh_from_db()
    assert waiting.template == "booking_cancelled"


def test_a_message_with_another_text_has_another_id(book, told, times, mail_server):
    """A mailbox that has the first one would drop what has its Message-ID."""
    booking = book()
    waiting = fail_once(told, mail_server)
    before = _make_outgoing(waiting).message_key
    send_message(waiting.pk, NOW + timedelta(minutes=1))
    waiting.refresh_from_db()
    same = _make_outgoing(waiting).message_key
    Message.objects.filter(pk=waiting.pk).update(status="queued", sent_at=None)
    move(booking, times[1], now=NOW + SECOND)

    send_message(waiting.pk, NOW + timedelta(minutes=2))

    waiting.refresh_from_db()
    assert (same, _make_outgoing(waiting).message_key != before) == (before, True)


def test_notices_to_the_business_that_failed_before_are_looked_at_again(book, told, times, mail_server):
    booking = book()
    handle_events(NOW)
    Message.objects.filter(role="business").update(attempts=1)
    same = Message.objects.filter(role="business").first()
    send_message(same.pk, NOW)
    same.refresh_from_db()
    Message.objects.filter(role="business").update(status="queued", sent_at=None)
    cancel_booking(booking_id=booking.id, now=NOW + SECOND, by=STAFF, reason="Error")

    send_message(same.pk, NOW + timedelta(minutes=1))

    assert (same.status, same.template) == ("sent", "business_new_booking")
    same.refresh_from_db()
    assert (same.status, same.template) == ("sent", "business_booking_cancelled")


def test_a_cancellation_overtakes_a_confirmation_that_failed_so_far(book, told, mail_server):
    booking = book()
    mail_server.answers["DATA"] = ["451 later"]
    assert told(NOW) == []
    cancel_booking(booking_id=booking.id, now=NOW, by=CUSTOMER)

    assert told(NOW + SECOND) == ["booking_cancelled"]
    assert list_ends() == [
        ("booking_confirmed", "cancelled", "superseded"),
        ("booking_cancelled", "sent", ""),
    ]


def test_a_move_before_the_confirmation_left_is_one_confirmation(book, told, times):
    booking = book()
    handle_events(NOW)
    move(booking, times[1], now=NOW, by=CUSTOMER)

    assert told(NOW) == ["booking_confirmed"]
    sent = Message.objects.get(status="sent", role="customer")
    assert sent.state["starts_at"] == times[1].isoformat()
    assert "METHOD:REQUEST" in sent.attachments[0]["content"]
    assert "Antes" not in sent.body_text


def test_what_staff_made_and_took_back_at_once_is_not_told(book, told):
    booking = book(by=STAFF)
    Booking.objects.update(source="workspace")
    handle_events(NOW)
    cancel_booking(booking_id=booking.id, now=NOW, by=STAFF, reason="Equivocación")

    assert told(NOW + timedelta(minutes=1)) == []


def test_a_reminder_counts_as_told(book, told, times):
    """Moved, reminded of the new time within the undo, moved back: who was reminded must hear of it."""
    booking = book()
    told(NOW)
    Message.objects.create(
        channel="email", template="booking_reminder", to="ana@example.com", locale="es", body_text="x", role="customer",
        dedup_key="reminder", status="sent", sent_at=NOW, attempts=1, created_at=NOW, send_after=NOW,
        subject_kind="booking", subject_id=booking.id,
        state=Message.objects.get(template="booking_confirmed").state | {"starts_at": times[1].isoformat()},
    )  # fmt: skip
    move(booking, times[2], now=NOW)
    move(booking, booking.starts_at, now=NOW)

    assert told(NOW + timedelta(minutes=1))[-1] == "booking_moved"


def test_another_bay_is_no_news_to_the_customer_but_another_person_is(book, told):
    booking = book()
    told(NOW)
    bays = {taken.resource_id for taken in booking.resources if not taken.is_person}
    people = {taken.resource_id for taken in booking.resources if taken.is_person}
    others = Resource.objects.exclude(pk__in=bays | people)
    other_bay = others.filter(resource_type__is_person=False, resource_type__resources__in=bays).first()
    other_person = others.filter(resource_type__is_person=True, resource_type__resources__in=people).first()

    move(booking, booking.starts_at, now=NOW, resource_ids=(other_bay.pk,))
    first = told(NOW + timedelta(minutes=1))
    now_people = {each.resource_id for each in get_booking(booking_id=booking.id).resources if each.is_person}
    wanted = other_person.pk if other_person.pk not in now_people else next(iter(people))
    move(booking, booking.starts_at, now=NOW + timedelta(minutes=5), resource_ids=(wanted,))
    second = told(NOW + timedelta(minutes=6))

    assert first[1:] == ([] if now_people == people else ["booking_moved"])
    assert second[-1] == "booking_moved"
    assert "Tu cita en Negocio taller cambió.\n\nEstos son" in Message.objects.filter(status="sent").last().body_text


@pytest.fixture
def requested(book, service):
    Service.objects.filter(pk=service.pk).update(approval="request")
    return book()


@pytest.mark.parametrize(("act", "template"), [(approve, "booking_approved"), (decline, "booking_declined")])
def test_an_answer_to_a_request_can_be_undone(requested, told, act, template):
    assert told(NOW) == ["booking_requested"]
    act(booking_id=requested.id, now=NOW, by=STAFF)

    assert told(NOW + UNDO_TIME) == ["booking_requested"]
    assert told(NOW + TELLING_WAIT) == ["booking_requested", template]


def test_message_of_before_this_was_kept_is_trusted(book, told, times):
    booking = book()
    told(NOW)
    Message.objects.update(state=None)
    move(booking, times[1], now=NOW)

    assert told(NOW + TELLING_WAIT)[-1] == "booking_moved"


def test_a_removed_booking_is_not_told(book, told):
    booking = book()
    handle_events(NOW)
    Message.objects.update(subject_id=booking.id + 1)

    assert told(NOW) == []


def test_a_visit_that_is_over_needs_no_confirmation(book, told):
    book()
    handle_events(NOW)
    Booking.objects.update(status="completed")

    assert told(NOW) == []


def test_request_that_ended_is_told_with_the_words_of_its_end(book, service, told):
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book()
    told(NOW)
    expire_hold(booking.id, booking.answer_by)

    assert told(booking.answer_by) == ["booking_requested", "request_expired"]


def test_of_a_request_that_ended_unheard_only_the_end_is_told(book, service, told):
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book()
    handle_events(NOW)
    expire_hold(booking.id, booking.answer_by)
    send_message(Message.objects.get(template="booking_requested").pk, booking.answer_by)

    assert told(booking.answer_by) == ["request_expired"]
    assert list_ends()[0] == ("booking_requested", "cancelled", "superseded")


def test_deposit_that_did_not_come_is_told_with_its_own_words(book, service, told):
    Service.objects.filter(pk=service.pk).update(deposit_kind="fixed", deposit_minor=10_000)
    booking = book()
    ended_at = booking.hold_expires_at
    expire_hold(booking.id, ended_at)

    assert told(ended_at) == ["payment_expired"]


def test_clock_that_changed_is_told_in_its_own_words(book, told):
    booking = book()
    told(NOW)
    # As if the clock of Mexico City showed from now on what that of Bogotá shows.
    Booking.objects.update(agreed_timezone="America/Bogota")
    follow_zone_changes(now=NOW, is_dry_run=False)

    assert told(NOW + TELLING_WAIT) == ["booking_confirmed", "clock_changed"]
    move(booking, booking.starts_at + timedelta(days=1), now=NOW + timedelta(hours=1))
    assert told(NOW + timedelta(hours=2)) == ["booking_confirmed", "clock_changed", "booking_moved"]


def test_clock_that_changed_is_no_news_of_a_booking_that_was_moved_since(book, told):
    booking = book()
    told(NOW)
    Booking.objects.update(agreed_timezone="America/Bogota")
    follow_zone_changes(now=NOW, is_dry_run=False)
    handle_events(NOW)
    move(booking, booking.starts_at + timedelta(days=1), now=NOW)
    send_message(Message.objects.get(template="clock_changed").pk, NOW + TELLING_WAIT)

    assert told(NOW + TELLING_WAIT) == ["booking_confirmed", "booking_moved"]
