"""Webhooks that somebody set up who has proven to be who they are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from notifications.services.webhooks.endpoints import add_endpoint
from notifications.types.webhooks import Author


def prove_nothing() -> None:
    """Stand for a password that was right."""


PROVEN = Author(None, prove_nothing)


def make_webhook(*, url: str, events: Collection[str], now: datetime) -> int:
    return add_endpoint(url=url, events=events, by=PROVEN, now=now)
