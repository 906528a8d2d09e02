"""How django-allauth behaves here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts import hooks
from accounts.enums import AccountMessageKind
from accounts.policies import Permission, has_permission
from accounts.types import AccountMessage
from kernel.clock import utc_now
from tenants.hosts import make_base_url

IPV6_PREFIX = 64
"""Smallest prefix that a provider assigns to one subscriber (RFC 6177)."""
MESSAGE_KINDS = {
    "account/email/password_reset_key": AccountMessageKind.PASSWORD_RESET,
    "account/email/unknown_account": AccountMessageKind.UNKNOWN_ACCOUNT,
}
"""allauth's messages that our settings leave possible."""


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or sign a business up; nobody creates a bare account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse allauth's own sign-up page."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the operators' console, or the workspace for staff."""
        if has_permission(request.user, Permission.OPERATOR):
            return "/operator/"
        return "/workspace/"

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Hand a message over to the outbox: no request waits for a mail server, or fails with it.

        One to a person goes to the address in their account, not to the one that was typed: two
        addresses can differ and still be equal to a comparison without case (CVE-2019-19844).

        Raises:
            KeyError: allauth writes something that nobody here has put into words.
        """
        user = context.get("user")
        message = AccountMessage(
            kind=MESSAGE_KINDS[template_prefix],
            email=email if user is None else user.email,
            locale=(get_language() or "") if user is None else user.locale,
            user_id=None if user is None else user.pk,
            url=context.get("password_reset_url", ""),
            url_life=timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        )
        hooks.tell(message, now=utc_now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the reset link at the tenant's own host, never at the one in the ``Host`` header.

        Anyone can send any ``Host``: a link made from it would hand the key to its sender.
        """
        tenant = self.request.tenant
        host = tenant.primary_host if tenant else settings.PLATFORM_HOST
        asked = urlsplit(super().get_reset_password_from_key_url(key))
        return make_base_url(host) + str(asked._replace(scheme="", netloc="").geturl())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse after too many failures for this person from one network, or many more from anywhere.

        The two are counted apart, so that strangers who guess lock out only themselves.
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
        """Set the password and forget earlier failures, so that the new one can be used at once."""
        super().set_password(user, password)
        for action, key in self._list_limits(self.request, user.email):  # type: ignore[attr-defined]
            ratelimit.clear(self.request, action=action, key=key)

    def _list_limits(self, request: HttpRequest, email: str) -> tuple[tuple[str, str], ...]:
        """List the limits of ``ACCOUNT_RATE_LIMITS`` that count failures, each with the key it counts by."""
        address = self.get_client_ip(request)
        network = ip_network(f"{address}/{IPV6_PREFIX}", strict=False) if ":" in address else address
        person = email.strip().lower()
        return (("login_failed_here", f"{network} {person}"), ("login_failed_anywhere", person))
