"""What a business keeps about one visit and whoever booked it, as that person may take it along.

The link of a booking proves that somebody has the messages of that one booking; so it opens nothing else of the same
customer. What staff wrote for itself (notes on the customer, levels, reasons) is answered by staff.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from notifications.selectors.messages import list_messages
from notifications.types.messages import Subject
from scheduling.models import Consent
from scheduling.selectors.aftercare.conversations import list_conversation
from scheduling.selectors.aftercare.data_requests import list_requests_of
from scheduling.selectors.aftercare.feedback import find_feedback
from scheduling.selectors.bookings.history import list_history
from scheduling.types import BookingView
from scheduling.types.aftercare.views import OwnData

FORMAT = "turnero-own-data-1"


def collect_own_data(booking: BookingView, *, business_name: str) -> OwnData:
    """Return what is kept about a visit, in English words and ISO 8601 instants."""
    return {
        "format": FORMAT,
        "business": business_name,
        "booking": _describe_booking(booking),
        "history": [
            {"at": step.at.isoformat(), "status": step.status.value, "starts_at": step.starts_at.isoformat()}
            for step in list_history(booking_id=booking.id)
        ],
        "consents": list(_list_consents(booking.id)),
        "messages": [
            {
                "channel": each.channel,
                "to": each.to,
                "subject": each.subject,
                "text": each.body_text,
                "status": each.status,
                "sent_at": each.sent_at.isoformat() if each.sent_at else None,
            }
            for each in list_messages(about=Subject("booking", booking.id))
            if each.to in {booking.customer_email, booking.customer_phone}
        ],
        "conversation": [
            {"author": each.author.value, "text": each.text, "written_at": each.written_at.isoformat()}
            for each in list_conversation(booking_id=booking.id)
        ],
        "feedback": _describe_feedback(booking.id),
        "data_requests": [
            {
                "kind": each.kind.value,
                "text": each.text,
                "asked_at": each.asked_at.isoformat(),
                "done_at": each.done_at.isoformat() if each.done_at else None,
                "answer": each.answer,
            }
            for each in list_requests_of(booking_id=booking.id)
        ],
    }


def _describe_booking(booking: BookingView) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "status": booking.status.value,
        "service": booking.service_name,
        "location": booking.location_name,
        "people": list(booking.people),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "timezone": booking.timezone,
        "party_size": booking.party_size,
        "price_minor": booking.price_minor,
        "currency": booking.currency,
        "name": booking.customer_name,
        "phone": booking.customer_phone,
        "email": booking.customer_email,
        "language": booking.customer_locale,
        "wants_reminders": booking.wants_reminders,
        "about": booking.asset_label,
        "about_data": dict(booking.asset_data),
        "answers": dict(booking.answers),
        "note": booking.note,
        "booked_at": booking.created_at.isoformat(),
        "cancelled_reason": booking.cancelled_reason,
    }


def _list_consents(booking_id: int) -> Iterable[dict[str, Any]]:
    for row in Consent.objects.filter(booking_id=booking_id).order_by("given_at", "pk"):
        yield {
            "purpose": row.purpose,
            "text_version": row.text_version,
            "given_at": row.given_at.isoformat(),
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        }


def _describe_feedback(booking_id: int) -> dict[str, Any] | None:
    said = find_feedback(booking_id=booking_id)
    if said is None:
        return None
    return {
        "score": said.score,
        "comment": said.comment,
        "recommend_score": said.recommend_score,
        "may_publish": said.may_publish,
        "said_at": said.created_at.isoformat(),
        "answer": said.answer,
    }
