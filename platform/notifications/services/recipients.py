"""How much one recipient gets, whoever makes us write: the limits of messages, by name."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from kernel.identity.recipients import name_recipient
from kernel.limits import Ask, Keeper
from keyvalue.throttle import ask_limits, get_limit
from notifications.channels.numbers import gets_sms
from notifications.channels.registry import find_carrier, list_reaching
from notifications.enums import Channel
from notifications.services.stops import list_stopped
from notifications.types.messages import Recipient
from tenants.services.counts import count_up

OTHER = "messages_other"
"""Of a message for which nobody named a limit: a new way to write to people is limited from its first day."""

logger = logging.getLogger(__name__)


def is_texted(phone: str) -> bool:
    """Tell whether SMS go to a number (E.164) at all: its kind, and the countries of the business."""
    return gets_sms(phone)


def sends_sms() -> bool:
    """Tell whether the platform has an account with a carrier of SMS: without one, a phone number reaches nobody."""
    carrier = find_carrier(Channel.SMS)
    return carrier is not None and carrier.is_set_up()


def find_addresses(recipients: Sequence[Recipient]) -> tuple[str, ...]:
    """Return for each where a message would go; empty: nowhere. One query at most, where somebody has a number only.

    That is the first way that works, as `messages.tell` takes it: whoever answered STOP gets no SMS, and a fixed line
    none either.
    """
    ways = [next(iter(list_reaching(each)), None) for each in recipients]
    texted = {way[1] for way in ways if way is not None and way[0].channel == Channel.SMS}
    stopped = list_stopped(texted) if texted else frozenset()
    return tuple("" if way is None or way[1] in stopped else way[1] for way in ways)


def may_get_one_more(to: str, *, limit: str, now: datetime) -> bool:
    """Count a message to ``to``, in the caller's transaction; False: the recipient has had enough of its kind."""
    asked = Ask(limit, name_recipient(to))
    is_exact = get_limit(limit).keeper is Keeper.POSTGRESQL
    if count_up([asked], now=now) if is_exact else ask_limits([asked]):
        logger.warning("message_held_back", extra={"limit": limit})
        return False
    return True
