"""How django-allauth behaves here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from accounts import hooks
from accounts.enums import AccountMessageKind
from accounts.policies import Permission, has_permission
from accounts.services import devices, sealing
from accounts.services.own_account import replace_password
from accounts.services.sessions import begin_session
from accounts.types import AccountMessage
from kernel.clock import utc_now
from kernel.identity.addresses import find_block, find_network
from kernel.limits import Ask
from keyvalue.throttle import ask_limits, take_back_calls
from tenants.context import find_current_tenant
from tenants.hosts import make_base_url

MESSAGE_KINDS = {
    "account/email/password_reset_key": AccountMessageKind.PASSWORD_RESET,
    "account/email/unknown_account": AccountMessageKind.UNKNOWN_ACCOUNT,
}
"""allauth's messages that our settings leave possible."""


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or sign a business up; nobody creates a bare account."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is switched off. Ask an owner of the business."),
        "email_password_mismatch": gettext_lazy("The e-mail or the password does not match."),
        "enter_current_password": gettext_lazy("Enter your current password."),
        "incorrect_code": gettext_lazy("This code is not right."),
        "incorrect_password": gettext_lazy("The password is not right."),
        "invalid_login": gettext_lazy("The e-mail or the password does not match."),
        "invalid_or_expired_key": gettext_lazy("This link no longer works. Ask for a new one."),
        "invalid_password_reset": gettext_lazy("This link no longer works. Ask for a new one."),
        "rate_limited": gettext_lazy("Too many attempts in a short time. Wait a minute and try again."),
        "same_as_current": gettext_lazy("This is your current password: choose another."),
        "unknown_email": gettext_lazy("Nobody signs in with this e-mail here."),
        "too_many_login_attempts": gettext_lazy(
            "There were too many wrong passwords. Wait a few minutes, sign in on a device that you used before, "
            "or set a new password: that always works."
        ),
    }

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
        host = tenant.home_host if tenant else settings.PLATFORM_HOST
        asked = urlsplit(super().get_reset_password_from_key_url(key))
        return make_base_url(host) + str(asked._replace(scheme="", netloc="").geturl())

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check a password, unless too many were typed; a right one counts for nothing."""
        asks = self._list_asks(request, str(credentials.get("email", "")))
        if ask_limits(asks):
            raise self.validation_error("too_many_login_attempts")
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            take_back_calls(asks)
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        """Remember where this person signed in, once all steps of it are done."""
        response: HttpResponse = super().post_login(request, user, **more)
        email = user.email  # type: ignore[attr-defined]
        devices.remember_device(request, response, email=email)
        devices.remember_network(self.get_client_ip(request), email=email)
        return response

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Open a session that says when, and with what."""
        super().login(request, user)
        begin_session(request.session, agent=request.headers.get("User-Agent", ""), now=utc_now())

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set the password, and note who proved to be who they are: the view remembers their device."""
        person: Any = user
        is_by_link = bool(getattr(self.request, "is_by_link", False))
        key = self.request.session.session_key
        replace_password(person, password, is_by_link=is_by_link, session_key=key, now=utc_now())
        self.request.proven_email = person.email

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return the password alone: what matters about the second step asks for a code by itself."""
        if not user.has_usable_password():
            return []
        description = gettext("Use your password")
        return [{"id": "reauthenticate", "description": description, "url": reverse("account_reauthenticate")}]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the server saw, as everywhere else."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def _list_asks(self, request: HttpRequest, email: str) -> list[Ask]:
        """List what limits how often a password is typed.

        A known device has a counter of its own, and so has a known network: whatever strangers do,
        wherever they are, it does not count there.
        """
        address, person = self.get_client_ip(request), email.strip().lower()
        network = find_network(address)
        device = devices.read_device(request)
        if device is not None and device.knows(person):
            return [Ask("sign_in_device", f"{device.id} {person}")]
        if devices.is_known_network(address, email=person):
            return [Ask("sign_in_network", f"{network} {person}")]
        return [
            Ask("sign_in_here", f"{network} {person}"),
            Ask("sign_in_strangers", person),
            Ask("sign_in_address", find_block(address)),
        ]


class SecondStepAdapter(DefaultMFAAdapter):
    """What allauth keeps of the second step is encrypted in the database."""

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:  # noqa: ARG002
        """Tell whether a code is asked for after the password: a passkey is a way in of its own, and asks for none."""
        return bool(getattr(user, "second_step", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for which address a passkey is, and what devices call it: the business."""
        tenant = find_current_tenant()
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": tenant.name if tenant else "Turnero"}

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was stored."""
        return sealing.unseal(encrypted_text)
