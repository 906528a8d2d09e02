"""How django-allauth behaves here."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from accounts.policies import Permission, has_permission


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
