from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from notifications.models import Event, Message
from notifications.selectors.messages import list_messages
from notifications.types.messages import Subject
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Resource, Service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve, decline
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor, Notice
from tests.integration.scheduling.messages.conftest import NOW, handle_events, list_slots

CUSTOMER, STAFF = Actor(kind="customer"), Actor(kind="staff", user_id=1)


def list_sent() -> list[tuple[str, str, str]]:
    return list(Message.objects.order_by("pk").values_list("template", "channel", "to"))


def read_calendar(message: Message) -> dict[str, object]:
    calendar = Calendar.from_ical(message.attachments[0]["content"])
    event = calendar.walk("VEVENT")[0]
    assert calendar.walk("VALARM") == []
    return {
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": event["SEQUENCE"],
        "starts_at": event["DTSTART"].dt,
        "ends_at": event["DTEND"].dt,
        "status": str(event["STATUS"]),
        "organizer": str(event["ORGANIZER"]),
        "attendee": str(event["ATTENDEE"]),
    }


def test_confirmed_booking_is_told_once_to_each_side(book):
    booking = book()

    handle_events()
    handle_events()
    Event.objects.update(processed_at=None)
    handle_events()

    assert list_sent() == [
        ("booking_confirmed", "email", "ana@example.com"),
        ("business_new_booking", "email", "owner@taller.example"),
    ]
    text = Message.objects.get(template="booking_confirmed").body_text
    for part in (
        "Hola, Ana Ruiz:",
        "Servicio: Cambio de aceite y filtro",
        "Hora de Ciudad de México (UTC−6)",
        "Vehículo: Nissan Versa 2019",
        booking.reference,
        f"http://taller.testserver.example/b/{make_manage_token(booking)}/",
        "Trae tarjeta de circulación",
    ):
        assert part in text
    assert "\u202f" not in text


def test_invitation_is_a_valid_request(book):
    booking = book()
    handle_events()

    assert read_calendar(Message.objects.get(template="booking_confirmed")) == {
        "method": "REQUEST",
        "uid": booking.ics_uid,
        "sequence": 0,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "status": "CONFIRMED",
        "organizer": "mailto:owner@taller.example",
        "attendee": "mailto:ana@example.com",
    }


def test_hostile_name_stays_a_name_in_the_invitation(book):
    book()
    Booking.objects.update(customer_name='Ana";X=1\nDTSTART:20200101T000000Z')
    handle_events()

    message = Message.objects.get(template="booking_confirmed")
    assert read_calendar(message)["starts_at"].year == 2026
    assert "\n" not in message.subject


def test_customer_with_a_phone_only_gets_one_sms(book):
    book(email=None)

    handle_events()

    assert list_sent() == [
        ("booking_confirmed", "sms", "+525512345678"),
        ("business_new_booking", "email", "owner@taller.example"),
    ]


def test_english_customer_reads_english(book):
    book(locale="en")

    handle_events()

    message = Message.objects.get(template="booking_confirmed")
    assert message.subject.startswith("Appointment confirmed: Cambio de aceite y filtro, Wed, Nov 25, 9:00")
    assert "Vehicle: Nissan Versa 2019" in message.body_text
    assert Message.objects.get(template="business_new_booking").subject.startswith("Nueva cita: ")


def test_assigned_people_hear_of_it_once(book):
    Resource.objects.filter(resource_type__is_person=True).update(email="owner@taller.example")
    Resource.objects.filter(resource_type__is_person=False).update(email="bay@taller.example")

    book()
    handle_events()

    assert [(template, to) for template, _, to in list_sent()[1:]] == [
        ("business_new_booking", "owner@taller.example"),
        ("worker_booked", "bay@taller.example"),
    ]


def test_an_address_that_the_owner_typed_gets_less_than_an_account(book, settings):
    """Nobody proved that it is theirs; an owner's own address was verified at the sign-up."""
    settings.LIMITS = settings.LIMITS | {"messages_staff": replace(settings.LIMITS["messages_staff"], size=2)}
    Resource.objects.filter(resource_type__is_person=True).update(email="victim@example.com")

    for number in range(4):
        book(email=f"ana-{number}@example.com")
    handle_events()

    sent = Message.objects.filter(status="queued").exclude(role="customer").values_list("to", flat=True)
    assert (list(sent).count("victim@example.com"), list(sent).count("owner@taller.example")) == (2, 4)


