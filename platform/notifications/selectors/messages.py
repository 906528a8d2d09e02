"""Reading the message log."""

from __future__ import annotations

from notifications.models import Message
from notifications.types import MessageView


def list_messages_for_booking(*, booking_id: int) -> tuple[MessageView, ...]:
    """Return every message about a booking, oldest first, whatever became of it."""
    return tuple(
        MessageView(
            id=message.pk,
            booking_id=message.booking_id,
            channel=message.channel,
            template=message.template,
            to=message.to,
            subject=message.subject,
            body_text=message.body_text,
            status=message.status,
            reason=message.reason,
            attempts=message.attempts,
            last_error=message.last_error,
            created_at=message.created_at,
            sent_at=message.sent_at,
        )
        for message in Message.objects.filter(booking_id=booking_id).order_by("pk").defer("body_html", "attachments")
    )


def was_told(*, booking_id: int, template: str) -> bool:
    """Tell whether a message ``template`` about a booking was ever queued."""
    return Message.objects.filter(booking_id=booking_id, template=template).exists()
