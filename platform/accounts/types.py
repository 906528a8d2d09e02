"""Values that accounts hands to other rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Presence:
    """As whom somebody was let in.

    Attributes:
        tenant_status: The state of the business at that moment.
        session_key: Names the session; whoever has it can act as the person.
        password_mark: Changes with the password.
    """

    schema_name: str
    tenant_status: str
    user_id: int
    role: str
    session_key: str = field(repr=False)
    password_mark: str = field(repr=False)
