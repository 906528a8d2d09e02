"""What somebody sends by a press: a test, or what was sent before; only so often, for each is a call to others."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from kernel.errors import LimitReached
from kernel.limits import Ask
from keyvalue.throttle import ask_limits
from notifications.engine.webhooks import GIVE_UP_AFTER
from notifications.errors import DeliveryWaits, WebhookNotFound
from notifications.services.webhooks.deliveries import add_delivery, make_body, plan_try
from notifications.services.webhooks.endpoints import lock_endpoint
from notifications.types.webhooks import TEST
from tenants.context import current_tenant


def send_test(*, endpoint_id: int, now: datetime) -> int:
    """Send a webhook that tells of nothing, and return the id of its delivery.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
        WebhookIsOff: Nothing is sent there.
        LimitReached: There were as many as there may be in an hour.
    """
    _count("webhook_tests")
    return _add_test(endpoint_id, now)


@write_transaction()
def _add_test(endpoint_id: int, now: datetime) -> int:
    row = lock_endpoint(endpoint_id, is_on=True)
    body = make_body(type_=TEST, at=now, data={"message": "This is a test. Nothing has happened."})
    subject = ("webhook", row.pk)
    return add_delivery(row.pk, type_=TEST, subject=subject, body=body, event_id=None, happened_at=now, now=now).pk


def send_again(*, endpoint_id: int, delivery_id: int, now: datetime) -> None:
    """Send what was sent or given up once more, under the same name: a receiver that has it can tell.

    It had its turn, so it goes at once, and what is told later about the same does not wait for it.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is no such address, or it has no such delivery.
        WebhookIsOff: Nothing is sent there.
        DeliveryWaits: It has not ended.
        LimitReached: There were as many as there may be in an hour.
    """
    _count("webhook_agains")
    _plan_again(endpoint_id, delivery_id, now)


@write_transaction()
def _plan_again(endpoint_id: int, delivery_id: int, now: datetime) -> None:
    row = lock_endpoint(endpoint_id, is_on=True)
    delivery = row.deliveries.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise WebhookNotFound
    if delivery.ended_at is None:
        raise DeliveryWaits
    delivery.end, delivery.ended_at, delivery.attempts, delivery.is_again = "", None, 0, True
    delivery.next_try_at, delivery.gives_up_at = now, now + GIVE_UP_AFTER
    delivery.save(update_fields=["end", "ended_at", "attempts", "is_again", "next_try_at", "gives_up_at"])
    plan_try(delivery.pk, at=now, now=now)


def _count(limit: str) -> None:
    full = ask_limits([Ask(limit, current_tenant().schema_name)])
    if full:
        raise LimitReached(wait_seconds=max(full.values()))
