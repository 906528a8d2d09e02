"""Reading the message log."""

from __future__ import annotations

from notifications.models import Message
from notifications.types.messages import MessageView, Subject


def list_messages(*, about: Subject) -> tuple[MessageView, ...]:
    """Return every message about something, oldest first, whatever became of it."""
    rows = Message.objects.filter(subject_kind=about.kind, subject_id=about.id)
    return tuple(
        MessageView(
            id=message.pk,
            about=about,
            channel=message.channel,
            template=message.template,
            to=message.to,
            subject=message.subject,
            body_text="" if message.is_secret else message.body_text,
            status=message.status,
            reason=message.reason,
            attempts=message.attempts,
            last_error=message.last_error,
            created_at=message.created_at,
            sent_at=message.sent_at,
        )
        for message in rows.order_by("pk").defer("body_html", "attachments")
    )
