"""What programs of others hear about bookings, as webhooks: ids, a status and instants, and nobody's name.

Whoever needs more asks for it with the ids and a key; so nothing about people lies in logs of deliveries and receivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from notifications.services.webhooks.recording import offer_webhooks
from notifications.types.messages import EventView, Subject
from notifications.types.webhooks import WebhookContent
from scheduling.enums import BookingEvent, BookingStatus, CustomerEvent
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare.feedback import RECEIVED
from scheduling.services.messages.standing import read_instant
from scheduling.services.messages.words import make_subject
from scheduling.types import BookingView

TYPES: Mapping[str, str] = {
    each: f"booking.{each}"
    for each in (
        BookingEvent.HELD,
        BookingEvent.REQUESTED,
        BookingEvent.CONFIRMED,
        BookingEvent.RESCHEDULED,
        BookingEvent.CHANGED,
        BookingEvent.CANCELLED,
        BookingEvent.DECLINED,
        BookingEvent.EXPIRED,
        BookingEvent.ARRIVED,
        BookingEvent.COMPLETED,
        BookingEvent.NO_SHOW,
        BookingEvent.ATTENDANCE_CONFIRMED,
    )
}
CUSTOMER_KIND = "customer"
RETURNS = frozenset({BookingEvent.UNDONE, BookingEvent.RESTORED})
"""A step was taken back: told as the step that leads to where the booking stands again."""
STANDING: Mapping[str, str] = {
    BookingStatus.HELD: TYPES[BookingEvent.HELD],
    BookingStatus.PENDING_PAYMENT: TYPES[BookingEvent.HELD],
    BookingStatus.PENDING_APPROVAL: TYPES[BookingEvent.REQUESTED],
    BookingStatus.CONFIRMED: TYPES[BookingEvent.CONFIRMED],
    BookingStatus.ARRIVED: TYPES[BookingEvent.ARRIVED],
    BookingStatus.IN_PROGRESS: TYPES[BookingEvent.ARRIVED],
    BookingStatus.COMPLETED: TYPES[BookingEvent.COMPLETED],
    BookingStatus.CANCELLED: TYPES[BookingEvent.CANCELLED],
    BookingStatus.DECLINED: TYPES[BookingEvent.DECLINED],
    BookingStatus.EXPIRED: TYPES[BookingEvent.EXPIRED],
    BookingStatus.NO_SHOW: TYPES[BookingEvent.NO_SHOW],
}


def describe_booking(event: EventView) -> WebhookContent | None:
    """Tell how a booking stood after an event: what of it changes is of then, the rest of now.

    None of tests and samples, and none of what was removed since.
    """
    booking = _find_booking(event)
    if booking is None:
        return None
    status, kind = str(event.payload["status"]), event.kind.removeprefix("booking.")
    if kind == BookingEvent.CLOCK_CHANGED:
        kind = BookingEvent.RESCHEDULED  # on the wall it is the same; as an instant it is another time
    previous = read_instant(event.payload.get("previous_starts_at"))
    data = {
        "booking": {
            **_name(booking),
            "status": status,
            "starts_at": _read(event, "starts_at") or booking.starts_at,
            "ends_at": _read(event, "ends_at") or booking.ends_at,
            "timezone": booking.timezone,
            "location": {"id": str(booking.location_id), "name": booking.location_name},
            "service": {"id": str(booking.service_id), "name": booking.service_name},
            "resources": [str(each.resource_id) for each in booking.resources],
            "party_size": booking.party_size,
            "customer": None if booking.customer_id is None else str(booking.customer_id),
            "source": str(booking.source),
        },
        "by": str(event.payload.get("by", "")),
        "previous_starts_at": previous,
    }
    type_ = STANDING[status] if kind in RETURNS else TYPES[kind]
    return WebhookContent(type_, make_subject(booking.id), data)


def describe_feedback(event: EventView) -> WebhookContent | None:
    """Tell the stars that a customer gave; what they wrote stays here."""
    booking = _find_booking(event)
    if booking is None:
        return None
    data = {"booking": _name(booking), "score": event.payload["score"]}
    return WebhookContent(event.kind, make_subject(booking.id), data)


def describe_customer(event: EventView) -> WebhookContent:
    """Tell that somebody is new, was changed, merged or erased: whoever wants to know more asks with the id.

    Of a record that was merged it is told which one goes on (``merged_into``).
    """
    customer = {"id": str(event.subject_id)}
    if "into" in event.payload:
        customer["merged_into"] = str(event.payload["into"])
    return WebhookContent(event.kind, Subject(CUSTOMER_KIND, event.subject_id), {"customer": customer})


def register() -> None:
    """Offer them to businesses."""
    kinds = (*TYPES, *RETURNS, BookingEvent.CLOCK_CHANGED)
    offer_webhooks(TYPES.values(), {f"booking.{kind}": describe_booking for kind in kinds})
    offer_webhooks([RECEIVED], {RECEIVED: describe_feedback})
    of_customers = [f"customer.{each}" for each in CustomerEvent]
    offer_webhooks(of_customers, dict.fromkeys(of_customers, describe_customer))


def _find_booking(event: EventView) -> BookingView | None:
    if event.payload.get("is_sample") or event.payload.get("is_test"):
        return None
    try:
        return get_booking(booking_id=event.subject_id)
    except BookingNotFound:
        return None


def _name(booking: BookingView) -> dict[str, object]:
    return {"id": str(booking.id), "reference": booking.reference}


def _read(event: EventView, name: str) -> datetime | None:
    found = read_instant(event.payload.get(name))
    return None if found is None else found.astimezone(UTC)
