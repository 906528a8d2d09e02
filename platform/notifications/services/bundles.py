"""Bundles: several messages to one recipient that come of one step and are told in one.

The oldest that still waits leads: it says what all of them say, and the others count as told with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from notifications.enums import MessageReason, MessageStatus
from notifications.models.base import MessageBase
from notifications.services.senders import open_log
from tenants.errors import RetryLater

NEXT_LOOK = timedelta(seconds=2)
"""How long a message waits before it looks again for the others of its bundle."""
LONGEST_WAIT = timedelta(minutes=1)
"""After so long the first leaves with those that are there: another may have had nothing to tell."""


def lock_beside(message: MessageBase, *, now: datetime) -> list[MessageBase]:
    """Return, locked, what a message that was never tried tells along; nothing when it is of no bundle.

    Raises:
        RetryLater: An older one of its bundle leads, or not all of them are there yet.
    """
    if not message.bundle:
        return []
    own = _list_bundle(message)
    waiting = own.filter(status=MessageStatus.QUEUED, attempts=0, is_live=True)
    is_whole = own.count() >= message.bundle_size or now >= message.created_at + LONGEST_WAIT
    if waiting.filter(pk__lt=message.pk).exists() or not is_whole:
        raise RetryLater(at=now + NEXT_LOOK)
    return list(waiting.exclude(pk=message.pk).select_for_update().order_by("pk"))


def tell_along(message: MessageBase, beside: Sequence[MessageBase], *, now: datetime) -> None:
    """Count messages as told with the one that leaves."""
    open_log().filter(pk__in=[each.pk for each in beside]).update(
        status=MessageStatus.SENT, attempts=1, sent_at=now, provider_id=_name_lead(message)
    )


def fail_along(message: MessageBase, reason: MessageReason) -> None:
    """Let what was told along fail with the message that could not be sent."""
    if message.bundle:
        along = _list_bundle(message).filter(status=MessageStatus.SENT, provider_id=_name_lead(message))
        along.update(status=MessageStatus.FAILED, reason=reason, sent_at=None, provider_id="")


def has_lead(bundle: str, *, channel: str, to: str) -> bool:
    """Tell whether a message of a bundle is there that can tell another one along."""
    there = open_log().filter(bundle=bundle, channel=channel, to=to)
    return bool(bundle) and there.exclude(status__in=(MessageStatus.FAILED, MessageStatus.CANCELLED)).exists()


def _list_bundle(message: MessageBase) -> QuerySet[MessageBase]:
    return open_log().filter(bundle=message.bundle, channel=message.channel, to=message.to)


def _name_lead(message: MessageBase) -> str:
    return f"with {message.pk}"
