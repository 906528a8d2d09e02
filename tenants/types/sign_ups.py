"""What somebody typed who begins a business, and what they accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenants.types.businesses import TenantInfo


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
    """A text that the owner of a business accepted, exactly as it was shown.

    Attributes:
        document: What it is (``terms``, ``privacy``, ``processing``); ``version`` and ``language`` name the text.
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
    """That somebody accepted a text, when and from where: ``address_block`` as limits count it; ``number`` names it."""

    number: int
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
