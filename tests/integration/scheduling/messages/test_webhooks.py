"""What programs of others hear about bookings: every type, and nobody's name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from notifications.hooks import list_webhook_types
from notifications.models import Event, WebhookDelivery
from scheduling.enums import BookingEvent, BookingStatus
from scheduling.models import Booking
from scheduling.services.aftercare.feedback import give_feedback
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import complete_visit, mark_arrived
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.webhooks import RETURNS, STANDING, TYPES
from scheduling.types import Actor
from scheduling.types.aftercare.views import GivenFeedback
from tests.factories.webhooks import make_webhook
from tests.integration.scheduling.messages.conftest import NOW, handle_events, list_slots

STAFF = Actor(kind="staff", user_id=None)
HOUR = timedelta(hours=1)
UNTOLD = {
    BookingEvent.EXTENDED: "the hold is still the same",
    BookingEvent.PAYMENT_REQUESTED: "its end is told",
    BookingEvent.IMPORTED: "it was agreed elsewhere, perhaps by the program that would hear of it",
    BookingEvent.CLOCK_CHANGED: "told as booking.rescheduled",
    BookingEvent.STARTED: "not in the contract of the API",
    BookingEvent.PAUSED: "not in the contract of the API",
    BookingEvent.RESUMED: "not in the contract of the API",
    BookingEvent.DELAYED: "not in the contract of the API",
    BookingEvent.DEPOSIT_WAIVED: "the payment's own event tells of it",
    BookingEvent.CORRECTED: "nothing that a webhook holds changes",
    BookingEvent.KEPT: "it stays as it was agreed",
}


@pytest.fixture
def hear(tenant):
    """Subscribe to everything about bookings, and return what was told so far as (type, data)."""
    types = [each for each in list_webhook_types() if not each.startswith(("customer.", "invoice.", "payment."))]
    make_webhook(url="https://hooks.example/", events=types, now=NOW)

    def _hear() -> list[tuple[str, dict[str, object]]]:
        handle_events()
        bodies = WebhookDelivery.objects.order_by("event_id").values_list("type", "body")
        return [(type_, json.loads(body)["data"]) for type_, body in bodies]

    return _hear


def test_types_are_those_of_the_contract(tenant):
    words = (
        "held",
        "requested",
        "confirmed",
        "rescheduled",
        "changed",
        "cancelled",
        "declined",
        "expired",
        "arrived",
        "completed",
    )
    words += ("no_show", "attendance_confirmed")

    assert tuple(each for each in list_webhook_types() if not each.startswith(("invoice.", "payment."))) == (
        *(f"booking.{word}" for word in words),
        "feedback.received",
        *(f"customer.{word}" for word in ("created", "updated", "merged", "erased")),
    )


def test_every_event_of_bookings_is_told_or_says_why_not():
    assert {*TYPES, *RETURNS, *UNTOLD} == set(BookingEvent)
    assert set(STANDING) == set(BookingStatus)


def test_booking_is_told_by_its_ids(tenant, hear, book, service):
    booking = book()

    ((type_, data),) = hear()

    row = Booking.objects.get(pk=booking.id)
    assert type_ == "booking.confirmed"
    assert data == {
        "booking": {
            "id": str(row.pk),
            "reference": row.reference,
            "status": "confirmed",
            "starts_at": row.starts_at.isoformat().replace("+00:00", "Z"),
            "ends_at": row.ends_at.isoformat().replace("+00:00", "Z"),
            "timezone": "America/Mexico_City",
            "location": {"id": str(row.location_id), "name": booking.location_name},
            "service": {"id": str(service.pk), "name": service.name},
            "resources": [str(each.resource_id) for each in booking.resources],
            "party_size": 1,
            "customer": str(row.customer_id),
            "source": "page",
        },
        "by": "customer",
        "previous_starts_at": None,
    }
    text = json.dumps(data)
    assert [word in text for word in ("Ana", "ana@", "5512345678", "ABC123D", row.token_hash)] == [False] * 5


def test_each_event_tells_the_booking_of_then(tenant, hear, book, service):
    booking = book()
    later = next(slot.starts_at for slot in list_slots(service) if slot.starts_at > booking.starts_at + HOUR)
    move_booking(booking_id=booking.id, starts_at=later, now=NOW, by=STAFF)
    cancel_booking(booking_id=booking.id, now=NOW + HOUR, by=STAFF, reason="ill")
    undo_step(booking_id=booking.id, status=BookingStatus.CANCELLED, now=NOW + HOUR, by=STAFF)

    told = [(type_, data["booking"]["status"], data["booking"]["starts_at"]) for type_, data in hear()]

    first, second = (each.isoformat().replace("+00:00", "Z") for each in (booking.starts_at, later))
    assert told == [
        ("booking.confirmed", "confirmed", first),
        ("booking.rescheduled", "confirmed", second),
        ("booking.cancelled", "cancelled", second),
        ("booking.confirmed", "confirmed", second),
    ]
    assert hear()[1][1]["previous_starts_at"] == first


def test_feedback_tells_the_stars_and_not_the_words(tenant, hear, book):
    booking = book()
    mark_arrived(booking_id=booking.id, now=booking.starts_at, by=STAFF)
    complete_visit(booking_id=booking.id, now=booking.ends_at, by=STAFF)
    given = GivenFeedback(2, "Ana was late", None, may_publish=False)
    give_feedback(token=make_manage_token(booking), given=given, now=booking.ends_at)

    told = hear()

    assert [type_ for type_, _ in told] == [
        "booking.confirmed", "booking.arrived", "booking.completed", "feedback.received",
    ]  # fmt: skip
    assert told[-1][1] == {"booking": {"id": str(booking.id), "reference": booking.reference}, "score": 2}


def test_new_instant_of_the_same_clock_time_is_another_time(tenant, hear, book):
    booking = book()
    Event.objects.update(kind="booking.clock_changed")

    assert [(type_, data["booking"]["id"]) for type_, data in hear()] == [("booking.rescheduled", str(booking.id))]


@pytest.mark.parametrize("mark", ["is_test", "is_sample", "removed"])
def test_tests_samples_and_what_is_gone_are_not_told(tenant, hear, book, mark):
    booking = book()
    if mark == "removed":
        Event.objects.update(subject_id=booking.id + 1)
    else:
        event = Event.objects.get()
        event.payload[mark] = True
        event.save()

    assert hear() == []
