"""Values that accounts hands to other rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.enums import AccountMessageKind


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person of the business who signs in."""

    id: int
    name: str
    email: str
    role: str
    locale: str
    has_second_step: bool = False


@dataclass(frozen=True, slots=True)
class SecondStepReset:
    """Somebody's second step of signing in was taken off by another.

    Attributes:
        by_id: Who did it; None: a command.
    """

    person_id: int
    person_name: str
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody types to prove that it is them, and from where.

    Attributes:
        network: By which wrong ones are counted, as `kernel.addresses.find_network` returns it.
        password: None: it is not asked, or was asked a moment ago.
        code: Of the authenticator app, or a recovery code; None: it is not asked.
    """

    network: str
    now: datetime
    password: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


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
        second_step: As in `accounts.models.User`.
    """

    schema_name: str
    tenant_status: str
    user_id: int
    role: str
    session_key: str = field(repr=False)
    password_mark: str = field(repr=False)
    second_step: str = field(default="", repr=False)
