"""Who is told what after and beside a visit: owners of low scores, of messages and of wishes; customers of answers.

Handlers of the events of this folder. What is told to customers has the role `TALK`: it says nothing of how the
booking stands, so it neither replaces nor anticipates a message that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.selectors.staff import list_managers
from kernel.languages import LANGUAGES
from kernel.lines import clean_line
from notifications.hooks import register_event_handler
from notifications.services.messages import tell
from notifications.types.messages import TALK, EventView, Recipient, Thread
from scheduling.errors import BookingNotFound
from scheduling.models import ConversationLine, DataRequest, Feedback
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare import answers, conversations, data_requests, feedback
from scheduling.services.messages.customer import BY_STAFF, tell_customer
from scheduling.services.messages.words import LONGEST_NOTE, make_business_words, make_subject
from scheduling.types import BookingView
from scheduling.types.aftercare.views import LOW_SCORE
from tenants.enums import Urgency

QUOTE = 500
"""Characters of what somebody wrote that a message quotes; the rest is a tap away."""


def tell_of_feedback(event: EventView) -> None:
    """Tell owners and managers of a low score, and the customer of an answer."""
    booking = _find_booking(event)
    said = None if booking is None else Feedback.objects.filter(booking_id=booking.id).first()
    if booking is None or said is None:
        return
    if event.kind == answers.ANSWERED:
        _tell_customer(booking, template="feedback_answer", said=said.answer, event=event)
    elif event.kind == feedback.RECEIVED and said.score <= LOW_SCORE:
        words = {"score": str(said.score), "note": clean_line(said.comment, limit=LONGEST_NOTE)}
        _tell_business(booking, template="business_feedback_low", words=words, event=event)


def tell_of_conversation(event: EventView) -> None:
    """Tell owners and managers what a customer wrote, and the customer what staff answered."""
    booking = _find_booking(event)
    line = ConversationLine.objects.filter(pk=_read_id(event, "line_id")).first()
    if booking is None or line is None:
        return
    if event.kind == conversations.STAFF_WROTE:
        _tell_customer(booking, template="conversation_answer", said=line.text, event=event)
    elif event.kind == conversations.CUSTOMER_WROTE and line.settled_at is None:
        words = {"note": clean_line(line.text, limit=LONGEST_NOTE)}
        _tell_business(booking, template="business_customer_wrote", words=words, event=event)


def tell_of_data_request(event: EventView) -> None:
    """Tell owners and managers what a customer wants of their data, and the customer what became of it."""
    booking = _find_booking(event)
    request = DataRequest.objects.filter(pk=_read_id(event, "request_id")).first()
    if booking is None or request is None:
        return
    if event.kind == data_requests.DONE:
        _tell_customer(booking, template="data_request_done", said=request.answer, event=event)
    elif event.kind == data_requests.ASKED and request.done_at is None:
        words = {"request_kind": request.kind, "note": clean_line(request.text, limit=LONGEST_NOTE)}
        _tell_business(booking, template="business_data_request", words=words, event=event)


def register() -> None:
    """Listen to what is said after and beside visits."""
    register_event_handler("feedback.", tell_of_feedback)
    register_event_handler("conversation.", tell_of_conversation)
    register_event_handler("data_request.", tell_of_data_request)


def _find_booking(event: EventView) -> BookingView | None:
    """Return the booking as it is now; None: it was removed, or is a test or a sample, of which nobody hears."""
    try:
        booking = get_booking(booking_id=event.subject_id)
    except BookingNotFound:
        return None
    return None if booking.is_test or booking.is_sample else booking


def _tell_customer(booking: BookingView, *, template: str, said: str, event: EventView) -> None:
    quoted = said if len(said) <= QUOTE else f"{said[: QUOTE - 1].rstrip()}…"
    tell_customer(
        booking,
        template=template,
        key=f"event:{event.id}:{template}",
        now=event.occurred_at,
        limit=BY_STAFF,
        thread=Thread(role=TALK, state={}),
        more={language: {"said": quoted} for language in LANGUAGES},
        urgency=Urgency.SOON,
    )


def _tell_business(booking: BookingView, *, template: str, words: Mapping[str, str], event: EventView) -> None:
    known = make_business_words(booking)
    now: datetime = event.occurred_at
    tell(
        recipients=[Recipient(email=reader.email, locale=reader.locale) for reader in list_managers(notice=template)],
        template=template,
        about=make_subject(booking.id),
        words={language: {**known[language], **words, "answers": ""} for language in LANGUAGES},
        key=f"event:{event.id}:{template}",
        now=now,
        limit="messages_business",
        urgency=Urgency.LAST,
    )


def _read_id(event: EventView, name: str) -> int:
    found = event.payload.get(name)
    return found if isinstance(found, int) else 0
