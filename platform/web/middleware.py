"""Language of a request, and pages for expected failures."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from kernel.errors import DomainError
from web.errors import render_domain_error

LANGUAGE_COOKIE = "lang"
ONE_YEAR_SECONDS = 365 * 24 * 3600


class LocaleMiddleware:
    """Choose the language: ``?lang=`` → cookie → the browser's wish → the tenant's → the platform's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate the language for this request and remember an explicit choice in a cookie."""
        asked = _known(request.GET.get("lang"))
        language = asked or _known(request.COOKIES.get(LANGUAGE_COOKIE)) or _from_browser(request) or _home(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if "immutable" not in response.get("Cache-Control", ""):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked and isinstance(response, HttpResponse):
            response.set_cookie(
                LANGUAGE_COOKIE,
                asked,
                max_age=ONE_YEAR_SECONDS,
                samesite="Lax",
                httponly=True,
                secure=bool(settings.SESSION_COOKIE_SECURE),
            )
        return response


def _known(code: str | None) -> str | None:
    return code if code in dict(settings.LANGUAGES) else None


def _from_browser(request: HttpRequest) -> str | None:
    for part in request.headers.get("Accept-Language", "").split(","):
        code = _known(part.split(";")[0].strip().lower().split("-")[0])
        if code:
            return code
    return None


def _home(request: HttpRequest) -> str:
    tenant = getattr(request, "tenant", None)
    return _known(tenant.locale if tenant else None) or settings.LANGUAGE_CODE


class DomainErrorMiddleware:
    """Turn an expected failure that a page view lets through into a page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render `DomainError` kinds; leave everything else to Django (a defect: it is reported)."""
        if isinstance(exception, DomainError):
            return render_domain_error(request, exception)
        return None
