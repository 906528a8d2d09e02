"""Sending webhooks: take a lease and commit it, talk to the receiver outside any transaction, note what it said.

A worker that dies in between leaves a delivery whose lease runs out; then it is sent again, under the same name. What
is told about one subject goes one after the other: the next waits until the one before has arrived, or is given up.
What somebody sends again had its turn: it goes at once, and nothing waits for it.

All businesses share the places of one lane. So an address that is slow, whatever it answers in the end, rests
afterwards, and is tried by one worker at a time: it keeps a tenth of a place, not all of them. While Redis is down
nobody rests.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.core.cache import cache
from django.db import transaction

from kernel.clock import utc_now
from kernel.lines import clean_line
from notifications.engine.webhooks import GIVE_UP_AFTER, GONE, find_next_try, is_taken, sign
from notifications.enums import WebhookEnd, WebhookOff
from notifications.hooks import list_described_kinds
from notifications.models import Event, WebhookDelivery, WebhookEndpoint
from notifications.models.webhook import LONGEST_ANSWER
from notifications.selectors.webhook_secrets import list_keys
from notifications.services.webhooks.deliveries import DUE_KIND, wake_next
from notifications.services.webhooks.endpoints import switch_off
from notifications.services.webhooks.telling import tell_switched_off
from outgoing.errors import AddressRefused, CallFailed
from outgoing.types import Limits
from outgoing.user_urls import PUBLIC_ONLY, safe_fetch
from tenants.context import current_tenant
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler

LEASE = timedelta(seconds=60)
LIMITS = Limits(connect_seconds=3, read_seconds=10, total_seconds=15, longest_answer_bytes=16_384)
ROUTE = PUBLIC_ONLY
SOON = timedelta(seconds=2)
NOT_PUBLIC = "The name leads to no public address."
SLOW_SECONDS, RESTS = 3, 9
"""Who takes longer rests so many times as long."""
SLOW_SINCE = timedelta(minutes=10)
"""After its rest, one worker at a time goes to it for so long."""
OFF_AFTER = timedelta(days=5)
"""Of failures without one success in between."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try brought: a status, or None with the reason in ``answer``."""

    status_code: int | None
    answer: str


def send_webhook(delivery_id: int, now: datetime) -> None:
    """Try a delivery that waits, once; one that has ended is left alone. Must not run inside a transaction.

    Raises:
        RetryLater: It was not taken, somebody else has it, one before it has not ended, or its address rests.
    """
    delivery = _take(delivery_id, now, is_slow=_is_slow(delivery_id, now))
    if delivery is None:
        return
    begun = monotonic()
    outcome = _call(delivery, now=utc_now())
    _note_pace(delivery.endpoint_id, seconds=monotonic() - begun)
    again_at = _note(delivery, outcome)
    if again_at is not None:
        raise RetryLater(at=again_at)


def register() -> None:
    """Do due work of the kind that deliveries leave."""
    register_due_handler(DUE_KIND, send_webhook)


def _is_slow(delivery_id: int, now: datetime) -> bool:
    """Tell whether the address of a delivery that waits was slow lately.

    Raises:
        RetryLater: It rests.
    """
    waiting = WebhookDelivery.objects.filter(pk=delivery_id, ended_at=None)
    endpoint_id = waiting.values_list("endpoint_id", flat=True).first()
    rests_until: float | None = None if endpoint_id is None else cache.get(_name_pace(endpoint_id))
    if rests_until is not None and rests_until > now.timestamp():
        raise RetryLater(at=datetime.fromtimestamp(rests_until, UTC))
    return rests_until is not None


def _note_pace(endpoint_id: int, *, seconds: float) -> None:
    """Let an address rest that was slow."""
    if seconds > SLOW_SECONDS:
        rest = seconds * RESTS
        cache.set(_name_pace(endpoint_id), utc_now().timestamp() + rest, rest + SLOW_SINCE.total_seconds())


def _name_pace(endpoint_id: int) -> str:
    return f"webhook-rests-until:{endpoint_id}"


@transaction.atomic(durable=True)
def _take(delivery_id: int, now: datetime, *, is_slow: bool) -> WebhookDelivery | None:
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint")
    delivery = rows.filter(pk=delivery_id, ended_at=None).first()
    if delivery is None:
        return None
    if _is_silent(delivery) or delivery.endpoint.off_at is not None:
        _end(delivery, WebhookEnd.DROPPED, now=now)
        return None
    wait_until = _find_wait(delivery, now, is_slow=is_slow)
    if wait_until is not None:
        raise RetryLater(at=wait_until)
    # The clock of this moment, not of the task's start: the task may have waited for a connection.
    delivery.leased_until = utc_now() + LEASE
    delivery.attempts += 1
    delivery.save(update_fields=["leased_until", "attempts"])
    return delivery


