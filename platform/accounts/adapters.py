"""How django-allauth behaves here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
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
