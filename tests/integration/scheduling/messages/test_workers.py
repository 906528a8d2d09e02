"""Whoever does the work is told of it: with or without an account, by e-mail or SMS, and no more than the job needs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import User
from accounts.services import own_account
from notifications.models import Message
from notifications.services.delivery import send_message
from scheduling.models import Resource, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve
from scheduling.types import Actor
from tenants.errors import RetryLater
from tests.fakes.mail_server import running_mail_server
from tests.fakes.sms_carrier import running_sms_carrier
from tests.integration.scheduling.messages.conftest import NOW, handle_events, list_slots

CUSTOMER, STAFF = Actor(kind="customer"), Actor(kind="staff", user_id=1)
SOON = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def carriers(settings):
    with running_mail_server() as mail, running_sms_carrier() as sms:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = mail.host, mail.port
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = sms.url, sms.account, sms.secret
        settings.SMS_FROM = "+15005550006"
        yield


@pytest.fixture
def mechanics(service) -> list[Resource]:
    """Two people who do the service, each with an address of their own."""
    people = list(Resource.objects.filter(resource_type__is_person=True).order_by("pk"))[:2]
    assert len(people) == 2
    for number, person in enumerate(people):
        person.email = f"mecanico-{number}@example.com"
        person.save()
    return people


def make_user() -> User:
    return User.objects.create(email="carlos@taller.example", name="Carlos", role=Role.PROVIDER)


def deliver(at=NOW) -> list[tuple[str, str]]:
    """Send what may leave; return what workers have got so far."""
    handle_events(at)
    for message in Message.objects.filter(status="queued").order_by("pk"):
        try:
            send_message(message.pk, at)
        except RetryLater:
            continue
    return list(Message.objects.filter(role="worker", status="sent").order_by("pk").values_list("template", "to"))


def find_mechanic(booking, mechanics) -> tuple[Resource, Resource]:
    """Return who does it and who does not."""
    ids = {taken.resource_id for taken in get_booking(booking_id=booking.id).resources}
    own, other = sorted(mechanics, key=lambda person: person.pk not in ids)
    assert own.pk in ids
    return own, other


@pytest.mark.parametrize("by", [CUSTOMER, STAFF])
def test_mechanic_without_an_account_is_told_whoever_booked(book, mechanics, by):
    own, _ = find_mechanic(book(by=by), mechanics)

    assert deliver() == [("worker_booked", own.email)]


def test_mechanic_with_a_phone_only_gets_an_sms(book, mechanics):
    Resource.objects.update(email="", phone="+525512345679")
    book()
    deliver()

    message = Message.objects.filter(role="worker").first()
    assert (message.channel, message.to, message.status) == ("sms", "+525512345679", "sent")
    assert "Ana" not in message.body_text


def test_message_says_what_the_job_needs_and_no_contact(book, mechanics):
    booking = book()
    deliver()

    message = Message.objects.get(role="worker")
    text = message.body_text + message.body_html + message.subject + message.reply_to
    for needed in ("Cambio de aceite y filtro", "Nissan Versa 2019", "Ana Ruiz", booking.reference):
        assert needed in text
    for private in ("ana@example.com", "525512345678", "12345678", "/b/", "/workspace/", "$"):
        assert private not in text
    assert message.attachments == []


def test_mechanic_with_an_account_can_open_the_booking(book, mechanics):
    booking = book()
    own, _ = find_mechanic(booking, mechanics)
    own.user, own.email = make_user(), ""
    own.save()

    assert deliver() == [("worker_booked", "carlos@taller.example")]
    assert f"/workspace/bookings/{booking.id}/" in Message.objects.get(role="worker").body_text


@pytest.mark.parametrize(
    ("channel", "reached"),
    [
        ("email", [("worker_booked", "own@taller.example")]),
        ("sms", [("worker_booked", "+525512345679")]),
        ("none", []),
    ],
)
def test_whoever_signs_in_chooses_how_they_hear_of_their_work(book, mechanics, channel, reached):
    user = make_user()
    own_account.choose_own_work(user, channel=channel)
    Resource.objects.filter(resource_type__is_person=True).update(
        user=user, email="own@taller.example", phone="+525512345679"
    )

    book()

    assert deliver() == reached


def test_an_sms_that_nobody_can_get_is_none(book, mechanics):
    """The phone was removed after its owner had chosen it."""
    user = make_user()
    own_account.choose_own_work(user, channel="sms")
    Resource.objects.filter(resource_type__is_person=True).update(user=user, phone="")

    book()

    assert deliver() == []


def test_what_waits_leaves_to_nobody_who_wants_it_no_more(book, mechanics):
    user = make_user()
    Resource.objects.filter(resource_type__is_person=True).update(user=user, email="own@taller.example")
    book()
    handle_events(NOW)

    own_account.choose_own_work(user, channel="none")

    assert deliver() == []


def test_nobody_is_told_what_they_did_themselves(book, mechanics):
    user = make_user()
    Resource.objects.filter(resource_type__is_person=True).update(user=user, email="")

    book(by=Actor(kind="staff", user_id=user.pk))

    assert deliver() == []


def test_another_mechanic_gets_it_and_the_first_one_is_told(book, mechanics):
    booking = book()
    own, other = find_mechanic(booking, mechanics)
    deliver()
    move_booking(booking_id=booking.id, starts_at=booking.starts_at, now=NOW, by=STAFF, resource_ids=(other.pk,))

    assert deliver(NOW + SOON)[1:] == [("worker_booked", other.email), ("worker_cancelled", own.email)]


def test_given_away_and_back_tells_neither(book, mechanics):
    booking = book()
    own, other = find_mechanic(booking, mechanics)
    deliver()
    for person in (other, own):
        move_booking(booking_id=booking.id, starts_at=booking.starts_at, now=NOW, by=STAFF, resource_ids=(person.pk,))
        handle_events(NOW)

    assert [to for _, to in deliver(NOW + timedelta(minutes=10))] == [own.email]


def test_moved_and_cancelled_is_told(book, service, mechanics):
    booking = book()
    own, _ = find_mechanic(booking, mechanics)
    deliver()
    later = next(slot for slot in list_slots(service) if slot.starts_at > booking.starts_at + timedelta(hours=20))
    move_booking(booking_id=booking.id, starts_at=later.starts_at, now=NOW, by=STAFF, resource_ids=(own.pk,))
    moved = deliver(NOW + SOON)
    cancel_booking(booking_id=booking.id, now=NOW + timedelta(hours=1), by=CUSTOMER)

    assert moved[1:] == [("worker_moved", own.email)]
    assert "Antes: miércoles 25" in Message.objects.get(template="worker_moved").body_text
    assert deliver(NOW + timedelta(hours=1))[2:] == [("worker_cancelled", own.email)]


def test_a_request_is_nobodys_job_until_it_is_accepted(book, service, mechanics):
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book()

    assert deliver() == []
    approve(booking_id=booking.id, now=NOW, by=STAFF)
    own, _ = find_mechanic(booking, mechanics)
    assert deliver(NOW + SOON) == [("worker_booked", own.email)]


def test_cancelled_before_anybody_was_told_is_told_nobody(book, mechanics):
    booking = book(by=STAFF)
    handle_events(NOW)
    cancel_booking(booking_id=booking.id, now=NOW, by=STAFF, reason="Equivocación")

    assert deliver(NOW + SOON) == []
