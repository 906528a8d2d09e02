"""Values that tenants hands to other rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class SignUpDetails:
    """What the owner of a new business typed; the password is hashed as Django stores it."""

    business_name: str
    slug: str
    vertical: str
    country: str
    owner_name: str
    email: str
    password_hash: str
    locale: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What the mail that verifies the address of a sign-up says; ``url`` works until ``expires_at``."""

    business_name: str
    slug: str
    owner_name: str
    email: str
    locale: str
    url: str
    expires_at: datetime
