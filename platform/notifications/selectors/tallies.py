"""How many messages left, by which channel, and what carriers asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from notifications.enums import Channel, MessageStatus
from notifications.models import Message


@dataclass(frozen=True, slots=True)
class MessageTally:
    """Messages of a channel, counted.

    Attributes:
        currency: Of ``price_minor``; empty: no carrier said what they cost.
        price_minor: What carriers asked, in the smallest coin of the currency.
    """

    channel: Channel
    currency: str
    sent: int
    failed: int
    price_minor: int


def tally_messages(*, since: datetime, until: datetime) -> tuple[MessageTally, ...]:
    """Count the messages that were made from ``since`` to before ``until``, by channel and currency; one query.

    What was not needed any more, and what still waits, is neither sent nor failed. Those that are removed because
    their time is over count no more.
    """
    rows = Message.objects.filter(created_at__gte=since, created_at__lt=until).order_by("channel", "price_currency")
    found = rows.values_list("channel", "price_currency").annotate(
        sent=Count("pk", filter=Q(status=MessageStatus.SENT)),
        failed=Count("pk", filter=Q(status=MessageStatus.FAILED)),
        price=Sum("price_minor", filter=Q(status=MessageStatus.SENT), default=0),
    )
    return tuple(MessageTally(Channel(channel), *rest) for channel, *rest in found)
