"""Where webhooks go: adding, changing, switching off and on, a new secret. Who did it stays in the log of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from kernel.errors import Invalid
from kernel.text import mark
from notifications.engine.webhooks import name_receiver
from notifications.enums import WebhookOff
from notifications.errors import TooManyWebhooks, WebhookIsOff, WebhookNotFound
from notifications.hooks import list_webhook_types
from notifications.models import WebhookEndpoint
from notifications.selectors.webhook_secrets import derive_key, find_secret, hash_key
from notifications.services.webhooks.deliveries import drop_waiting
from notifications.types.webhooks import WEBHOOK, Author
from outgoing.errors import AddressRefused
from outgoing.user_urls import check_typed_url
from tenants.enums import Ability
from tenants.hooks import note_setting
from tenants.hosts import is_below_platform
from tenants.policies import check_business_may
from tenants.selectors.resolution import resolve_host
from tenants.types import SettingChange

MOST_ENDPOINTS = 10
BOTH_SIGN = timedelta(hours=24)
"""After a rotation: until then receivers may know either secret."""
OURS = mark("This address is one of ours: webhooks go to programs elsewhere.")
NOT_PUBLIC = mark("Enter the public web address of your program, starting with https:// or http://.")
IS_THERE = mark("There is a webhook to this address already. Choose there what it hears of.")
EVENTS_MISSING = mark("Choose at least one event.")
EVENTS_UNKNOWN = mark("One of these events does not exist.")
CREATED, CHANGED, DELETED = "created", "changed", "deleted"
"""As the log of changes has them."""

Fields = Mapping[str, tuple[object, object]]


def add_endpoint(*, url: str, events: Collection[str], by: Author, now: datetime) -> int:
    """Let events go to an address from now on, and return its id; `show_secret` says how they sign.

    Raises:
        StatusForbids: The state of the business allows no change.
        TooManyWebhooks: There are as many as there may be.
        Invalid: The URL is none, is ours, leads to no public address, or has a webhook; or no known event was chosen.
        And what ``by.prove`` raises.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    clean = _clean(url, events)
    by.prove()
    return _add(*clean, by_id=by.user_id, now=now)


@write_transaction()
def _add(url: str, events: list[str], *, by_id: int | None, now: datetime) -> int:
    lock_words(KeySpace.LIMIT, "webhook")
    if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
        raise TooManyWebhooks(most=MOST_ENDPOINTS)
    row = WebhookEndpoint(url=url, events=events, created_at=now)
    _save(row)
    row.secret_hash = hash_key(derive_key(row.pk, row.secret_version))
    row.save(update_fields=["secret_hash"])
    _note(row, CREATED, {"host": (None, name_receiver(url)), "events": (None, events)}, by_id=by_id, now=now)
    return row.pk


def change_endpoint(*, endpoint_id: int, url: str, events: Collection[str], by: Author, now: datetime) -> bool:
    """Change where events go, and which; what waits goes to the new address. Return whether there is a new secret.

    Whoever listens at another host or port shall not be believed by what the former receiver knows, nor the other way
    round: from now on only a new secret signs.

    Raises:
        StatusForbids, Invalid: As `add_endpoint`; and what ``by.prove`` raises.
        WebhookNotFound: There is none.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    clean = _clean(url, events)
    by.prove()
    return _change(endpoint_id, *clean, by_id=by.user_id, now=now)


@write_transaction()
def _change(endpoint_id: int, url: str, events: list[str], *, by_id: int | None, now: datetime) -> bool:
    row = lock_endpoint(endpoint_id)
    fields: dict[str, tuple[object, object]] = {}
    hosts = name_receiver(row.url), name_receiver(url)
    is_elsewhere = hosts[0] != hosts[1]
    if is_elsewhere:
        fields |= {"host": hosts, "secret": (row.secret_version, row.secret_version + 1)}
    elif row.url != url:
        fields["path"] = False, True  # not which: it may be what lets one in
    if row.events != events:
        fields["events"] = row.events, events
    if not fields:
        return False
    row.url, row.events = url, events
    if is_elsewhere:
        _renew_secret(row, former_until=None)
    _save(row)
    _note(row, CHANGED, fields, by_id=by_id, now=now)
    return is_elsewhere


def rotate_secret(*, endpoint_id: int, by: Author, now: datetime) -> None:
    """Sign with a new secret; for a day the one before signs as well.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none; and what ``by.prove`` raises.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    by.prove()
    _rotate(endpoint_id, by_id=by.user_id, now=now)


