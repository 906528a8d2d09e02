"""The link with which whoever asked reads where their request stands, and takes their file along.

The token is derived, so that messages can show it again while nothing of it is stored: from the business and a random
name of the request, under the platform's secret (as `scheduling.services.messages.manage_tokens` does for visits).
"""

from __future__ import annotations

import hashlib
import hmac

from kernel.ids import hash_token, make_link_token
from privacy.models import PersonRequest
from tenants.context import current_tenant
from tenants.hooks import ExportRule, register_export_rules
from tenants.hosts import make_base_url
from tenants.secrets import list_secrets


def register() -> None:
    """Leave what leads to a request out of exports; who imports one sends new links."""
    stand_in = {"token_hash": "md5(random()::text) || md5(r.uid::text)"}
    register_export_rules([ExportRule("privacy.PersonRequest", without=stand_in)])


def make_token(request: PersonRequest) -> str:
    """Return the token of a request's link (82 bits).

    Where what is stored is of no secret that is listed, since it was made under another one or came with an import, the
    link of before has ended, and this one is stored.
    """
    tokens = derive_tokens(request)
    known = next((each for each in tokens if hash_token(each) == request.token_hash), None)
    if known is None:
        known = tokens[0]
        PersonRequest.objects.filter(pk=request.pk).update(token_hash=hash_token(known))
    return known


def make_url(request: PersonRequest) -> str:
    """Return the link of a request."""
    return f"{make_base_url(current_tenant().primary_host)}/data/{make_token(request)}/"


def derive_tokens(request: PersonRequest) -> list[str]:
    """Derive the token under each secret that counts, the present one first."""
    # With the business: a link of one opens nothing of another one that came of its copy, with the same names.
    message = f"{current_tenant().schema_name}:{request.uid}".encode()
    keys = [b"privacy.request:" + each.encode() for each in list_secrets()]
    return [make_link_token(hmac.digest(key, message, hashlib.sha256)) for key in keys]
