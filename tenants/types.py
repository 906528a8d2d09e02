"""Values that tenants hands to other rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tenants.enums import TenantStatus

EXAMPLE_SLUG = "ejemplo"
"""Where the platform's example answers; nobody else gets it (`tenants.policies.RESERVED`)."""
USUAL_ACCENT = "#1d4ed8"
"""The brand color of whoever has chosen none."""
REMOVED_AFTER = timedelta(days=30)
"""How long a closed business is kept."""


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """A tenant as every other room sees it: a copy that asks no database.

    Attributes:
        vertical: Key of the industry pack.
        country: ISO 3166-1 alpha-2; `timezone` is IANA's, `currency` ISO 4217.
        locale: Language of the business, ``es`` or ``en``.
        status: A value of `tenants.enums.TenantStatus`.
        accent: Brand color, ``#rrggbb``.
        primary_host: Host (and port) of the booking page.
        status_since: When ``status`` began.
        suspension_reason: Why we suspended it, for its owner to read; empty when we did not.
        sms_countries: Whose numbers get SMS besides those of ``country`` (ISO 3166-1 alpha-2).
        is_example: The platform shows it to visitors; nothing leaves from it, and nobody signs in.
        published_at: Since when strangers book; None: the page is a draft that staff alone see.
        tested_at: When staff first tried the customer's way.
        shared_at: When the owner said that customers know the page.
        guide_ended_at: Since when the list of first steps is put away; a business that was made whole has none.
    """

    id: int
    schema_name: str
    slug: str
    name: str
    vertical: str
    country: str
    timezone: str
    currency: str
    locale: str
    status: str
    accent: str
    primary_host: str
    entitlements: Mapping[str, int] = field(default_factory=dict)
    created_at: datetime | None = None
    trial_ends_at: datetime | None = None
    status_since: datetime | None = None
    suspension_reason: str = ""
    sms_countries: tuple[str, ...] = ()
    is_example: bool = False
    published_at: datetime | None = None
    tested_at: datetime | None = None
    shared_at: datetime | None = None
    guide_ended_at: datetime | None = None

    @property
    def is_published(self) -> bool:
        """Tell whether the booking page is there for everybody."""
        return self.published_at is not None

    @property
    def removed_at(self) -> datetime | None:
        """Return from when on a closed business may be removed with all its data; None while it is open."""
        if self.status != TenantStatus.CLOSED or self.status_since is None:
            return None
        return self.status_since + REMOVED_AFTER


@dataclass(frozen=True, slots=True)
class AskedAct:
    """What somebody wants to be done to a business, and why.

    Attributes:
        author_id: The operator; None: a command or the system.
        seen: The state upon which it was decided; None: whatever it is.
    """

    schema_name: str
    reason: str
    author_id: int | None
    now: datetime
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class ActDone:
    """What was done to a business, by whom and why, for whoever keeps a log.

    Attributes:
        act: A `tenants.enums.TenantAct` value; ``old`` and ``new`` are states.
        author_id: The operator; None: a command or the system.
    """

    tenant: TenantInfo
    act: str
    old: str
    new: str
    reason: str
    author_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SignUpDetails:
    """What the owner of a new business typed; the password is hashed as Django stores it.

    Attributes:
        timezone: IANA's name, one of ``country``; empty: the one that most of its people live in.
        phone: E.164; like ``address`` it is for the customers of the business, and public.
    """

    business_name: str
    slug: str
    vertical: str
    country: str
    owner_name: str
    email: str
    password_hash: str
    locale: str
    timezone: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A text that the owner of a new business accepted, exactly as it was shown.

    Attributes:
        document: What it is (``terms``, ``privacy``); with ``version`` and ``language`` it names the text.
        digest: SHA-256 of the text, in hexadecimal digits.
        sentence: The words beside the box that was checked.
    """

    document: str
    version: str
    language: str
    digest: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That somebody accepted a text, when and from where: ``address_block`` as limits count it."""

    text: AcceptedText
    email: str
    accepted_at: datetime
    address_block: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What the mail that verifies the address of a sign-up says; ``url`` works until ``expires_at``.

    ``number`` tells the mails of one sign-up apart: 1, and more when somebody asked for it again.
    """

    business_name: str
    slug: str
    owner_name: str
    email: str
    locale: str
    url: str
    expires_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class AskedWorkplaces:
    """Somebody asked where an e-mail signs in, and where it does."""

    email: str
    locale: str
    businesses: tuple[TenantInfo, ...]
