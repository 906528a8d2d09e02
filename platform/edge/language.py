"""The language of an answer: chosen once for open and closed pages, and read wherever one writes."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from tenants.context import find_current_tenant
from tenants.types import TenantInfo
from verticals.contract import Tone, VerticalUnknown
from verticals.registry import get_vertical

LANGUAGE_PARAMETER = LANGUAGE_COOKIE = "lang"
FORMAL = {"es": "es-formal"}
"""Language → its catalog in the formal address (``platform/web/tones``)."""


def current_language() -> str:
    """Return the active language without its region; the tenant's, else the platform's, when none is active."""
    return (get_language() or _get_home_language(find_current_tenant())).split("-")[0]


def choose_language(request: HttpRequest, tenant: TenantInfo | None) -> str:
    """Return the language to answer in.

    ``?lang=`` → cookie → the browser's wishes by their weight → the tenant's → the platform's.
    """
    return (
        find_asked_language(request)
        or _find_known(request.COOKIES.get(LANGUAGE_COOKIE))
        or _find_wanted_language(request)
        or _get_home_language(tenant)
    )


def find_tongue(language: str, tenant: TenantInfo | None) -> str:
    """Return the catalog that a business's customers read in a language: in Spanish, one of two forms of address.

    Texts without a formal form of their own are those of the language.
    """
    return FORMAL.get(language, language) if tenant is not None and is_formal(tenant) else language


def is_formal(tenant: TenantInfo) -> bool:
    """Tell whether a business says *usted* to its customers: as it chose, else as its trade does."""
    if tenant.profile.tone:
        return tenant.profile.tone == Tone.FORMAL
    try:
        return get_vertical(tenant.vertical).tone is Tone.FORMAL
    except VerticalUnknown:
        return False


def list_offered_languages(tenant: TenantInfo | None) -> tuple[str, ...]:
    """Return the languages in which customers of a business can read its pages."""
    chosen = tenant.profile.languages if tenant is not None else ()
    return tuple(code for code, _ in settings.LANGUAGES if not chosen or code in chosen)


def limit_language(language: str, tenant: TenantInfo | None) -> str:
    """Return ``language`` where a business speaks it to its customers, else the business's own."""
    return language if language in list_offered_languages(tenant) else _get_home_language(tenant)


def find_asked_language(request: HttpRequest) -> str | None:
    """Return the language that the address asks for, when it is one of ours."""
    return _find_known(request.GET.get(LANGUAGE_PARAMETER))


def list_wanted_tags(request: HttpRequest) -> tuple[str, ...]:
    """Return the language tags that the browser wants, in lower case, best first; what it refuses is left out.

    Weights as in RFC 9110, section 12.5.4.
    """
    header = request.headers.get("Accept-Language", "")
    return tuple(tag for tag, weight in parse_accept_lang_header(header) if weight > 0)


def _find_wanted_language(request: HttpRequest) -> str | None:
    # Django's own `get_language_from_request` falls back to the platform's language, not to the tenant's.
    for tag in list_wanted_tags(request):
        with suppress(LookupError):
            return get_supported_language_variant(tag)
    return None


def is_known_language(code: str | None) -> bool:
    """Tell whether the platform speaks it."""
    return code in dict(settings.LANGUAGES)


def _find_known(code: str | None) -> str | None:
    return code if is_known_language(code) else None


def _get_home_language(tenant: TenantInfo | None) -> str:
    return _find_known(tenant.locale if tenant else None) or str(settings.LANGUAGE_CODE)
