"""A corrected address: the right one gets what holds and a link of its own, the wrong one nothing any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifications.models import Message
from notifications.services.delivery import send_message
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor, BookingView, Correction
from tests.fakes.mail_server import running_mail_server
from tests.integration.scheduling.messages.conftest import NOW, handle_events

STAFF = Actor(kind="staff", user_id=1)
SECOND = timedelta(seconds=1)
NEW = "ana.ruiz@example.com"


@pytest.fixture(autouse=True)
def mail_server(settings):
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


def send_all(at: datetime) -> list[tuple[str, str]]:
    """Let a worker look at everything that waits; return what customers were sent, and where."""
    handle_events(at)
    for message_id in Message.objects.filter(status="queued").order_by("pk").values_list("pk", flat=True):
        send_message(message_id, at)
    sent = Message.objects.filter(status="sent", role="customer").order_by("pk")
    return list(sent.values_list("template", "to"))


def correct(booking: BookingView, *, now: datetime, **changes: str) -> None:
    same = Correction(
        name=booking.customer_name,
        phone=booking.customer_phone,
        email=booking.customer_email,
        asset=dict(booking.asset_data),
        note=booking.note,
        price_minor=booking.price_minor,
    )
    correct_booking(booking_id=booking.id, correction=replace(same, **changes), now=now, by=STAFF)


def test_the_right_address_gets_the_confirmation_and_a_typing_mistake_tells_nobody(book):
    booking = book()
    first = send_all(NOW)
    correct(booking, now=NOW + SECOND, name="Ana Ruis")
    silent = send_all(NOW + timedelta(minutes=1))
    correct(booking, now=NOW + timedelta(minutes=2), email=NEW)

    assert silent == first == [("booking_confirmed", "ana@example.com")]
    assert send_all(NOW + timedelta(minutes=3)) == [*first, ("booking_confirmed", NEW)]
    assert make_manage_token(get_booking(booking_id=booking.id)) in Message.objects.get(to=NEW).body_text
    assert make_manage_token(booking) not in Message.objects.get(to=NEW).body_text


def test_confirmation_of_a_corrected_address_says_what_holds_when_it_leaves(book):
    """Before its worker came, the booking was cancelled: nobody is told of a visit that is none."""
    booking = book()
    first = send_all(NOW)
    correct(booking, now=NOW + SECOND, email=NEW)
    handle_events(NOW + SECOND)
    waiting = Message.objects.get(to=NEW)
    cancel_booking(booking_id=booking.id, now=NOW + 2 * SECOND, by=STAFF, reason="Error")

    send_message(waiting.pk, NOW + 3 * SECOND)

    waiting.refresh_from_db()
    assert first == [("booking_confirmed", "ana@example.com")]
    assert (waiting.status, waiting.template) == ("sent", "booking_cancelled")


def test_what_waits_for_the_wrong_address_does_not_leave(book):
    booking = book()
    handle_events(NOW)
    correct(booking, now=NOW, email=NEW)

    assert send_all(NOW) == [("booking_confirmed", NEW)]
    wrong = Message.objects.get(to="ana@example.com")
    assert (wrong.status, wrong.reason) == ("cancelled", "superseded")


def test_what_waits_for_the_address_that_stays_leaves_with_the_new_link(book):
    booking = book()
    handle_events(NOW)
    correct(booking, now=NOW, phone="+525587654321")
    waiting = Message.objects.get(role="customer")
    send_message(waiting.pk, NOW)

    waiting.refresh_from_db()
    assert waiting.status == "sent"
    assert make_manage_token(booking) not in waiting.body_text
    assert make_manage_token(get_booking(booking_id=booking.id)) in waiting.body_text


def test_a_phone_beside_the_address_that_was_told_is_no_news(book):
    booking = book(phone=None)
    first = send_all(NOW)
    correct(booking, now=NOW + SECOND, phone="+525587654321")

    assert send_all(NOW + timedelta(minutes=1)) == first


@pytest.mark.parametrize("status", [BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS])
def test_who_is_there_gets_no_confirmation(book, status):
    booking = book()
    first = send_all(NOW)
    Booking.objects.update(status=status)
    correct(booking, now=NOW + SECOND, email=NEW)

    assert send_all(NOW + timedelta(minutes=1)) == first


def test_a_visit_that_has_begun_is_not_confirmed_at_another_address(book):
    booking = book()
    first = send_all(NOW)
    correct(booking, now=booking.starts_at, email=NEW)

    assert send_all(booking.starts_at) == first


def test_a_visit_of_the_past_that_is_restored_is_not_confirmed(book):
    booking = book()
    send_all(NOW)
    cancel_booking(booking_id=booking.id, now=booking.starts_at, by=STAFF, reason="Equivocación")
    first = send_all(booking.starts_at + timedelta(minutes=1))
    undo_step(
        booking_id=booking.id,
        status=BookingStatus.CANCELLED,
        now=booking.starts_at + timedelta(minutes=2),
        by=STAFF,
    )

    assert first[-1][0] == "booking_cancelled"
    assert send_all(booking.starts_at + timedelta(minutes=3)) == first


def test_a_request_is_told_at_the_right_address_in_its_own_words(book):
    Service.objects.update(approval="request")
    booking = book()
    first = send_all(NOW)
    managers = Message.objects.filter(role="business").count()
    correct(booking, now=NOW + SECOND, email=NEW)

    assert send_all(NOW + timedelta(minutes=1)) == [*first, ("booking_requested", NEW)]
    assert Message.objects.filter(role="business").count() == managers
