"""Removing what was told of something that is gone, as if it had never happened."""

from __future__ import annotations

from notifications.models import Event, Message
from notifications.services.messages import DUE_KIND as MESSAGE_DUE
from notifications.services.outbox import DUE_KIND as EVENT_DUE
from notifications.services.outbox import LATER_DUE_KIND
from notifications.types.messages import Subject
from tenants.services.due_work import remove_due_work


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
