"""From events to webhooks: what is to be sent is written in the transaction that marks the event as processed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from kernel.clock import utc_now
from notifications import hooks
from notifications.hooks import Describer
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.deliveries import add_delivery, make_body
from notifications.types.messages import EventView

LOG_KEPT = timedelta(days=30)


def offer_webhooks(types: Iterable[str], describers: Mapping[str, Describer]) -> None:
    """Let businesses subscribe to these types; rooms above call it once, as `hooks.register_webhooks` describes."""
    hooks.register_webhooks(types, describers)
    for kind in describers:
        hooks.register_event_handler(kind, record_webhooks)


def record_webhooks(event: EventView) -> None:
    """Write a delivery for each address that wants to hear of an event; what is a month old goes from its log."""
    endpoints = list(WebhookEndpoint.objects.filter(off_at=None).order_by("pk"))
    describe = hooks.find_describer(event.kind)
    if not endpoints or describe is None:
        return
    told = describe(event)
    if told is None:
        return
    body = make_body(type_=told.type, at=event.occurred_at, data=told.data)
    wanting = [each.pk for each in endpoints if told.type in each.events]
    for endpoint_id in wanting:
        add_delivery(
            endpoint_id,
            type_=told.type,
            subject=(told.about.kind, told.about.id),
            body=body,
            event_id=event.id,
            happened_at=event.occurred_at,
            now=utc_now(),
        )
    old = WebhookDelivery.objects.filter(endpoint_id__in=wanting, created_at__lt=event.occurred_at - LOG_KEPT)
    old.exclude(ended_at=None).delete()
