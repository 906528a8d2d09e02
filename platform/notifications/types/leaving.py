"""What is asked about a message that is about to leave, and what is answered."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from notifications.types.messages import Attachment, Subject
from notifications.types.words import Words


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is about to leave.

    Attributes:
        state: How its subject stands according to the message.
        told: How it stood according to what the recipient was told last; None: that is not known.
        may_know: Whether the recipient was told anything, or may have been.
        was_told: The same of anybody in this role.
        was_tried: Whether this one was, so that the recipient may know what it says.
        beside: Others of its bundle: what this one says has to tell them too.
    """

    about: Subject
    role: str
    channel: str
    to: str
    template: str
    state: Mapping[str, object]
    told: Mapping[str, object] | None
    may_know: bool
    was_told: bool
    beside: tuple[Waiting, ...] = ()
    was_tried: bool = False


class Verdict(enum.Enum):
    """What becomes of a message that needs no other text."""

    AS_WRITTEN = enum.auto()
    NOTHING_NEW = enum.auto()
    OVERTAKEN = enum.auto()


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says instead of what it was written with."""

    template: str
    words: Words
    state: Mapping[str, object]
    attachments: tuple[Attachment, ...] = ()
