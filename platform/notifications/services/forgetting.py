"""Removing what was told: of something that is gone, as if it had never happened; of somebody who was erased."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Lower

from notifications.enums import MessageStatus
from notifications.models import Event, Message
from notifications.services.codes import SUBJECT_KIND as CODE_KIND
from notifications.services.messages import DUE_KIND as MESSAGE_DUE
from notifications.services.outbox import DUE_KIND as EVENT_DUE
from notifications.services.outbox import LATER_DUE_KIND
from notifications.types.messages import Subject
from tenants.services.due_work import remove_due_work
from tenants.services.erasures.columns import erase_columns
from tenants.services.erasures.retention import BATCH

WAITING = [MessageStatus.QUEUED, MessageStatus.SENDING]


def forget_subject(about: Subject) -> None:
    """Delete messages and events about a row, with what is still due of them; in the caller's transaction."""
    messages = Message.objects.filter(subject_kind=about.kind, subject_id=about.id)
    events = Event.objects.filter(kind__startswith=f"{about.kind}.", subject_id=about.id)
    for message_id in messages.values_list("pk", flat=True):
        remove_due_work(kind=MESSAGE_DUE, row_id=message_id)
    for event_id in events.values_list("pk", flat=True):
        remove_due_work(kind=EVENT_DUE, row_id=event_id)
        remove_due_work(kind=LATER_DUE_KIND, row_id=event_id)
    messages.delete()
    events.delete()


def erase_subjects(kind: str, row_ids: Sequence[int]) -> None:
    """Leave nothing about people in what was told of these rows, nor in what happened to them; nothing more leaves.

    That a message was sent, when and by which channel, stays. In the caller's transaction; safe to run twice.
    """
    _erase_messages(Message.objects.filter(subject_kind=kind, subject_id__in=row_ids))
    events = Event.objects.filter(kind__startswith=f"{kind}.", subject_id__in=row_ids)
    for event_id in events.filter(processed_at=None).values_list("pk", flat=True):
        remove_due_work(kind=EVENT_DUE, row_id=event_id)
        remove_due_work(kind=LATER_DUE_KIND, row_id=event_id)
    erase_columns(events)


def erase_told(kind: str, row_ids: Sequence[int]) -> bool:
    """Leave nothing of the messages about these rows that left or failed; tell whether others still wait.

    In the caller's transaction; safe to run twice.
    """
    messages = Message.objects.filter(subject_kind=kind, subject_id__in=row_ids)
    waiting = messages.filter(status__in=WAITING)
    _erase_messages(messages.exclude(status__in=WAITING))
    return waiting.exists()


def forget_messages(before: datetime) -> int:
    """Take recipients and words of messages that were made before an instant; what still waits stays.

    At most a batch; returns how many. In the caller's transaction.
    """
    old = Message.objects.filter(created_at__lt=before).exclude(status__in=WAITING).exclude(to="", body_text="")
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    _erase_messages(Message.objects.filter(pk__in=ids))
    return len(ids)


def forget_events(before: datetime) -> int:
    """Take what events say that happened before an instant and were told to whom they concern; as `forget_messages`."""
    old = Event.objects.filter(occurred_at__lt=before, processed_at__isnull=False).exclude(payload={})
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    erase_columns(Event.objects.filter(pk__in=ids))
    return len(ids)


def erase_codes(addresses: Collection[str], *, also: Collection[str] = ()) -> None:
    """Leave nothing of the messages with codes that went to these e-mail addresses and numbers (E.164).

    A code is asked for before there is a booking, so that message is about none. ``also`` names other kinds of
    subjects whose messages go to whoever asked for them. In the caller's transaction; safe to run twice.
    """
    folded = {address.lower() for address in addresses if address}
    asked = Message.objects.filter(subject_kind__in=[CODE_KIND, *also])
    sent = asked.annotate(folded=Lower("to")).filter(folded__in=folded)
    _erase_messages(Message.objects.filter(pk__in=list(sent.values_list("pk", flat=True))))


def _erase_messages(messages: QuerySet[Message]) -> None:
    waiting = messages.filter(status__in=WAITING)
    for message_id in waiting.values_list("pk", flat=True):
        remove_due_work(kind=MESSAGE_DUE, row_id=message_id)
    waiting.update(status=MessageStatus.CANCELLED, leased_until=None)
    # No two messages may have the same key, and the old one names the recipient.
    erase_columns(messages, stand_ins={"dedup_key": Concat(Value("erased:"), Cast("pk", TextField()))})
