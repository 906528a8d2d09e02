"""Values that accounts hands to other rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.enums import AccountMessageKind, EmailLink, KeyAccess, SignInChange


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
class Person:
    """Somebody of the business, as whoever manages the team sees them.

    Attributes:
        last_sign_in_at: None: never.
        has_password: False: after an import, or once somebody took their e-mail back, until they set one by mail.
        password_changed_at: None: never since they came.
        is_active: Whether they may sign in.
    """

    id: int
    name: str
    email: str
    role: str
    has_second_step: bool
    is_active: bool
    last_sign_in_at: datetime | None
    created_at: datetime
    password_changed_at: datetime | None = None
    has_password: bool = True


@dataclass(frozen=True, slots=True)
class SessionView:
    """An open session.

    Attributes:
        name: Names it in forms; opens nothing.
        browser: One of `accounts.services.sessions.BROWSERS`, or ``other``; ``system`` likewise.
        began_at: When the person signed in; None: before that was kept.
        seen_at: When it was used last, to ten minutes.
        is_here: Whoever asks, asks in it.
    """

    name: str
    browser: str
    system: str
    began_at: datetime | None
    seen_at: datetime | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key on a device of somebody; ``used_at`` None: never yet. ``is_here``: it is for the host that was asked."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None
    is_here: bool = True


@dataclass(frozen=True, slots=True)
class EmailLinkView:
    """What a link of the mails about another e-mail does, and the e-mail that counts then."""

    link: EmailLink
    email: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who is invited, as it was typed.

    Attributes:
        resource_id: What they are booked as; None: nothing.
        locale: Language of the mail.
    """

    email: str
    role: str
    locale: str
    resource_id: int | None = None


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation that is open."""

    id: int
    email: str
    role: str
    resource_id: int | None
    invited_by: str
    expires_at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that somebody asks for, as it was typed; ``access`` as in `KeyView`."""

    name: str
    access: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key of a program.

    Attributes:
        prefix: Its first signs.
        access: How far it goes, by area; an area that is left out is closed to it.
        person: Who made it, and for whom it works.
        last_used_at: To a minute; None: never yet.
        revoked_at: None: it works.
    """

    id: int
    name: str
    prefix: str
    access: Mapping[str, str]
    person: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def may(self, area: str, *, is_change: bool) -> bool:
        """Tell whether a call in ``area`` is open to it."""
        access = self.access.get(area)
        return access == KeyAccess.WRITE or (access == KeyAccess.READ and not is_change)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key; ``token`` is known at this moment alone."""

    key: KeyView
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody accepted an invitation."""

    user_id: int
    email: str
    role: str
    resource_id: int | None
    invited_by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What somebody did to a person of the current business: field → (old, new).

    Attributes:
        by_id: Who did it; None: the person, by an invitation.
    """

    person_id: int
    by_id: int | None
    fields: Mapping[str, tuple[object, object]]
    at: datetime


@dataclass(frozen=True, slots=True)
class SecondStepReset:
    """Somebody's second step of signing in was removed by another.

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
        network: By which wrong ones are counted, as `kernel.identity.addresses.find_network` returns it.
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
        page: A page that everybody may open, when there is no ``url``; it is no secret.
        about_name: Whose doing it is: who invites, who became an owner.
        role: As what somebody is invited, an `accounts.enums.Role`.
        change: What was changed about how they sign in.
    """

    kind: AccountMessageKind
    email: str
    locale: str
    user_id: int | None = None
    url: str = ""
    url_life: timedelta = timedelta(0)
    about_name: str = ""
    role: str = ""
    page: str = ""
    change: SignInChange | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """As whom somebody was let in.

    Attributes:
        tenant_status: The state of the business at that moment.
        home_host: Where its people signed in.
        session_key: Names the session; whoever has it can act as the person.
        password_mark: Changes with the password.
        second_step: As in `accounts.models.User`.
    """

    schema_name: str
    tenant_status: str
    home_host: str
    user_id: int
    role: str
    session_key: str = field(repr=False)
    password_mark: str = field(repr=False)
    second_step: str = field(default="", repr=False)
