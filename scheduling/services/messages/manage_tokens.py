"""A customer's manage link, and the unguessable part of it.

The token is derived, so that messages can show the link again while the table holds its hash only;
a new ``token_version`` makes older links worthless. The hash says under which secret a link was made: after a
change of the platform's secret, links of before stay what they are.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Protocol

from kernel.ids import hash_token, make_link_token
from tenants.context import current_tenant
from tenants.hosts import make_base_url
from tenants.secrets import list_secrets


class HasManageToken(Protocol):
    """A booking, or a view of one."""

    @property
    def ics_uid(self) -> str:
        """Return the calendar identity, which never changes."""

    @property
    def token_version(self) -> int:
        """Return the number of the current link."""

    @property
    def token_hash(self) -> str:
        """Return what is stored of the current link."""


def make_manage_token(booking: HasManageToken) -> str:
    """Return the token of a booking's current link (82 bits, URL-safe, short enough for an SMS)."""
    return find_current_token(booking.ics_uid, booking.token_version, booking.token_hash)


def find_current_token(ics_uid: str, token_version: int, token_hash: str) -> str:
    """Return the token that is stored as ``token_hash``; made under a secret that is not listed any more, another."""
    tokens = derive_tokens(ics_uid, token_version)
    return next((each for each in tokens if hash_token(each) == token_hash), tokens[0])


def make_manage_url(token: str) -> str:
    """Return the link with which the customer sees, moves and cancels the booking."""
    return f"{make_base_url(current_tenant().primary_host)}/b/{token}/"


def derive_token(ics_uid: str, token_version: int) -> str:
    """Derive a token from the booking's calendar identity, bound to the tenant, under the present secret."""
    return derive_tokens(ics_uid, token_version)[0]


def derive_tokens(ics_uid: str, token_version: int) -> list[str]:
    """Derive tokens under each secret that counts, the present one first."""
    message = f"{current_tenant().schema_name}:{ics_uid}:{token_version}".encode()
    keys = [b"scheduling.manage:" + each.encode() for each in list_secrets()]
    return [make_link_token(hmac.digest(key, message, hashlib.sha256)) for key in keys]


def hash_manage_token(ics_uid: str, token_version: int) -> str:
    """Return what is stored for a booking's link."""
    return hash_token(derive_token(ics_uid, token_version))
