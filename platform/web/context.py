"""Values that every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.policies import PERMISSIONS_BY_ROLE
from edge.language import current_language


def tenant(request: HttpRequest) -> dict[str, object]:
    """Give templates the tenant (None on the platform's host), the languages and what the person may do."""
    language = current_language()
    return {
        "tenant": getattr(request, "tenant", None),
        "language": language,
        "other_languages": [(code, name) for code, name in settings.LANGUAGES if code != language],
        # Asked of the person only where a template wants to know: Django answers failures in a thread
        # outside of the tenant, whose database connection is never given back.
        "may": SimpleLazyObject(lambda: _list_permissions(request)),
        "platform_host": settings.PLATFORM_HOST,
    }


def _list_permissions(request: HttpRequest) -> set[str]:
    role = getattr(getattr(request, "user", None), "role", "")
    return {str(permission) for permission in PERMISSIONS_BY_ROLE.get(role, frozenset())}
