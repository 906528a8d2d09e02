"""Telling people what was done to how they sign in: whoever did not do it hears of it, and of what helps."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts import hooks
from accounts.enums import AccountMessageKind, SignInChange
from accounts.models import User
from accounts.types import AccountMessage
from tenants.context import find_current_tenant
from tenants.hosts import make_base_url


def tell_change(person: User, change: SignInChange, *, now: datetime) -> None:
    """Write to somebody that a way in was added, removed or replaced; in the transaction that does it."""
    message = AccountMessage(
        kind=AccountMessageKind.SIGN_IN_CHANGED,
        email=person.email,
        locale=person.locale,
        user_id=person.pk,
        page=make_own_url("account_reset_password"),
        change=change,
    )
    hooks.tell(message, now=now)


def make_own_url(name: str, *args: str) -> str:
    """Return the absolute address of a page of accounts, at the current business or at the platform."""
    tenant = find_current_tenant()
    return make_base_url(tenant.home_host if tenant else settings.PLATFORM_HOST) + reverse(name, args=args)
