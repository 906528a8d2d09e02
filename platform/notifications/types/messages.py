"""Events, messages, and whom they go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CUSTOMER = "customer"
"""The role of those whom a business serves, as they are told how what they booked stands."""
TALK = "customer_talk"
"""The role of the same people in what is said beside that: questions, answers, how it was. It tells no state."""
CUSTOMERS = frozenset({CUSTOMER, TALK})
"""The roles of those whom a business serves; other roles are its own people."""


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that happened and was committed; ``subject_id`` is the row that it happened to."""

    id: int
    kind: str
    subject_id: int
    payload: Mapping[str, object]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about: the kind (``booking``) and id of a row of another room."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone to tell, with every way to reach them; empty: unknown.

    ``locale`` is the language that they read (``es``, ``en-US``); one that is not ours means the
    business's own.
    """

    email: str = ""
    phone: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """How a message follows earlier ones about the same thing to the same recipient.

    Attributes:
        role: As what the recipient is told (``customer``); each role is a thread of its own.
        state: How the thing stands according to the message, as JSON can hold it.
        is_live: Whether it replaces what still waits, and is asked for again when it leaves
            (`notifications.hooks.register_rewriter`).
        wait: How long what happened can still be undone.
        changes: The templates that tell of a change; after one of them the next message of the
            thread leaves ``apart`` later, with whatever happened until then.
        bundle: Live messages to one recipient with the same name of a bundle leave as one.
        bundle_size: How many belong to it: the first waits a little until all are there.
    """

    role: str
    state: Mapping[str, object]
    is_live: bool = False
    wait: timedelta = timedelta()
    changes: frozenset[str] = field(default_factory=frozenset)
    apart: timedelta = timedelta()
    bundle: str = ""
    bundle_size: int = 1


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that travels with an e-mail.

    ``is_alternative`` puts it also beside text and HTML, where mail programs look for invitations.
    """

    filename: str
    content_type: str
    content: str
    is_alternative: bool = False


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as it will be read; an SMS has neither subject nor HTML."""

    subject: str
    body_text: str
    body_html: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What a channel needs in order to send; ``message_key`` is the same on every attempt.

    ``way_out``: address at which one request ends messages of this kind; empty: nobody may say no to them.
    """

    message_key: str
    sender_name: str
    to: str
    reply_to: str
    subject: str
    body_text: str
    body_html: str
    attachments: tuple[Attachment, ...]
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One line of the message log: what was sent to whom, when, and what became of it."""

    id: int
    about: Subject
    channel: str
    template: str
    to: str
    subject: str
    body_text: str
    status: str
    reason: str
    attempts: int
    last_error: str
    created_at: datetime
    sent_at: datetime | None