def test_staff_is_not_told_what_it_did_itself(book):
    book(by=STAFF)

    handle_events()

    assert list_sent() == [("booking_confirmed", "email", "ana@example.com")]


def test_moved_booking_updates_the_calendar(book, service):
    booking = book()
    handle_events()
    slot = next(slot for slot in list_slots(service) if slot.starts_at > booking.starts_at + timedelta(hours=20))
    move_booking(booking_id=booking.id, starts_at=slot.starts_at, now=NOW, by=CUSTOMER)

    handle_events()

    assert list_sent()[2:] == [
        ("booking_moved", "email", "ana@example.com"),
        ("business_booking_moved", "email", "owner@taller.example"),
    ]
    message = Message.objects.get(template="booking_moved")
    seen = read_calendar(message)
    assert (seen["method"], seen["uid"], seen["sequence"]) == ("REQUEST", booking.ics_uid, 1)
    assert seen["starts_at"] == slot.starts_at
    assert "Antes: miércoles 25 de noviembre, 9:00\N{NO-BREAK SPACE}a.m." in message.body_text


def test_another_person_at_the_same_time_is_no_new_time(book):
    booking = book()
    handle_events()
    taken = next(each for each in booking.resources if each.is_person)
    other = Resource.objects.filter(resource_type__resources=taken.resource_id).exclude(pk=taken.resource_id).first()
    move_booking(booking_id=booking.id, starts_at=booking.starts_at, now=NOW, by=CUSTOMER, resource_ids=(other.pk,))

    handle_events()

    told = Message.objects.get(template="booking_moved")
    assert other.name in told.subject
    notice = Message.objects.get(template="business_booking_moved")
    assert notice.subject.startswith(f"Cita cambiada, con {other.name}")
    assert f", con {other.name}" in notice.body_text
    assert "Antes" not in told.body_text + notice.body_text
    assert "cambió de hora" not in notice.body_text


def test_only_the_last_of_two_moves_is_told(book, service):
    booking = book()
    handle_events()
    first, second = [slot for slot in list_slots(service) if slot.starts_at > booking.ends_at][:2]
    for slot in (first, second):
        move_booking(booking_id=booking.id, starts_at=slot.starts_at, now=NOW, by=CUSTOMER)

    handle_events()

    assert read_calendar(Message.objects.get(template="booking_moved"))["starts_at"] == second.starts_at


def test_cancelled_booking_leaves_the_calendar(book):
    booking = book()
    handle_events()
    Message.objects.filter(template="booking_confirmed").update(status="sent", sent_at=NOW)
    cancel_booking(booking_id=booking.id, now=NOW, by=CUSTOMER, reason="Ya no puedo")

    handle_events()

    assert list_sent()[2:] == [
        ("booking_cancelled", "email", "ana@example.com"),
        ("business_booking_cancelled", "email", "owner@taller.example"),
    ]
    message = Message.objects.get(template="booking_cancelled")
    seen = read_calendar(message)
    assert (seen["method"], seen["uid"], seen["sequence"], seen["status"]) == (
        "CANCEL",
        booking.ics_uid,
        1,
        "CANCELLED",
    )
    assert "Ya no puedo" in message.body_text
    assert "Trae tarjeta" not in message.body_text


def test_confirmation_that_still_waits_is_taken_back_by_a_cancellation(book):
    booking = book()
    handle_events()
    cancel_booking(booking_id=booking.id, now=NOW, by=CUSTOMER)

    handle_events()

    assert dict(Message.objects.exclude(template__startswith="business").values_list("template", "status")) == {
        "booking_confirmed": "cancelled",
        "booking_cancelled": "queued",
    }


def test_late_confirmation_of_a_cancelled_booking_is_not_told(book):
    booking = book()
    cancel_booking(booking_id=booking.id, now=NOW, by=CUSTOMER)

    handle_events()

    assert [template for template, _, _ in list_sent()] == ["booking_cancelled", "business_booking_cancelled"]


@pytest.fixture
def requested(book, service):
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book()
    assert booking.status == "pending_approval"
    return booking


def test_request_is_told_without_invitation(requested):
    handle_events()

    assert list_sent() == [
        ("booking_requested", "email", "ana@example.com"),
        ("business_new_request", "email", "owner@taller.example"),
    ]
    assert Message.objects.get(template="booking_requested").attachments == []


