"""What customers and the business are told when something happens to a booking.

Handlers of ``booking.*`` events: they run in a worker, after the booking's transaction, and
describe the booking as it is *now*. An event that later ones have overtaken is left untold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.selectors.staff import list_managers
from kernel.iso import parse_instant
from notifications.hooks import register_event_handler
from notifications.services.messages import cancel_messages, tell
from notifications.types.messages import EventView, Recipient
from scheduling.enums import ActorKind, BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import BY_STAFF, Person, list_people, tell_customer
from scheduling.services.messages.invitations import CANCEL, REQUEST
from scheduling.services.messages.reminders import cancel_reminders, plan_reminders
from scheduling.services.messages.words import make_business_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant

CONFIRMED = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS})
EARLIER = ("booking_requested", "booking_confirmed", "booking_approved", "booking_moved", "booking_reminder")
"""What a customer need not read any more once the booking is over."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom an event concerns and in which state of the booking it is still true.

    Attributes:
        business: Template for the business; empty: only the customer is told.
        method: What the calendar file says (iTIP); empty: none is sent.
    """

    statuses: frozenset[BookingStatus]
    customer: str
    business: str = ""
    method: str = ""


MOVED = "booking.rescheduled"
BOOKED = frozenset({"booking.requested", "booking.confirmed"})

TELLINGS = {
    "booking.requested": Telling(
        frozenset({BookingStatus.PENDING_APPROVAL}), "booking_requested", "business_new_request"
    ),
    "booking.confirmed": Telling(CONFIRMED, "booking_confirmed", "business_new_booking", REQUEST),
    "booking.declined": Telling(frozenset({BookingStatus.DECLINED}), "booking_declined"),
    MOVED: Telling(CONFIRMED, "booking_moved", "business_booking_moved", REQUEST),
    "booking.cancelled": Telling(
        frozenset({BookingStatus.CANCELLED}), "booking_cancelled", "business_booking_cancelled", CANCEL
    ),
}


def handle_booking_event(event: EventView) -> None:
    """Queue the messages of one event and keep the reminders in step; samples send nothing."""
    if event.kind not in TELLINGS or event.payload.get("is_sample"):
        return
    try:
        booking = get_booking(booking_id=event.subject_id)
    except BookingNotFound:
        return  # removed since: there is nobody to tell
    telling = TELLINGS[event.kind]
    if event.kind == MOVED and booking.status == BookingStatus.PENDING_APPROVAL:
        telling = TELLINGS["booking.requested"]  # a request for another time is a request
    if booking.status in CONFIRMED:
        plan_reminders(booking_id=booking.id, now=event.occurred_at)
    else:
        cancel_reminders(booking_id=booking.id, now=event.occurred_at)
    if booking.status not in telling.statuses:
        return
    if event.kind == MOVED and event.payload.get("sequence", booking.sequence) != booking.sequence:
        return  # a later move tells the time that holds
    if telling.method == CANCEL:
        cancel_messages(about=make_subject(booking.id), templates=EARLIER)
    template = telling.customer
    if template == "booking_confirmed" and event.payload.get("was_requested"):
        template = "booking_approved"
    people = list_people(booking)
    previous = read_instant(event.payload.get("previous_starts_at"))
    tell_customer(
        booking,
        template=template,
        method=telling.method,
        people=people,
        previous=previous,
        key=_make_key(event, booking, template),
        now=event.occurred_at,
        limit=_find_limit(event),
    )
    if telling.business:
        _tell_business(event, booking, template=telling.business, people=people, previous=previous)


def read_instant(text: object) -> datetime | None:
    """Return an instant out of an event's payload, if there is one."""
    return parse_instant(text) if isinstance(text, str) and text else None


def register() -> None:
    """Listen to what happens to bookings."""
    register_event_handler("booking.", handle_booking_event)


def _tell_business(
    event: EventView, booking: BookingView, *, template: str, people: tuple[Person, ...], previous: datetime | None
) -> None:
    """Tell those who work on it; owners and managers only what they did not do themselves."""
    readers = () if event.payload.get("by") == ActorKind.STAFF else list_managers()
    language = current_tenant().locale
    colleagues = [
        *(Recipient(email=reader.email, locale=reader.locale) for reader in readers),
        *(Recipient(email=person.email, locale=language) for person in people if person.has_account),
    ]
    others = [Recipient(email=person.email, locale=language) for person in people if not person.has_account]
    for recipients, limit in ((colleagues, "messages_business"), (others, BY_STAFF)):
        tell(
            recipients=recipients,
            template=template,
            about=make_subject(booking.id),
            words=make_business_words(booking, previous=previous),
            key=_make_key(event, booking, template),
            now=event.occurred_at,
            reply_to=booking.customer_email,
            limit=limit,
        )


def _find_limit(event: EventView) -> str:
    if event.payload.get("by") == ActorKind.STAFF:
        return BY_STAFF
    return "messages_unproven" if event.kind in BOOKED else "messages_changes"


def _make_key(event: EventView, booking: BookingView, template: str) -> str:
    # A booking is confirmed once, however often that is said.
    if template in {"booking_confirmed", "booking_approved"}:
        return f"booking:{booking.id}:confirmed"
    return f"event:{event.id}:{template}"
