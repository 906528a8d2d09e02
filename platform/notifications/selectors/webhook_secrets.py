"""The secrets that sign webhooks: derived from the platform's, so that no table and no archive holds one.

Bound to the schema, so a copy of a business signs with others. The stored hash says under which secret of the platform
one was made: after a change of that they stay what they are, as long as the earlier one is listed.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from kernel.ids import hash_token
from notifications.engine.webhooks import show_secret
from notifications.errors import WebhookNotFound
from notifications.models import WebhookEndpoint
from tenants.context import current_tenant
from tenants.secrets import list_secrets


def derive_key(endpoint_id: int, version: int, stored_hash: str = "") -> bytes:
    """Return the key that is stored as ``stored_hash``; made under a secret that is not listed any more, another."""
    message = f"{current_tenant().schema_name}:{endpoint_id}:{version}".encode()
    secrets = (b"notifications.webhooks:" + each.encode() for each in list_secrets())
    keys = [hmac.digest(each, message, hashlib.sha256) for each in secrets]
    return next((key for key in keys if hash_key(key) == stored_hash), keys[0])


def hash_key(key: bytes) -> str:
    """Return what is stored of a key."""
    return hash_token(show_secret(key))


def list_keys(endpoint: WebhookEndpoint, *, now: datetime) -> tuple[bytes, ...]:
    """Return the keys that sign now, the present one first."""
    version = endpoint.secret_version
    present = derive_key(endpoint.pk, version, endpoint.secret_hash)
    if endpoint.former_until is None or endpoint.former_until <= now:
        return (present,)
    return present, derive_key(endpoint.pk, version - 1, endpoint.former_hash)


def find_secret(endpoint_id: int) -> str:
    """Return the present secret of an address, as its owner gives it to the receiver.

    Raises:
        WebhookNotFound: There is no such address.
    """
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise WebhookNotFound
    return show_secret(derive_key(endpoint.pk, endpoint.secret_version, endpoint.secret_hash))