def _is_silent(delivery: WebhookDelivery) -> bool:
    """Tell whether the business sends nothing: it is the example, or a copy of one that sends the same itself."""
    tenant = current_tenant()
    is_older = tenant.copied_at is not None and delivery.created_at <= tenant.copied_at
    return tenant.is_example or is_older or tenant.is_kept_back(delivery.created_at)


def _find_wait(delivery: WebhookDelivery, now: datetime, *, is_slow: bool) -> datetime | None:
    """Return until when a delivery waits; None: it may go."""
    if delivery.leased_until is not None and delivery.leased_until > now:
        return delivery.leased_until
    if delivery.next_try_at > now:
        return delivery.next_try_at
    others = WebhookDelivery.objects.filter(endpoint_id=delivery.endpoint_id, ended_at=None).exclude(pk=delivery.pk)
    is_held_up = is_slow or delivery.endpoint.failing_since is not None
    if is_held_up and others.filter(leased_until__gt=now).exists():
        return now + SOON  # an address that hangs keeps one worker, not all of them
    if delivery.event_id is None or delivery.is_again:
        return None
    about = {"subject_kind": delivery.subject_kind, "subject_id": delivery.subject_id}
    before = others.filter(**about, is_again=False, event_id__lt=delivery.event_id).order_by("event_id").first()
    if before is not None:
        return max(before.next_try_at, now) + SOON
    unprocessed = Event.objects.filter(
        subject_id=delivery.subject_id,
        pk__lt=delivery.event_id,
        kind__in=list_described_kinds(),
        processed_at=None,
        occurred_at__gt=now - GIVE_UP_AFTER,
    )
    return now + SOON if unprocessed.exists() else None


def _call(delivery: WebhookDelivery, *, now: datetime) -> Outcome:
    body = delivery.body.encode()
    keys = list_keys(delivery.endpoint, now=now)
    headers = {"Content-Type": "application/json", **sign(body, message_id=delivery.message_id, at=now, keys=keys)}
    try:
        answer = safe_fetch(
            delivery.endpoint.url, method="POST", headers=headers, content=body, limits=LIMITS, route=ROUTE
        )
    except AddressRefused:
        # Not where it leads: whoever types names would be told of our own network, name by name.
        return Outcome(None, NOT_PUBLIC)
    except CallFailed as error:
        return Outcome(error.status, error.reason)
    return Outcome(answer.status, answer.body.decode("utf-8", "replace"))


@transaction.atomic
def _note(delivery: WebhookDelivery, outcome: Outcome) -> datetime | None:
    """Write what a try brought; return when the next one follows."""
    now = utc_now()
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
    # Only while the lease is still this try's: a later one knows better, and what has ended stays so.
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, ended_at=None)
    said = {"status_code": outcome.status_code, "answer": clean_line(outcome.answer, limit=LONGEST_ANSWER)}
    if endpoint is None or not mine.update(leased_until=None, **said):
        return None
    if is_taken(outcome.status_code):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(failing_since=None)
        _end(delivery, WebhookEnd.DELIVERED, now=now)
        return None
    logger.info("webhook_not_taken", extra={"delivery_id": delivery.pk, "attempts": delivery.attempts})
    return _note_failure(delivery, endpoint, is_gone=outcome.status_code == GONE, now=now)


def _note_failure(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, *, is_gone: bool, now: datetime
) -> datetime | None:
    """Plan the next try, or give up; an address that takes nothing for days is switched off. Return the next try."""
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.save(update_fields=["failing_since"])
    if is_gone or endpoint.failing_since <= now - OFF_AFTER:
        reason = WebhookOff.GONE if is_gone else WebhookOff.FAILING
        switch_off(endpoint, reason, by_id=None, now=now)
        tell_switched_off(endpoint, reason, now=now)
        return None
    again_at = find_next_try(attempts=delivery.attempts, now=now, gives_up_at=delivery.gives_up_at)
    if again_at is None:
        _end(delivery, WebhookEnd.FAILED, now=now)
        return None
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_try_at=again_at)
    return again_at


def _end(delivery: WebhookDelivery, end: WebhookEnd, *, now: datetime) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk, ended_at=None).update(end=end, ended_at=now, leased_until=None)
    wake_next(delivery, now=now)
