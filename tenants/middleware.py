"""Which tenant a request is for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from kernel.text import mark
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.selectors.resolution import resolve_host
from tenants.types import TenantInfo

CLOSED_PAGES = {
    TenantStatus.PROVISIONING: (503, mark("This page is being prepared. Please come back in a minute.")),
    TenantStatus.SUSPENDED: (
        503,
        mark("This business is not taking bookings online at the moment. Existing appointments stay as they are."),
    ),
    TenantStatus.CLOSED: (410, mark("This business no longer takes bookings here.")),
}


class TenantMiddleware:
    """Enter the schema of the tenant whose host was asked, or the platform; unknown hosts get a plain 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Resolve the host, then answer inside the tenant."""
        connection.set_schema_to_public()
        try:
            host = request.get_host()
        except DisallowedHost:
            return _unknown_host()
        if is_platform(host):
            request.tenant = None  # type: ignore[attr-defined]
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        tenant = resolve_host(host)
        if tenant is None:
            return _unknown_host()
        if tenant.status in CLOSED_PAGES:
            return _closed(tenant)
        request.tenant = tenant  # type: ignore[attr-defined]
        with tenant_scope(tenant):
            return self.get_response(request)


def is_platform(host: str) -> bool:
    """Tell whether ``host`` is the platform's own, with or without ``www.`` and port."""
    name = host.rsplit(":", 1)[0].rstrip(".").lower()
    return name.removeprefix("www.") == settings.PLATFORM_HOST.rsplit(":", 1)[0].lower()


def _unknown_host() -> HttpResponse:
    return HttpResponse("404: no business answers at this address.\n", status=404, content_type="text/plain")


def _closed(tenant: TenantInfo) -> HttpResponse:
    status, text = CLOSED_PAGES[TenantStatus(tenant.status)]
    with translation.override(tenant.locale):
        page = render_to_string("tenants/closed.html", {"tenant": tenant, "message": gettext(text)})
    response = HttpResponse(page, status=status)
    if status == 503:  # noqa: PLR2004 - the one status for which a client may try again
        response["Retry-After"] = "3600"
    return response
