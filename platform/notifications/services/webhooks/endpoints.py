"""Where webhooks go: adding, changing, switching off and on, a new secret, a test, sending again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from database.transactions import write_transaction
from kernel.errors import Invalid
from kernel.text import mark
from notifications.engine.webhooks import GIVE_UP_AFTER
from notifications.enums import WebhookOff
from notifications.errors import DeliveryWaits, TooManyWebhooks, WebhookIsOff, WebhookNotFound
from notifications.hooks import list_webhook_types
from notifications.models import WebhookEndpoint
from notifications.selectors.webhook_secrets import derive_key, hash_key
from notifications.services.webhooks.deliveries import add_delivery, drop_waiting, make_body, plan_try
from notifications.types.webhooks import TEST
from outgoing.errors import AddressRefused
from outgoing.user_urls import check_typed_url
from tenants.enums import Ability
from tenants.hosts import is_below_platform
from tenants.policies import check_business_may
from tenants.selectors.resolution import resolve_host

MOST_ENDPOINTS = 10
BOTH_SIGN = timedelta(hours=24)
"""After a rotation: until then receivers may know either secret."""
OURS = mark("This address is one of ours: webhooks go to programs elsewhere.")
NOT_PUBLIC = mark("Enter the public web address of your program, starting with https:// or http://.")
EVENTS_MISSING = mark("Choose at least one event.")
EVENTS_UNKNOWN = mark("One of these events does not exist.")


@write_transaction()
def add_endpoint(*, url: str, events: Collection[str], now: datetime) -> int:
    """Let events go to an address from now on, and return its id; `webhook_secrets.find_secret` says how they sign.

    Raises:
        StatusForbids: The state of the business allows no change.
        TooManyWebhooks: There are as many as there may be.
        Invalid: The URL is none, is ours, or leads to no public address; or no known event was chosen.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    clean = _clean(url, events)
    if len(WebhookEndpoint.objects.select_for_update()) >= MOST_ENDPOINTS:
        raise TooManyWebhooks(most=MOST_ENDPOINTS)
    row = WebhookEndpoint.objects.create(url=clean[0], events=clean[1], created_at=now)
    row.secret_hash = hash_key(derive_key(row.pk, row.secret_version))
    row.save(update_fields=["secret_hash"])
    return row.pk


@write_transaction()
def change_endpoint(*, endpoint_id: int, url: str, events: Collection[str]) -> None:
    """Change where events go, and which; what waits goes to the new address.

    Raises:
        StatusForbids, Invalid: As `add_endpoint`.
        WebhookNotFound: There is none.
    """
    row = _lock(endpoint_id)
    row.url, row.events = _clean(url, events)
    row.save(update_fields=["url", "events"])


@write_transaction()
def rotate_secret(*, endpoint_id: int, now: datetime) -> None:
    """Sign with a new secret; for a day the one before signs as well.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
    """
    row = _lock(endpoint_id)
    row.former_hash, row.former_until = row.secret_hash, now + BOTH_SIGN
    row.secret_version += 1
    row.secret_hash = hash_key(derive_key(row.pk, row.secret_version))
    row.save(update_fields=["former_hash", "former_until", "secret_version", "secret_hash"])


@write_transaction()
def switch_endpoint(*, endpoint_id: int, is_on: bool, now: datetime) -> None:
    """Send nothing there any more, or again; what waited when it was switched off is sent only when somebody says so.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
    """
    row = _lock(endpoint_id)
    if is_on == (row.off_at is None):
        return
    if is_on:
        row.off_at, row.off_reason, row.failing_since = None, "", None
        row.save(update_fields=["off_at", "off_reason", "failing_since"])
        return
    switch_off(row, WebhookOff.BY_HAND, now=now)


def switch_off(row: WebhookEndpoint, reason: WebhookOff, *, now: datetime) -> None:
    """Send nothing to a locked address any more, in the caller's transaction."""
    row.off_at, row.off_reason = now, reason
    row.save(update_fields=["off_at", "off_reason"])
    drop_waiting(row.pk, now=now)


@write_transaction()
def remove_endpoint(*, endpoint_id: int) -> None:
    """Forget an address with its secret and its log.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
    """
    _lock(endpoint_id).delete()


@write_transaction()
def send_test(*, endpoint_id: int, now: datetime) -> int:
    """Send a webhook that tells of nothing, and return the id of its delivery.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
        WebhookIsOff: Nothing is sent there.
    """
    row = _lock_on(endpoint_id)
    body = make_body(type_=TEST, at=now, data={"message": "This is a test. Nothing has happened."})
    subject = ("webhook", row.pk)
    return add_delivery(row.pk, type_=TEST, subject=subject, body=body, event_id=None, happened_at=now, now=now).pk


@write_transaction()
def send_again(*, endpoint_id: int, delivery_id: int, now: datetime) -> None:
    """Send what was sent or given up once more, under the same name: a receiver that has it can tell.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is no such address, or it has no such delivery.
        WebhookIsOff: Nothing is sent there.
        DeliveryWaits: It has not ended.
    """
    row = _lock_on(endpoint_id)
    delivery = row.deliveries.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise WebhookNotFound
    if delivery.ended_at is None:
        raise DeliveryWaits
    delivery.end, delivery.ended_at, delivery.attempts = "", None, 0
    delivery.next_try_at, delivery.gives_up_at = now, now + GIVE_UP_AFTER
    delivery.save(update_fields=["end", "ended_at", "attempts", "next_try_at", "gives_up_at"])
    plan_try(delivery.pk, at=now, now=now)


def _lock(endpoint_id: int) -> WebhookEndpoint:
    check_business_may(Ability.WRITE, is_staff=True)
    row = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if row is None:
        raise WebhookNotFound
    return row


def _lock_on(endpoint_id: int) -> WebhookEndpoint:
    row = _lock(endpoint_id)
    if row.off_at is not None:
        raise WebhookIsOff
    return row


def _clean(url: str, events: Collection[str]) -> tuple[str, list[str]]:
    """Return the URL as it is asked for, and the events in the order in which they are offered.

    Raises:
        Invalid: Something is wrong with them.
    """
    errors: dict[str, tuple[str, ...]] = {}
    clean = ""
    try:
        found = check_typed_url(url)
    except AddressRefused:
        errors["url"] = (NOT_PUBLIC,)
    else:
        clean = str(found)
        # As it travels: a domain of a business is kept in punycode.
        host = found.raw_host.decode()
        if is_below_platform(host) or resolve_host(host) is not None:
            errors["url"] = (OURS,)
    known = list_webhook_types()
    if not events:
        errors["events"] = (EVENTS_MISSING,)
    elif not set(events) <= set(known):
        errors["events"] = (EVENTS_UNKNOWN,)
    if errors:
        raise Invalid(errors=errors)
    return clean, [each for each in known if each in events]
