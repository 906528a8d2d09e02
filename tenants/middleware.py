"""Which tenant a request is for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from database.connection import connection
from kernel.text import mark
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import TenantUnknown
from tenants.hosts import get_platform_name
from tenants.selectors.resolution import resolve_host
from tenants.services.connections import release_connections
from tenants.types import TenantInfo

CLOSED_PAGES: dict[str, tuple[int, str, int | None]] = {
    TenantStatus.PROVISIONING: (503, mark("This page is being prepared. Please come back in a minute."), 10),
    TenantStatus.SUSPENDED: (
        503,
        mark("This business is not taking bookings online at the moment. Existing appointments stay as they are."),
        3600,
    ),
    TenantStatus.CLOSED: (410, mark("This business no longer takes bookings here."), None),
}
"""Status of a tenant that does not answer → HTTP status, text, seconds after which to try again."""


class TenantMiddleware:
    """Enter the schema of the tenant whose host was asked, or the platform; unknown hosts get a plain 404.

    Synchronous on purpose: the schema belongs to the thread's database connection, and in the
    event loop there is none. Answers that stream go on outside of it, without the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Resolve the host, then answer inside the tenant; the connection goes back to public in any case."""
        connection.set_schema_to_public()
        try:
            host = request.get_host()
        except DisallowedHost:
            return _unknown_host(request)
        if is_platform(host):
            request.tenant = None  # type: ignore[attr-defined]
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        tenant = resolve_host(host)
        if tenant is None:
            return _unknown_host(request)
        if tenant.status in CLOSED_PAGES:
            return _closed(request, tenant)
        request.tenant = tenant  # type: ignore[attr-defined]
        with tenant_scope(tenant):
            response = self.get_response(request)
        if response.streaming:
            # A board that listens for hours must not keep one of the pool's few connections.
            release_connections()
        return response


def is_platform(host: str) -> bool:
    """Tell whether ``host`` is the platform's own, with or without ``www.`` and port."""
    name = host.rsplit(":", 1)[0].rstrip(".").lower()
    return name.removeprefix("www.") == get_platform_name()


def _unknown_host(request: HttpRequest) -> HttpResponse:
    with translation.override(_choose_language(request, None)):
        return HttpResponse(
            f"404: {gettext(TenantUnknown.text)}\n", status=404, content_type="text/plain; charset=utf-8"
        )


def _closed(request: HttpRequest, tenant: TenantInfo) -> HttpResponse:
    status, text, retry_seconds = CLOSED_PAGES[tenant.status]
    with translation.override(_choose_language(request, tenant)):
        message = gettext(text)
        response: HttpResponse
        if request.path.startswith("/api/"):
            problem = {"type": "about:blank", "status": status, "code": f"tenant_{tenant.status}", "detail": message}
            response = JsonResponse(problem, status=status, content_type="application/problem+json")
        else:
            context = {"tenant": tenant, "message": message, "language": translation.get_language()}
            response = HttpResponse(render_to_string("tenants/closed.html", context), status=status)
    if retry_seconds is not None:
        response["Retry-After"] = str(retry_seconds)
    response["Cache-Control"] = "no-store"
    # Django reports every 503 as an error of ours; this one is an answer that we chose.
    vars(response)["_has_been_logged"] = True
    return response


def _choose_language(request: HttpRequest, tenant: TenantInfo | None) -> str:
    """Return the visitor's language when the browser names one of ours, else the tenant's or the platform's.

    The language middleware lies further in, behind the tenant that this page does not enter.
    """
    chosen = request.GET.get("lang") or request.COOKIES.get("lang")
    if chosen in dict(settings.LANGUAGES):
        return str(chosen)
    if request.headers.get("Accept-Language"):
        return translation.get_language_from_request(request)
    return tenant.locale if tenant else str(settings.LANGUAGE_CODE)
