"""Reading the message log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from notifications.enums import MessageStatus
from notifications.models import Message
from notifications.types.messages import MessageView, Subject

UNSENT = (MessageStatus.FAILED, MessageStatus.CANCELLED)


def list_messages(*, about: Subject) -> tuple[MessageView, ...]:
    """Return every message about something, oldest first, whatever became of it."""
    return list_all_messages(kind=about.kind, ids=[about.id])


def list_all_messages(*, kind: str, ids: Collection[int]) -> tuple[MessageView, ...]:
    """Return every message about several things of one kind, oldest first; one query."""
    rows = Message.objects.filter(subject_kind=kind, subject_id__in=ids)
    return tuple(
        MessageView(
            id=message.pk,
            about=Subject(kind, message.subject_id or 0),
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


def is_told_since(*, template: str, subject_kind: str, subject_ids: Collection[int], since: datetime) -> bool:
    """Tell whether a message was written since an instant about one of some things, and was or may still be sent."""
    rows = Message.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids, created_at__gt=since)
    return rows.filter(template=template).exclude(status__in=UNSENT).exists()


def is_told(*, about: Subject, key: str) -> bool:
    """Tell whether a message about something, told under a key, was or may still be sent."""
    rows = Message.objects.filter(subject_kind=about.kind, subject_id=about.id, dedup_key__startswith=f"{key}:")
    return rows.exclude(status__in=UNSENT).exists()
