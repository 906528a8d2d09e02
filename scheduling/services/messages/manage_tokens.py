"""A customer's manage link, and the unguessable part of it.

The token is derived, so that messages can show the link again while the table holds its hash only;
a new ``token_version`` makes older links worthless.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Protocol

from django.conf import settings

from kernel.ids import hash_token, make_link_token
from tenants.context import current_tenant
from tenants.hosts import make_base_url


class HasManageToken(Protocol):
    """A booking, or a view of one."""

    @property
    def ics_uid(self) -> str:
        """Return the calendar identity, which never changes."""

    @property
    def token_version(self) -> int:
        """Return the number of the current link."""


def make_manage_token(booking: HasManageToken) -> str:
    """Return the token of a booking's current link (82 bits, URL-safe, short enough for an SMS)."""
    return derive_token(booking.ics_uid, booking.token_version)


def make_manage_url(token: str) -> str:
    """Return the link with which the customer sees, moves and cancels the booking."""
    return f"{make_base_url(current_tenant().primary_host)}/b/{token}/"


def derive_token(ics_uid: str, token_version: int, *, schema_name: str | None = None) -> str:
    """Derive a token from the booking's calendar identity, bound to the tenant, or to one that it was before."""
    message = f"{schema_name or current_tenant().schema_name}:{ics_uid}:{token_version}"
    key = b"scheduling.manage:" + settings.SECRET_KEY.encode()
    return make_link_token(hmac.digest(key, message.encode(), hashlib.sha256))


def hash_manage_token(ics_uid: str, token_version: int) -> str:
    """Return what is stored for a booking's link."""
    return hash_token(derive_token(ics_uid, token_version))
