"""Webhooks out: what is told to programs of others, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.enums import WebhookEnd, WebhookOff
from notifications.types.messages import Subject

TEST = "webhook.test"
"""The type of what is sent because somebody pressed a button; nobody subscribes to it."""


WEBHOOK = "webhook"
"""What an address is called in the log of changes."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who decides where events go, and learns what signs them.

    Attributes:
        prove: Raises unless it is them; it is called outside of transactions, once nothing else is wrong.
    """

    user_id: int | None
    prove: Callable[[], None]


@dataclass(frozen=True, slots=True)
class WebhookContent:
    """What a room tells programs about an event: its type, what JSON can hold, and what it is about.

    What is told about the same subject arrives in the order in which it happened.
    """

    type: str
    about: Subject
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An address that webhooks go to.

    Attributes:
        off_reason: Why nothing is sent there; empty while it is switched on.
        failing_since: Of the first try after the last one that succeeded; None: nothing is wrong.
        former_until: Until when the secret before the present one signs as well; None: it does not.
    """

    id: int
    url: str
    events: tuple[str, ...]
    created_at: datetime
    off_at: datetime | None
    off_reason: WebhookOff | str
    failing_since: datetime | None
    former_until: datetime | None

    @property
    def is_on(self) -> bool:
        """Tell whether anything is sent there."""
        return self.off_at is None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One line of the log of an endpoint.

    Attributes:
        status_code: What the last try was answered with; None: with nothing.
        answer: The beginning of the answer, or why there was none.
        next_try_at: When it is tried next, at the earliest; of no meaning once it has ended.
        end: How it ended; empty while it waits.
    """

    id: int
    message_id: str
    type: str
    body: str
    created_at: datetime
    attempts: int
    status_code: int | None
    answer: str
    next_try_at: datetime
    end: WebhookEnd | str
    ended_at: datetime | None
