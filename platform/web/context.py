"""Values that every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.policies import PERMISSIONS_BY_ROLE


def tenant(request: HttpRequest) -> dict[str, object]:
    """Give templates the tenant (None on the platform's host), the languages and what the person may do."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    user = getattr(request, "user", None)
    return {
        "tenant": getattr(request, "tenant", None),
        "language": language,
        "other_languages": [(code, name) for code, name in settings.LANGUAGES if code != language],
        "may": {str(permission) for permission in PERMISSIONS_BY_ROLE.get(getattr(user, "role", ""), frozenset())},
        "platform_host": settings.PLATFORM_HOST,
    }
