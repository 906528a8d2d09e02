"""Shapes of webhooks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import InstantField, TextField
from api.pagination import PageQuery, PageShape
from api.serializers import StrictSerializer
from notifications.enums import WebhookEnd
from notifications.selectors.webhooks import WAITING
from notifications.types.webhooks import DeliveryView, EndpointView

LONGEST_URL, MOST_EVENTS = 2000, 100


class WebhookFields(StrictSerializer):
    """Body of ``POST webhooks``."""

    url = TextField(max_length=LONGEST_URL)
    events = serializers.ListField(child=TextField(max_length=64), max_length=MOST_EVENTS)


class WebhookChanges(StrictSerializer):
    """Body of ``PATCH webhooks/{id}``: what is left out stays."""

    url = TextField(required=False, max_length=LONGEST_URL)
    events = serializers.ListField(child=TextField(max_length=64), required=False, max_length=MOST_EVENTS)


class WebhookShape(serializers.Serializer[Any]):
    """An address that webhooks go to."""

    id = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField()
    off_at = InstantField(allow_null=True)
    off_reason = serializers.CharField(help_text="Empty while it is on.")
    failing_since = InstantField(allow_null=True, help_text="Since when nothing has arrived there.")
    former_secret_until = InstantField(allow_null=True, help_text="Until when the secret before signs as well.")
    created_at = InstantField()


class WebhookList(PageShape):
    """Answer of ``GET webhooks``."""

    results = WebhookShape(many=True)


class SecretShape(serializers.Serializer[Any]):
    """What signs: the secret as libraries of Standard Webhooks take it."""

    secret = serializers.CharField()


class DeliveryQuery(PageQuery):
    """Query of ``GET webhooks/{id}/deliveries``."""

    state = serializers.ChoiceField(choices=[WAITING, *WebhookEnd.values], required=False, default="")


class DeliveryShape(serializers.Serializer[Any]):
    """What was sent, or waits."""

    id = serializers.CharField()
    message_id = serializers.CharField(help_text="Its `webhook-id`.")
    type = serializers.CharField()
    state = serializers.ChoiceField(choices=[WAITING, *WebhookEnd.values])
    body = serializers.CharField(help_text="As it is sent.")
    attempts = serializers.IntegerField()
    status_code = serializers.IntegerField(allow_null=True, help_text="Of the last answer; null: there was none.")
    answer = serializers.CharField(help_text="The beginning of it, or why there was none.")
    next_try_at = InstantField(allow_null=True)
    created_at = InstantField()
    ended_at = InstantField(allow_null=True)


class DeliveryList(PageShape):
    """Answer of ``GET webhooks/{id}/deliveries``."""

    results = DeliveryShape(many=True)


def describe_webhook(endpoint: EndpointView) -> dict[str, object]:
    """Return an address with how it stands."""
    return {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "events": list(endpoint.events),
        "is_on": endpoint.is_on,
        "off_at": endpoint.off_at,
        "off_reason": endpoint.off_reason,
        "failing_since": endpoint.failing_since,
        "former_secret_until": endpoint.former_until,
        "created_at": endpoint.created_at,
    }


def describe_delivery(delivery: DeliveryView) -> dict[str, object]:
    """Return a line of the log."""
    return {
        "id": str(delivery.id),
        "message_id": delivery.message_id,
        "type": delivery.type,
        "state": delivery.end or WAITING,
        "body": delivery.body,
        "attempts": delivery.attempts,
        "status_code": delivery.status_code,
        "answer": delivery.answer,
        "next_try_at": None if delivery.end else delivery.next_try_at,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
    }
