"""Queueing messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from notifications.enums import Channel, MessageReason, MessageStatus
from notifications.models import Message
from notifications.services.rendering import pick_language, render_message
from notifications.types import Attachment
from tenants.services.due_work import add_due_work

DUE_KIND = "message"
LONGEST_ADDRESS = 254

_PHONE = re.compile(r"\+[1-9]\d{6,14}")


@transaction.atomic
def queue_message(
    *,
    channel: str,
    template: str,
    to: str,
    locale: str,
    context: Mapping[str, str],
    dedup_key: str,
    booking_id: int | None,
    now: datetime,
    attachments: tuple[Attachment, ...] = (),
    reply_to: str = "",
    expires_at: datetime | None = None,
) -> int:
    """Store a message and let a worker send it after the commit; return its id.

    The same ``dedup_key`` stores nothing twice and returns the first one's id. An address that
    cannot be written to is stored as failed: the log shows why nobody got it.

    Raises:
        TemplateMissing: There is no built-in text ``template`` for this channel.
    """
    known = Message.objects.filter(dedup_key=dedup_key).values_list("pk", flat=True).first()
    if known is not None:
        return known
    recipient = to.strip()
    is_valid = is_recipient_valid(channel, recipient)
    rendered = render_message(channel=channel, template=template, locale=locale, context=context)
    message, is_new = Message.objects.get_or_create(
        dedup_key=dedup_key,
        defaults={
            "channel": channel,
            "template": template,
            "to": recipient[:LONGEST_ADDRESS],
            "reply_to": reply_to if is_recipient_valid(Channel.EMAIL, reply_to) else "",
            "locale": pick_language(locale),
            "subject": rendered.subject,
            "body_text": rendered.body_text,
            "body_html": rendered.body_html,
            "attachments": [asdict(attachment) for attachment in attachments],
            "booking_id": booking_id,
            "status": MessageStatus.QUEUED if is_valid else MessageStatus.FAILED,
            "reason": "" if is_valid else MessageReason.RECIPIENT_INVALID,
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    if is_new and is_valid:
        add_due_work(kind=DUE_KIND, row_id=message.pk, due_at=now)
    return message.pk


@transaction.atomic
def cancel_messages(*, booking_id: int, templates: tuple[str, ...]) -> int:
    """Take back messages of a booking that wait and say what is no longer so; return how many."""
    waiting = Message.objects.select_for_update().filter(
        booking_id=booking_id, template__in=templates, status=MessageStatus.QUEUED
    )
    return waiting.update(status=MessageStatus.CANCELLED, reason=MessageReason.SUPERSEDED)


def is_recipient_valid(channel: str, recipient: str) -> bool:
    """Tell whether ``recipient`` is an e-mail address, or a number in E.164 for the other channels."""
    if channel != Channel.EMAIL:
        return _PHONE.fullmatch(recipient) is not None
    try:
        validate_email(recipient)
    except ValidationError:
        return False
    return len(recipient) <= LONGEST_ADDRESS
