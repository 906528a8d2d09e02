"""The transactional outbox: an event leaves if, and only if, what it tells about was committed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F

from notifications import hooks
from notifications.models import Event
from notifications.services.live import push_live_event
from notifications.types import EventView
from tenants.context import current_tenant
from tenants.hooks import register_due_handler
from tenants.services.due_work import add_due_work, remove_due_work

DUE_KIND = "event"


@transaction.atomic
def publish(*, kind: str, subject_id: int, payload: Mapping[str, object], now: datetime) -> int:
    """Record that something happened, in the caller's transaction; return the event's id.

    After the commit open boards are told at once and a worker calls the handlers of `kind`.
    ``payload`` holds what JSON can hold, instants and dates included.
    """
    event = Event.objects.create(kind=kind, subject_id=subject_id, payload=dict(payload), occurred_at=now)
    tell = partial(
        push_live_event,
        schema_name=current_tenant().schema_name,
        event_id=event.pk,
        kind=kind,
        subject_id=subject_id,
    )
    transaction.on_commit(tell)
    add_due_work(kind=DUE_KIND, row_id=event.pk, due_at=now)
    return event.pk


def process_event(event_id: int, now: datetime) -> None:
    """Call the handlers of an event, once: what they write and the mark are one transaction."""
    with transaction.atomic():
        event = Event.objects.select_for_update().filter(pk=event_id).first()
        if event is None or event.processed_at is not None:
            return
        view = EventView(
            id=event.pk,
            kind=event.kind,
            subject_id=event.subject_id,
            payload=event.payload,
            occurred_at=event.occurred_at,
        )
        for handle in hooks.list_event_handlers(event.kind):
            handle(view)
        event.processed_at = now
        event.save(update_fields=["processed_at"])
    push_live_event(
        schema_name=current_tenant().schema_name, event_id=view.id, kind=view.kind, subject_id=view.subject_id
    )


@transaction.atomic
def settle_events(*, kind_prefix: str, subject_ids: Collection[int]) -> None:
    """Mark what waits as processed without calling anyone: what happened to sample data concerns nobody."""
    waiting = Event.objects.filter(kind__startswith=kind_prefix, subject_id__in=subject_ids, processed_at=None)
    event_ids = list(waiting.values_list("pk", flat=True))
    Event.objects.filter(pk__in=event_ids).update(processed_at=F("occurred_at"))
    for event_id in event_ids:
        remove_due_work(kind=DUE_KIND, row_id=event_id)


def register() -> None:
    """Do due work of the kind that `publish` leaves."""
    register_due_handler(DUE_KIND, process_event)
