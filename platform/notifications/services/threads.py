"""Threads: messages about one thing to one recipient, which neither overtake each other nor tell what was undone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from notifications.enums import MessageReason, MessageStatus
from notifications.models.base import MessageBase
from notifications.services.senders import open_log
from notifications.types.messages import Subject, Thread
from tenants.errors import RetryLater

NEXT_LOOK = timedelta(seconds=2)
"""How long a message waits at most for the outcome of the one before it, before it looks again."""
NEVER_ARRIVED = (MessageReason.RECIPIENT_INVALID, MessageReason.REFUSED, MessageReason.NO_CARRIER)
"""Why a message that was tried certainly told nobody anything."""


def join_thread(thread: Thread, *, about: Subject, channel: str, to: str, now: datetime) -> datetime:
    """Return when a new message of a thread leaves; what it replaces is taken back.

    It replaces what still waits and was never tried. It leaves no sooner than that would have, so
    that several changes that follow each other closely are told once.
    """
    leaves_at = now + thread.wait
    if not thread.is_live:
        return leaves_at
    own = _list_thread(role=thread.role, about=about, channel=channel, to=to)
    before = own.select_for_update().exclude(status__in=(MessageStatus.FAILED, MessageStatus.CANCELLED))
    recent = before.filter(Q(status=MessageStatus.QUEUED) | Q(send_after__gt=now - thread.apart))
    for message in recent.order_by("pk").only("pk", "status", "attempts", "template", "send_after"):
        if message.status == MessageStatus.QUEUED and message.attempts == 0:
            take_back(message, MessageReason.SUPERSEDED)
            leaves_at = max(leaves_at, message.send_after)
        elif message.template in thread.changes:
            leaves_at = max(leaves_at, message.send_after + thread.apart)
    return leaves_at


def lock_message(message_id: int) -> MessageBase | None:
    """Return and lock a message, after those that wait before it in its thread: in the order in which all lock.

    Whoever adds one to the thread locks what it replaces, and one that leaves takes back what waited before it.
    """
    log = open_log()
    seen = log.filter(pk=message_id, is_live=True).first()
    if seen is not None:
        before = _list_others(seen).filter(pk__lt=message_id, status=MessageStatus.QUEUED)
        list(before.select_for_update().order_by("pk").values_list("pk", flat=True))
    return log.select_for_update().filter(pk=message_id).first()


def await_turn(message: MessageBase, *, now: datetime) -> None:
    """Let a message that may leave now wait for the outcome of the one before it in its thread.

    Raises:
        RetryLater: That one is on its way.
    """
    sending = _list_others(message).filter(pk__lt=message.pk, status=MessageStatus.SENDING)
    leases = list(sending.values_list("leased_until", flat=True))
    if leases:
        ends_at = max((lease for lease in leases if lease is not None), default=now)
        raise RetryLater(at=min(max(ends_at, now), now + NEXT_LOOK))


def is_overtaken(message: MessageBase, *, now: datetime) -> bool:
    """Tell whether a later message of the thread may leave now, and says what a repeated one does not."""
    later = _list_others(message).filter(pk__gt=message.pk, status=MessageStatus.QUEUED, is_live=True)
    return later.filter(send_after__lte=now).exists()


def overtake(message: MessageBase) -> None:
    """Take back what waits before a message that leaves: it says less."""
    before = _list_others(message).filter(pk__lt=message.pk, status=MessageStatus.QUEUED)
    before.update(status=MessageStatus.CANCELLED, reason=MessageReason.SUPERSEDED)


def find_told(message: MessageBase) -> MessageBase | None:
    """Return the last message of the thread that arrived, or may have: one that was tried and not refused."""
    tried = _list_others(message).filter(attempts__gt=0).exclude(reason__in=NEVER_ARRIVED)
    return tried.order_by("-pk").only("pk", "state", "status").first()


def was_anybody_told(message: MessageBase) -> bool:
    """Tell whether a message of this role about the subject was sent, or may have been, to whomever."""
    log = open_log().filter(subject_kind=message.subject_kind, subject_id=message.subject_id, role=message.role)
    return log.filter(attempts__gt=0).exclude(pk=message.pk).exclude(reason__in=NEVER_ARRIVED).exists()


def take_back(message: MessageBase, reason: MessageReason) -> None:
    """End a message that waits."""
    open_log().filter(pk=message.pk).update(status=MessageStatus.CANCELLED, reason=reason, leased_until=None)


def get_subject(message: MessageBase) -> Subject:
    """Return what a message of a thread is about."""
    return Subject(kind=message.subject_kind, id=message.subject_id or 0)


def _list_others(message: MessageBase) -> QuerySet[MessageBase]:
    own = _list_thread(role=message.role, about=get_subject(message), channel=message.channel, to=message.to)
    return own.exclude(pk=message.pk)


def _list_thread(*, role: str, about: Subject, channel: str, to: str) -> QuerySet[MessageBase]:
    return open_log().filter(subject_kind=about.kind, subject_id=about.id, role=role, channel=channel, to=to)
