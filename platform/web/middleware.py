"""Language of a request, and pages for expected failures."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from edge.language import LANGUAGE_COOKIE, choose_language, find_asked_language, find_tongue, limit_language
from edge.statuses import find_expected
from web.errors import render_domain_error

ONE_YEAR_SECONDS = 365 * 24 * 3600
STAFF_PATHS = ("/workspace/", "/accounts/")
"""Where a business's own people read; everything else on its host is for its customers."""


class LocaleMiddleware:
    """Answer in the language that `edge.language` chooses, and remember an explicit choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate the language for this request and remember an explicit choice in a cookie."""
        asked = find_asked_language(request)
        tenant = getattr(request, "tenant", None)
        is_for_staff = request.path_info.startswith(STAFF_PATHS)
        wanted = choose_language(request, tenant)
        language = wanted if is_for_staff else limit_language(wanted, tenant)
        request.LANGUAGE_CODE = language
        with translation.override(language if is_for_staff else find_tongue(language, tenant)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        # Who says nothing is read by one person in their own language, and asked for again: no guess of a cache.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if "immutable" not in response["Cache-Control"]:
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


class DomainErrorMiddleware:
    """Turn an expected failure that a page view lets through into a page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render what is expected; leave everything else to Django (a defect: it is reported)."""
        expected = find_expected(exception)
        return None if expected is None else render_domain_error(request, expected)
