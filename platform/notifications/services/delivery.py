"""Sending: take a lease and commit it, talk to the carrier outside any transaction, note the outcome.

A worker that dies in between leaves a message that *may* have been taken. When its lease has
run out it is sent again with the same Message-ID: rather twice than never, and only for what
was in flight at that moment.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from kernel.clock import utc_now
from kernel.ids import hash_token
from kernel.lines import clean_line
from notifications import hooks
from notifications.channels import registry
from notifications.enums import MessageReason, MessageStatus
from notifications.errors import CarrierMissing, DeliveryFailed, DeliveryRefused
from notifications.models.base import MessageBase
from notifications.services.budgets import spend
from notifications.services.bundles import fail_along
from notifications.services.leaving import REWRITTEN_AFTER, may_leave
from notifications.services.messages import DUE_KIND
from notifications.services.senders import find_silence, get_sender, open_log
from notifications.services.stops import is_stopped, note_texted
from notifications.services.threads import lock_message
from notifications.types.messages import Attachment, OutgoingMessage
from telemetry.meters import note_message
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler

# Longer than the dialogue with a server that needs almost EMAIL_TIMEOUT for each of its answers.
LEASE = timedelta(seconds=120)
FIRST_BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(hours=2)
MAX_ATTEMPTS = 14
"""With the backoff above: about nine hours."""

logger = logging.getLogger(__name__)


def send_message(message_id: int, now: datetime) -> None:
    """Send a message that waits, once; one that was sent or is not wanted any more is left alone.

    Must not run inside a transaction.

    Raises:
        RetryLater: Another worker has it, the day's budget is spent, or the carrier did not take it this time.
    """
    message = _take(message_id, now)
    if message is None:
        return
    try:
        provider_id = _send(message)
    except DeliveryFailed as error:
        _note_failure(message, error.reason)
        return
    except DeliveryRefused as error:
        _note_end(message, MessageReason.REFUSED, error.reason)
        return
    except CarrierMissing as error:
        _note_end(message, MessageReason.NO_CARRIER, str(error))
        return
    _note_sent(message, provider_id)


def compute_backoff(attempts: int) -> timedelta:
    """Return how long to wait after the ``attempts``-th failed attempt: 10 s, doubled, at most 2 h."""
    doublings = max(0, min(attempts - 1, 30))
    return min(FIRST_BACKOFF * (1 << doublings), LONGEST_BACKOFF)


def register() -> None:
    """Do due work of the kind that `queue_message` leaves."""
    register_due_handler(DUE_KIND, send_message)


@transaction.atomic(durable=True)
def _take(message_id: int, now: datetime) -> MessageBase | None:
    message = lock_message(message_id)
    if message is None or message.status not in {MessageStatus.QUEUED, MessageStatus.SENDING}:
        return None
    if message.leased_until is not None and message.leased_until > now:
        raise RetryLater(at=message.leased_until)
    silence = find_silence(message)
    if silence is not None:
        ended = {"status": MessageStatus.CANCELLED, "reason": silence, "leased_until": None}
        open_log().filter(pk=message.pk).update(**ended, **_forget_secret(message))
        return None
    if message.expires_at is not None and message.expires_at <= now:
        ended = {"status": MessageStatus.CANCELLED, "reason": MessageReason.TOO_LATE, "leased_until": None}
        open_log().filter(pk=message.pk).update(**ended, **_forget_secret(message))
        return None
    if message.send_after > now and message.attempts == 0:
        raise RetryLater(at=message.send_after)
    if not may_leave(message, now=now):
        return None
    if is_stopped(message.channel, message.to) or not hooks.is_wanted(message.template, message.channel, message.to):
        ended = {"status": MessageStatus.CANCELLED, "reason": MessageReason.WITHDRAWN, "leased_until": None}
        open_log().filter(pk=message.pk).update(**ended, **_forget_secret(message))
        return None
    if message.attempts == 0:
        wait = spend(channel=message.channel, template=message.template, now=now)
        if wait is not None:
            raise RetryLater(at=now + wait)
    message.status = MessageStatus.SENDING
    # The clock of this moment, not of the task's start: the task may have waited for a connection.
    message.leased_until = utc_now() + LEASE
    message.attempts += 1
    # What left late is a while ago for nobody: the next change is counted from here (`threads.join_thread`).
    message.send_after = max(message.send_after, now)
    message.save(update_fields=["status", "leased_until", "attempts", "send_after"])
    return message


def _send(message: MessageBase) -> str:
    carrier = registry.find_carrier(message.channel)
    if carrier is None:
        # During a deploy an older worker may see what only a newer one can send.
        raise DeliveryFailed(reason=f"nobody here carries {message.channel}")
    return carrier.send(_make_outgoing(message))


def _make_outgoing(message: MessageBase) -> OutgoingMessage:
    sender = get_sender()
    # Readers drop what has the Message-ID of something that they have: another text has another.
    tries = (message.state or {}).get(REWRITTEN_AFTER, "")
    return OutgoingMessage(
        message_key=hash_token(f"{sender.key} {message.dedup_key} {tries}".rstrip())[:40],
        sender_name=clean_line(sender.name, limit=120),
        to=message.to,
        reply_to=message.reply_to,
        subject=message.subject,
        body_text=message.body_text,
        body_html=message.body_html,
        attachments=tuple(Attachment(**attachment) for attachment in message.attachments),
        way_out=hooks.find_way_out(message.template, message.to),
    )


@transaction.atomic
def _note_sent(message: MessageBase, provider_id: str) -> None:
    """Note that the carrier has a message, and whose number the business has written to."""
    now = utc_now()
    # Also when the lease has run out meanwhile: it was sent, whoever else tries now.
    open_log().filter(pk=message.pk).exclude(status=MessageStatus.SENT).update(
        status=MessageStatus.SENT,
        sent_at=now,
        provider_id=provider_id,
        leased_until=None,
        last_error="",
        reason="",
        **_forget_secret(message),
    )
    note_texted(message.channel, message.to, now=now)
    note_message(channel=message.channel, outcome="sent")


def _note_failure(message: MessageBase, reason: str) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _note_end(message, MessageReason.GAVE_UP, reason)
        return
    _update_taken(message, status=MessageStatus.QUEUED, leased_until=None, last_error=clean_line(reason, limit=300))
    note_message(channel=message.channel, outcome="retried")
    logger.warning("message_not_taken", extra={"message_id": message.pk, "attempts": message.attempts})
    raise RetryLater(at=utc_now() + compute_backoff(message.attempts))


def _note_end(message: MessageBase, reason: MessageReason, detail: str) -> None:
    _update_taken(
        message,
        status=MessageStatus.FAILED,
        reason=reason,
        leased_until=None,
        last_error=clean_line(detail, limit=300),
        **_forget_secret(message),
    )
    fail_along(message, reason)
    note_message(channel=message.channel, outcome="failed")
    logger.warning("message_failed", extra={"message_id": message.pk, "reason": reason.value})


def _update_taken(message: MessageBase, **changes: object) -> None:
    # Only while the lease is still this attempt's: a later one knows better.
    open_log().filter(pk=message.pk, status=MessageStatus.SENDING, attempts=message.attempts).update(**changes)


def _forget_secret(message: MessageBase) -> dict[str, str]:
    """Return what an ended message changes besides: nobody needs a secret text any more."""
    return {"body_text": "", "body_html": ""} if message.is_secret else {}
