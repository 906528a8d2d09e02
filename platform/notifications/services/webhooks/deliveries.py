"""The rows of what is to be sent, and the due work that sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder

from notifications.engine.webhooks import GIVE_UP_AFTER
from notifications.enums import WebhookEnd
from notifications.models import WebhookDelivery
from tenants.enums import Urgency
from tenants.services.due_work import add_due_work

DUE_KIND = LANE = "webhook"
"""One lane for all of them: receivers that hang never keep the last worker from everything else."""


def make_body(*, type_: str, at: datetime, data: Mapping[str, object]) -> str:
    """Return what is sent, in the shape that Standard Webhooks recommends; ``at`` is when it happened."""
    told = {"type": type_, "timestamp": at.astimezone(UTC), "data": data}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


def add_delivery(
    endpoint_id: int,
    *,
    type_: str,
    subject: tuple[str, int],
    body: str,
    event_id: int | None,
    happened_at: datetime,
    now: datetime,
) -> WebhookDelivery:
    """Write one and let a worker send it after the commit; the day in which it is tried begins now."""
    row = WebhookDelivery.objects.create(
        endpoint_id=endpoint_id,
        message_id=f"msg_{uuid4().hex}",
        event_id=event_id,
        type=type_,
        subject_kind=subject[0],
        subject_id=subject[1],
        body=body,
        created_at=happened_at,
        gives_up_at=now + GIVE_UP_AFTER,
        next_try_at=now,
    )
    plan_try(row.pk, at=now, now=now)
    return row


def plan_try(delivery_id: int, *, at: datetime, now: datetime) -> None:
    """Let a worker send what a row says."""
    add_due_work(kind=DUE_KIND, row_id=delivery_id, due_at=at, now=now, urgency=Urgency.LATER, lane=LANE)


def wake_next(ended: WebhookDelivery, *, now: datetime) -> None:
    """Let the next one about the same subject go, when one has ended; what is sent again waits for nobody."""
    waiting = WebhookDelivery.objects.filter(
        endpoint_id=ended.endpoint_id,
        subject_kind=ended.subject_kind,
        subject_id=ended.subject_id,
        ended_at=None,
        event_id__isnull=False,
        is_again=False,
    )
    following = waiting.order_by("event_id").first()
    if following is not None:
        plan_try(following.pk, at=now, now=now)


def drop_waiting(endpoint_id: int, *, now: datetime) -> None:
    """End what waits for an address that nothing is sent to any more; each can be sent again."""
    waiting = WebhookDelivery.objects.filter(endpoint_id=endpoint_id, ended_at=None)
    waiting.update(end=WebhookEnd.DROPPED, ended_at=now, leased_until=None)
