"""Values that accounts hands to other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.enums import AccountMessageKind


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person of the business who signs in."""

    id: int
    name: str
    email: str
    role: str
    locale: str


@dataclass(frozen=True, slots=True)
class AccountMessage:
    """What someone is to be told about an account of the current schema.

    Attributes:
        email: Whom to write to; ``locale`` is the language that they read.
        user_id: The account, or None when nobody signs in with ``email``.
        url: Where the message leads; empty: nowhere. Whoever has it can act as the person.
        url_life: How long ``url`` works.
    """

    kind: AccountMessageKind
    email: str
    locale: str
    user_id: int | None = None
    url: str = ""
    url_life: timedelta = timedelta(0)