@write_transaction()
def _rotate(endpoint_id: int, *, by_id: int | None, now: datetime) -> None:
    row = lock_endpoint(endpoint_id)
    fields = {"secret": (row.secret_version, row.secret_version + 1)}
    _renew_secret(row, former_until=now + BOTH_SIGN)
    row.save()
    _note(row, CHANGED, fields, by_id=by_id, now=now)


def show_secret(*, endpoint_id: int, by: Author) -> str:
    """Return what signs, to somebody who has proven to be who they are.

    Raises:
        WebhookNotFound: There is none; and what ``by.prove`` raises.
    """
    secret = find_secret(endpoint_id)
    by.prove()
    return secret


@write_transaction()
def switch_endpoint(*, endpoint_id: int, is_on: bool, by_id: int | None, now: datetime) -> None:
    """Send nothing there any more, or again; what waited when it was switched off is sent only when somebody says so.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
    """
    row = lock_endpoint(endpoint_id)
    if is_on == (row.off_at is None):
        return
    if not is_on:
        switch_off(row, WebhookOff.BY_HAND, by_id=by_id, now=now)
        return
    fields = {"off": (row.off_reason, "")}
    row.off_at, row.off_reason, row.failing_since = None, "", None
    row.save(update_fields=["off_at", "off_reason", "failing_since"])
    _note(row, CHANGED, fields, by_id=by_id, now=now)


def switch_off(row: WebhookEndpoint, reason: WebhookOff, *, by_id: int | None, now: datetime) -> None:
    """Send nothing to a locked address any more, in the caller's transaction."""
    row.off_at, row.off_reason = now, reason
    row.save(update_fields=["off_at", "off_reason"])
    drop_waiting(row.pk, now=now)
    _note(row, CHANGED, {"off": ("", str(reason))}, by_id=by_id, now=now)


@write_transaction()
def remove_endpoint(*, endpoint_id: int, by_id: int | None, now: datetime) -> None:
    """Forget an address with its secret and its log.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
    """
    row = lock_endpoint(endpoint_id)
    _note(row, DELETED, {"host": (name_receiver(row.url), None), "events": (row.events, None)}, by_id=by_id, now=now)
    row.delete()


def lock_endpoint(endpoint_id: int, *, is_on: bool = False) -> WebhookEndpoint:
    """Return an address that is to be changed, locked in the caller's transaction; ``is_on``: one that gets something.

    Raises:
        StatusForbids: The state of the business allows no change.
        WebhookNotFound: There is none.
        WebhookIsOff: Nothing is sent there.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    row = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if row is None:
        raise WebhookNotFound
    if is_on and row.off_at is not None:
        raise WebhookIsOff
    return row


def _renew_secret(row: WebhookEndpoint, *, former_until: datetime | None) -> None:
    row.former_hash, row.former_until = ("" if former_until is None else row.secret_hash), former_until
    row.secret_version += 1
    row.secret_hash = hash_key(derive_key(row.pk, row.secret_version))


def _save(row: WebhookEndpoint) -> None:
    """Save a row whose address may be another's, who may have been faster.

    Raises:
        Invalid: It is.
    """
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Invalid(errors={"url": (IS_THERE,)}) from error


def _note(row: WebhookEndpoint, action: str, fields: Fields, *, by_id: int | None, now: datetime) -> None:
    note_setting(SettingChange(WEBHOOK, row.pk, action, fields, by_id, now))


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
        # One address, one spelling: what is asked for ends before `#`, and begins with a path.
        clean = str(found.copy_with(fragment=None, raw_path=found.raw_path))
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
