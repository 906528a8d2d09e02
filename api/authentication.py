"""Who calls: a person with their session, or a program with a key of the business."""

from __future__ import annotations

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from accounts.services.keys import use_key
from accounts.types import KeyView
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.limits import Ask
from keyvalue.throttle import ask_limits

SCHEME = "Bearer"
MARK = "X-CSRFToken"


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer tk_…`` (RFC 6750): the caller is the person for whom the key works."""

    def authenticate(self, request: Request) -> tuple[object, KeyView] | None:
        """Return person and key; None: no key was sent.

        Raises:
            AuthenticationFailed: The key is none of this business, or was revoked.
            Throttled: As before, and too many such calls came from this address block.
        """
        token = _find_token(request)
        if token is None:
            return None
        found = use_key(token, now=utc_now())
        if found is None:
            # A key that works is not held up by what others send from its address: it is looked for first.
            full = ask_limits([Ask("wrong_keys_address", find_block(request))])
            raise Throttled(wait=max(full.values())) if full else AuthenticationFailed
        return found

    def authenticate_header(self, request: Request) -> str:
        """Say how to authenticate, and whether a key was sent that is none."""
        return SCHEME if _find_token(request) is None else f'{SCHEME} error="invalid_token"'


class MarkedSession(SessionAuthentication):
    """A session where anyone may call: it counts only beside its token, which no other site can send.

    So the booking page and the widget call as anyone, also in the browser of somebody who works here.
    """

    def authenticate(self, request: Request) -> object:  # type: ignore[override]
        """Return the person who marked the call as theirs."""
        return super().authenticate(request) if MARK in request.headers else None


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document describes keys."""

    target_class = "api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, _schema: object) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "description": "A key from the workspace, `tk_…`."}


class MarkedSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """How the document describes sessions that count only beside ``X-CSRFToken``."""

    target_class = "api.authentication.MarkedSession"
    name = "markedCookieAuth"


def _find_token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME.lower() else None
