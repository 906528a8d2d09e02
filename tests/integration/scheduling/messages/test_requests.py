"""A request never ends without a word: deadline, nudge in the middle, and what its customer reads at the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from notifications.models import Message
from scheduling.models import Booking, Location, Resource, Service, WorkingHours
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve
from scheduling.services.messages.managers import nudge_business
from scheduling.services.messages.working_time import find_working_instant
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import Actor, SlotRequest
from tenants.models import DueWork
from tests.factories.scheduling import make_wish
from tests.integration.scheduling.messages.conftest import NOW, handle_events, list_slots

CUSTOMER, STAFF = Actor(kind="customer"), Actor(kind="staff", user_id=1)
DAY = timedelta(days=1)
ZONE, SATURDAY = ZoneInfo("America/Mexico_City"), 5
WAITING = "business_request_waiting"


@pytest.fixture
def asked(book, service):
    """A request for the day after tomorrow, asked on Monday at nine."""
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book()
    handle_events()
    return booking


def find_nudge(booking):
    return DueWork.objects.filter(kind="request_nudge", row_id=booking.id).values_list("due_at", flat=True).get()


def list_told(*templates: str) -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(template__in=templates) if templates else Message.objects.all()
    return list(rows.order_by("pk").values_list("template", "channel", "to"))


def test_request_says_until_when_it_is_answered(asked):
    assert asked.answer_by == NOW + DAY
    customer, business = Message.objects.order_by("pk")
    assert "A más tardar el martes 24 de noviembre, 9:00\xa0a.m. te escribiremos" in customer.body_text
    assert "apartada hasta el martes 24 de noviembre, 9:00\xa0a.m.:" in business.body_text


def test_business_is_nudged_once_when_half_of_the_time_is_gone(asked):
    half = NOW + DAY / 2

    nudge_business(asked.id, half)
    nudge_business(asked.id, half)

    assert list_told(WAITING) == [(WAITING, "email", "owner@taller.example")]
    assert "A más tardar" not in Message.objects.get(template=WAITING).subject
    assert "a más tardar el martes 24 de noviembre, 9:00\xa0a.m.," in Message.objects.get(template=WAITING).body_text


@pytest.mark.parametrize(
    ("asked_at", "answer_by", "expected"),
    [
        ((25, 10, 0), (25, 16, 0), (25, 13, 0)),
        ((25, 10, 0), (26, 10, 0), (25, 17, 0)),
        ((27, 20, 0), (28, 20, 0), (28, 9, 0)),
        ((28, 12, 0), (30, 12, 0), (30, 9, 0)),
        ((28, 13, 30), (30, 9, 30), (29, 11, 30)),
        ((28, 18, 0), (30, 9, 0), (29, 13, 30)),
        ((28, 18, 0), (29, 21, 0), (29, 9, 0)),
        ((25, 21, 0), (26, 8, 0), (26, 2, 30)),
    ],
)
def test_nudge_comes_while_somebody_works_else_by_day(tenant, asked_at, answer_by, expected):
    place = Location.objects.order_by("pk").first()
    WorkingHours.objects.all().delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(location=place, weekday=day, opens_minute=540, closes_minute=840 if day == SATURDAY else 1080)
        for day in range(6)
    )
    begins, ends, wanted = (datetime(2026, 11, *at, tzinfo=ZONE) for at in (asked_at, answer_by, expected))

    found = find_working_instant(wanted=begins + (ends - begins) / 2, begins=begins, ends=ends, location_id=place.pk)

    assert found.astimezone(ZONE) == wanted


def test_nudge_is_planned_for_when_somebody_works(asked):
    nudge = find_nudge(asked)

    assert asked.answer_by - nudge > timedelta(hours=1)
    assert nudge == find_working_instant(
        wanted=NOW + DAY / 2, begins=NOW, ends=asked.answer_by, location_id=asked.location_id
    )
    assert nudge.astimezone(ZONE) == datetime(2026, 11, 23, 17, tzinfo=ZONE)


def test_every_manager_is_nudged_in_their_language(asked):
    User.objects.create(email="mia@taller.example", name="Mia", role="manager", is_active=True, locale="en")

    nudge_business(asked.id, NOW + DAY / 2)

    assert "closes by itself" in Message.objects.get(to="mia@taller.example").body_text
    assert Message.objects.filter(template=WAITING).count() == 2


def test_answered_request_is_not_nudged(asked):
    approve(booking_id=asked.id, now=NOW, by=STAFF)

    nudge_business(asked.id, NOW + DAY / 2)

    assert list_told(WAITING) == []


@pytest.mark.parametrize("change", [{"is_sample": True}, {"hold_expires_at": NOW}])
def test_sample_or_ended_request_is_not_nudged(asked, change):
    Booking.objects.update(**change)

    nudge_business(asked.id, NOW + DAY / 2)

    assert list_told(WAITING) == []


def test_removed_request_is_not_nudged(asked):
    nudge_business(asked.id + 1, NOW + DAY / 2)

    assert list_told(WAITING) == []


def test_moved_request_is_nudged_for_its_new_time(asked, service):
    later = NOW + timedelta(hours=3)
    nudge_business(asked.id, NOW + DAY / 2)
    slot = next(slot for slot in list_slots(service) if slot.starts_at > asked.ends_at)
    move_booking(booking_id=asked.id, starts_at=slot.starts_at, now=later, by=CUSTOMER)
    handle_events()

    assert find_nudge(asked) == datetime(2026, 11, 23, 17, tzinfo=ZONE)
    nudge_business(asked.id, later + DAY / 2)

    assert len(list_told(WAITING)) == 2


@pytest.mark.parametrize(
    ("locale", "email", "words"),
    [
        ("es", "ana@example.com", "no alcanzó a responder tu solicitud"),
        ("en", "ana@example.com", "didn't get to answer your request"),
        ("es", None, "no respondieron tu solicitud"),
        ("en", None, "wasn't answered"),
    ],
)
def test_customer_is_told_that_nobody_answered(book, service, locale, email, words):
    Service.objects.filter(pk=service.pk).update(approval="request")
    booking = book(locale=locale, email=email)
    handle_events()

    expire_hold(booking.id, NOW + DAY - timedelta(minutes=1))
    assert Booking.objects.get().status == "pending_approval"
    expire_hold(booking.id, NOW + DAY)
    handle_events()

    to = ("email", email) if email else ("sms", "+525512345678")
    assert list_told("request_expired") == [("request_expired", *to)]
    text = Message.objects.get(template="request_expired").body_text
    assert words in text
    assert "http://taller.testserver.example/" in text
    assert "/b/" not in text
    assert Message.objects.get(template="booking_requested").status == "cancelled"


def test_customer_is_told_that_the_deposit_did_not_come(book, service):
    Service.objects.filter(pk=service.pk).update(deposit_kind="fixed", deposit_minor=10_000)
    booking = book()
    assert booking.status == "pending_payment"
    handle_events()

    expire_hold(booking.id, NOW + timedelta(minutes=30))
    handle_events()

    assert list_told() == [("payment_expired", "email", "ana@example.com")]
    assert "No recibimos el anticipo" in Message.objects.get().body_text


def test_place_of_an_unanswered_request_is_free_at_once(asked, service):
    def is_offered(now):
        return asked.starts_at in [slot.starts_at for slot in list_slots(service, now=now)]

    taken = [booking.resource_id for booking in asked.resources]
    assert taken
    assert Booking.objects.get().allocations.filter(hold_expires_at=asked.answer_by, is_active=True).count() == len(
        taken
    )

    assert is_offered(NOW + DAY)


def test_hold_ends_silently(service):
    slot = list_slots(service)[0]
    modes = service.arrival_modes
    wish = make_wish(service.pk, arrival_mode=modes[0] if modes else "")
    held = hold_slot(request=SlotRequest(wish, slot.starts_at), now=NOW, source="page")

    expire_hold(held.id, held.expires_at)
    handle_events()

    assert (Booking.objects.get().status, list_told()) == ("expired", [])


def test_request_that_ended_in_the_way_of_another_booking_is_told(asked, book, service):
    Service.objects.filter(pk=service.pk).update(approval="instant")
    Resource.objects.exclude(pk__in=[taken.resource_id for taken in asked.resources]).update(is_active=False)

    taken = book(email="eva@example.com", now=asked.answer_by, starts_after=asked.starts_at)
    handle_events()

    assert taken.starts_at == asked.starts_at
    assert list_told("request_expired") == [("request_expired", "email", "ana@example.com")]
