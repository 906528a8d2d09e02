"""The transactional outbox: an event leaves if, and only if, what it tells about was committed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F

from database.statements import Statement
from notifications import hooks
from notifications.models import Event, WebhookEndpoint
from notifications.services.live import make_live_notice, push_live_event
from notifications.types.messages import EventView
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.hooks import register_due_handler
from tenants.services.due_work import add_due_part, add_due_work, remove_due_work, wake_after_commit

DUE_KIND, LATER_DUE_KIND = "event", "event_later"

PUBLISH_SQL = """
INSERT INTO notifications_event (kind, subject_id, payload, occurred_at)
SELECT %(event_kind)s::text, id, %(event_payload)s::jsonb, %(event_at)s::timestamptz FROM {source} RETURNING id
"""
WANTED_SQL = """
INSERT INTO notifications_event (kind, subject_id, payload, occurred_at)
SELECT %({name}_kind)s::text, id, %({name}_payload)s::jsonb, %({name}_at)s::timestamptz FROM {source}
WHERE EXISTS (SELECT 1 FROM notifications_webhookendpoint w
  WHERE w.off_at IS NULL AND w.events @> jsonb_build_array(%({name}_kind)s::text)) RETURNING id
"""
PUBLISH_MANY_SQL = """
INSERT INTO notifications_event (kind, subject_id, payload, occurred_at)
SELECT %(event_kind)s::text, id, %(event_payloads)s::jsonb -> id::text, %(event_at)s::timestamptz FROM {source}
RETURNING id, subject_id
"""


def publish(*, kind: str, subject_id: int, payload: Mapping[str, object], now: datetime) -> int:
    """Record that something happened, in the caller's transaction; return the event's id.

    After the commit open boards are told at once and a worker calls the handlers of `kind`.
    ``payload`` holds what JSON can hold, instants and dates included.
    """
    statement = Statement()
    statement.add("subject", "SELECT %(subject_id)s::int8 AS id", {"id": subject_id})
    add_event_part(statement, source="subject", kind=kind, payload=payload, now=now)
    ((event_id,),) = statement.fetch("SELECT id FROM event")
    announce_event(event_id=int(event_id), kind=kind, subject_id=subject_id)
    return int(event_id)


def add_event_part(
    statement: Statement, *, source: str, kind: str, payload: Mapping[str, object], now: datetime
) -> None:
    """Let a statement write an event about the ``id`` that its part ``source`` returns.

    The part is called ``event`` and returns the event's id; the caller hands that to
    `announce_event`.
    """
    values = {"kind": kind, "payload": json.dumps(dict(payload), cls=DjangoJSONEncoder), "at": now}
    statement.add("event", PUBLISH_SQL.format(source=source), values)
    add_due_part(statement, name="event_due", source="event", kind=DUE_KIND, due_at=now, urgency=Urgency.SOON)


def add_wanted_event_part(
    statement: Statement, *, name: str, source: str, kind: str, payload: Mapping[str, object], now: datetime
) -> None:
    """Let a statement write an event that nobody but webhooks hear of, where one of them wants its ``kind``.

    The part is called ``name`` and returns the event's id, or nothing; a worker finds what is due by itself.
    """
    values = {"kind": kind, "payload": json.dumps(dict(payload), cls=DjangoJSONEncoder), "at": now}
    statement.add(name, WANTED_SQL.format(name=name, source=source), values)
    add_due_part(statement, name=f"{name}_due", source=name, kind=DUE_KIND, due_at=now, urgency=Urgency.SOON)


def publish_wanted(*, kind: str, subject_id: int, payload: Mapping[str, object], now: datetime) -> None:
    """Do as `add_wanted_event_part` in the caller's transaction, and wake a worker."""
    if WebhookEndpoint.objects.filter(off_at=None, events__contains=[kind]).exists():
        publish(kind=kind, subject_id=subject_id, payload=payload, now=now)


def add_event_parts(
    statement: Statement, *, source: str, kind: str, payloads: Mapping[int, Mapping[str, object]], now: datetime
) -> None:
    """Let a statement write an event about each ``id`` that its part ``source`` returns, as `add_event_part` does.

    The part ``event`` returns each event's ``id`` and its ``subject_id``, whose payload it has.
    """
    values = {"kind": kind, "payloads": json.dumps(dict(payloads), cls=DjangoJSONEncoder), "at": now}
    statement.add("event", PUBLISH_MANY_SQL.format(source=source), values)
    add_due_part(statement, name="event_due", source="event", kind=DUE_KIND, due_at=now, urgency=Urgency.SOON)


def announce_event(*, event_id: int, kind: str, subject_id: int) -> None:
    """Tell open boards and wake a worker, after the commit of the event."""
    schema_name = current_tenant().schema_name
    notice = make_live_notice(schema_name=schema_name, event_id=event_id, kind=kind, subject_id=subject_id)
    wake_after_commit(kind=DUE_KIND, row_id=event_id, notice=notice)


def process_event(event_id: int, now: datetime) -> None:
    """Call the urgent handlers of an event, once: what they write and the mark are one transaction.

    The others follow when nothing more urgent is due.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update().filter(pk=event_id).first()
        if event is None or event.processed_at is not None:
            return
        view = _view(event)
        for handle in hooks.list_event_handlers(event.kind):
            handle(view)
        if hooks.list_event_handlers(event.kind, is_urgent=False):
            add_due_work(kind=LATER_DUE_KIND, row_id=event.pk, due_at=now, now=now, urgency=Urgency.LAST)
        event.processed_at = now
        event.save(update_fields=["processed_at"])
    push_live_event(
        schema_name=current_tenant().schema_name, event_id=view.id, kind=view.kind, subject_id=view.subject_id
    )


@transaction.atomic
def process_event_later(event_id: int, now: datetime) -> None:  # noqa: ARG001 - due work is told the time
    """Call the handlers of an event that are not urgent."""
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        for handle in hooks.list_event_handlers(event.kind, is_urgent=False):
            handle(_view(event))


@transaction.atomic
def settle_events(*, kind_prefix: str, subject_ids: Collection[int]) -> None:
    """Mark what waits as processed without calling anyone: what happened to sample data concerns nobody."""
    waiting = Event.objects.filter(kind__startswith=kind_prefix, subject_id__in=subject_ids, processed_at=None)
    event_ids = list(waiting.values_list("pk", flat=True))
    Event.objects.filter(pk__in=event_ids).update(processed_at=F("occurred_at"))
    for event_id in event_ids:
        remove_due_work(kind=DUE_KIND, row_id=event_id)


def register() -> None:
    """Do due work of the kinds that `publish` and `process_event` leave."""
    register_due_handler(DUE_KIND, process_event)
    register_due_handler(LATER_DUE_KIND, process_event_later)


def _view(event: Event) -> EventView:
    return EventView(
        id=event.pk,
        kind=event.kind,
        subject_id=event.subject_id,
        payload=event.payload,
        occurred_at=event.occurred_at,
    )