def test_approved_request_is_told_once(requested):
    handle_events()
    approve(booking_id=requested.id, now=NOW, by=STAFF)

    handle_events()

    assert list_sent()[2:] == [("booking_approved", "email", "ana@example.com")]
    assert read_calendar(Message.objects.get(template="booking_approved"))["method"] == "REQUEST"


def test_moved_request_is_asked_for_again(requested, service):
    handle_events()
    slot = next(slot for slot in list_slots(service) if slot.starts_at > requested.ends_at)
    move_booking(booking_id=requested.id, starts_at=slot.starts_at, now=NOW, by=CUSTOMER)

    handle_events()

    assert list_sent()[2:] == [
        ("booking_requested", "email", "ana@example.com"),
        ("business_new_request", "email", "owner@taller.example"),
    ]


def test_declined_request_is_told_with_its_reason(requested):
    handle_events()
    decline(booking_id=requested.id, now=NOW, by=STAFF, reason="Sin refacciones")

    handle_events()

    message = Message.objects.get(template="booking_declined")
    assert "Motivo: Sin refacciones" in message.body_text
    assert "http://taller.testserver.example/\n" in message.body_text


def test_event_about_a_removed_booking_is_done_with(book):
    booking = book()
    Event.objects.update(subject_id=booking.id + 1)

    handle_events()

    assert list_sent() == []
    assert Event.objects.filter(processed_at=None).count() == 0


def test_samples_send_nothing(book):
    book(is_sample=True)

    handle_events()

    assert list_sent() == []
    assert Booking.objects.get().reminders.count() == 0


def test_messages_show_in_the_log_of_their_booking(book):
    booking, other = book(), book(email="eva@example.com")
    handle_events()

    log = list_messages(about=Subject("booking", booking.id))

    assert [line.to for line in log] == ["ana@example.com", "owner@taller.example"]
    assert list_messages(about=Subject("booking", other.id))[0].to == "eva@example.com"


@pytest.mark.parametrize(
    ("notice", "told"),
    [
        (Notice(is_told=False), None),
        (Notice(), ""),
        (Notice(line="Perdona, nos falta una pieza."), "Perdona, nos falta una pieza."),
    ],
)
def test_staff_says_whether_a_move_is_told_and_in_which_words(book, notice, told):
    booking = book()
    handle_events()
    later = booking.starts_at + timedelta(hours=24)

    move_booking(booking_id=booking.id, starts_at=later, now=NOW, by=STAFF, notice=notice)
    handle_events()

    messages = Message.objects.filter(template="booking_moved")
    assert messages.count() == (told is not None)
    assert all((told in each.body_text) == bool(told) or not told for each in messages)
    assert all("Perdona" not in each.body_text for each in messages if not told)


@pytest.mark.parametrize("email", ["ana@example.com", None])
def test_the_line_stands_in_the_message_of_a_request_that_is_moved(book, service, email):
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book(email=email)
    handle_events()
    later = booking.starts_at + timedelta(hours=24)

    move_booking(booking_id=booking.id, starts_at=later, now=NOW, by=STAFF, notice=Notice(line="Perdona, hay feria."))
    handle_events()

    sent = Message.objects.filter(template="booking_requested").order_by("pk")
    assert [(each.channel, "Perdona, hay feria." in each.body_text) for each in sent] == [
        ("email" if email else "sms", False),
        ("email" if email else "sms", True),
    ]


def test_the_line_belongs_to_its_move_alone(book):
    booking = book()
    move_booking(
        booking_id=booking.id,
        starts_at=booking.starts_at + timedelta(hours=24),
        now=NOW,
        by=STAFF,
        notice=Notice(line="Perdona"),
    )
    move_booking(booking_id=booking.id, starts_at=booking.starts_at + timedelta(hours=25), now=NOW, by=STAFF)

    handle_events()

    assert ["Perdona" in each.body_text for each in Message.objects.filter(template="booking_moved")] == [False]


@pytest.mark.parametrize("line", ["x" * 161, "\ud800"])
def test_a_line_that_cannot_be_sent_moves_nothing(book, line):
    booking = book()

    with pytest.raises(RequestInvalid):
        move_booking(
            booking_id=booking.id,
            starts_at=booking.starts_at + timedelta(hours=24),
            now=NOW,
            by=STAFF,
            notice=Notice(line=line),
        )

    assert Booking.objects.get(pk=booking.id).starts_at == booking.starts_at
