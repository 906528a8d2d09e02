"""Values that every template may use."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.policies import PERMISSIONS_BY_ROLE, Permission
from edge.language import current_language, list_offered_languages
from kernel.undoing import UNDO_TIME
from tenants.enums import Ability
from tenants.policies import ABILITIES

NEEDED_ABILITY = {
    Permission.BOOKING_MANAGE: Ability.STEP,
    Permission.BOOKING_OVERRIDE: Ability.STEP,
    Permission.CATALOG_MANAGE: Ability.WRITE,
    Permission.CUSTOMER_MANAGE: Ability.WRITE,
    Permission.SETTINGS_MANAGE: Ability.WRITE,
    Permission.ADDRESS_MANAGE: Ability.WRITE,
    Permission.MONEY_MANAGE: Ability.WRITE,
    Permission.TEAM_MANAGE: Ability.WRITE,
}
"""What the state of the business must allow for a permission to be of any use: what would be refused is not offered."""


def tenant(request: HttpRequest) -> dict[str, object]:
    """Give templates the tenant (None on the platform's host), the languages and what the person may do."""
    language = current_language()
    return {
        "tenant": getattr(request, "tenant", None),
        "language": language,
        "other_languages": _list_other_languages(request, language),
        "business_may": _list_abilities(request),
        "takes_bookings": Ability.BOOK in _list_abilities(request) and request.tenant.is_published,  # type: ignore[attr-defined]
        # Asked of the person only where a template wants to know: Django answers failures in a thread
        # outside of the tenant, whose database connection is never given back.
        "may": SimpleLazyObject(lambda: _list_permissions(request)),
        "undo_ms": UNDO_TIME // timedelta(milliseconds=1),
        "platform_host": settings.PLATFORM_HOST,
        "platform_email": settings.DEFAULT_FROM_EMAIL,
        "company": settings.COMPANY,
    }


def _list_other_languages(request: HttpRequest, language: str) -> list[tuple[str, str]]:
    """Return what the page can be read in besides; staff reads in every language, customers in the business's."""
    tenant = getattr(request, "tenant", None)
    offered = list_offered_languages(None if request.path_info.startswith("/workspace/") else tenant)
    return [(code, name) for code, name in settings.LANGUAGES if code != language and code in offered]


def _list_permissions(request: HttpRequest) -> set[str]:
    role = getattr(getattr(request, "user", None), "role", "")
    return {
        str(permission)
        for permission in PERMISSIONS_BY_ROLE.get(role, frozenset())
        if permission not in NEEDED_ABILITY or NEEDED_ABILITY[permission] in _list_abilities(request)
    }


def _list_abilities(request: HttpRequest) -> frozenset[Ability]:
    tenant = getattr(request, "tenant", None)
    return frozenset() if tenant is None else ABILITIES[tenant.status]
