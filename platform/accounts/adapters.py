"""How django-allauth behaves here."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from accounts.policies import Permission, has_permission

IPV6_PREFIX = 64
"""Of what one subscriber is given at least (RFC 6177): whoever has it may use any address in it."""


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or sign a business up; nobody creates a bare account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse allauth's own sign-up page."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send operators to their console and staff to the workspace."""
        if has_permission(request.user, Permission.OPERATOR):
            return "/operator/"
        return "/workspace/"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link for the message, at the host that we know: whoever asks writes the Host header."""
        tenant = self.request.tenant
        host = tenant.primary_host if tenant else settings.PLATFORM_HOST
        scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
        asked = urlsplit(super().get_reset_password_from_key_url(key))
        return str(asked._replace(scheme=scheme, netloc=host).geturl())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse after too many failures for this person from here, or (many more) from anywhere.

        Counted apart, so that a stranger who guesses shuts the door for himself only.
        """
        super().pre_authenticate(request, **credentials)
        for action, key in self._list_limits(request, str(credentials.get("email", ""))):
            if not ratelimit.consume(request, action=action, key=key, dry_run=True):
                raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure."""
        super().authentication_failed(request, **credentials)
        for action, key in self._list_limits(request, str(credentials.get("email", ""))):
            ratelimit.consume(request, action=action, key=key)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Forget failures: whoever sets a new password may use it at once."""
        super().set_password(user, password)
        for action, key in self._list_limits(self.request, user.email):  # type: ignore[attr-defined]
            ratelimit.clear(self.request, action=action, key=key)

    def _list_limits(self, request: HttpRequest, email: str) -> tuple[tuple[str, str], ...]:
        """List the limits in ``ACCOUNT_RATE_LIMITS`` that count failures, each with whose it counts."""
        address = self.get_client_ip(request)
        network = ip_network(f"{address}/{IPV6_PREFIX}", strict=False) if ":" in address else address
        person = email.strip().lower()
        return (("login_failed_here", f"{network} {person}"), ("login_failed_anywhere", person))
