"""Which tenant a request is for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from database.connection import connection
from database.errors import explain_failure
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.hooks import get_refusals
from tenants.hosts import get_platform_name, is_below_platform
from tenants.selectors.resolution import find_moved, find_tenant, resolve_host
from tenants.services.connections import release_connections
from tenants.types import EXAMPLE_SLUG, TenantInfo

OWN_DOMAIN_HSTS_SECONDS = 86_400
EXAMPLE_COOKIE = "example"
EXAMPLE_STAY = timedelta(hours=1)
"""How long visitors stay in an example after another one has taken its place; it is there for longer."""
EXAMPLE_SCHEMA = re.compile(rf"t\d{{1,12}}_{EXAMPLE_SLUG}_[0-9a-f]{{8}}", re.ASCII)


class TenantMiddleware:
    """Enter the schema of the tenant whose host was asked, or the platform; others are refused.

    A suspended or closed business is entered too: what its state allows, services decide
    (`tenants.policies`), so that customers keep their appointments and the owner can read.

    What a refusal looks like is the business of the room above that answers (`tenants.hooks`).

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
            return get_refusals().unknown_host(request)
        if is_platform(host):
            request.tenant = None  # type: ignore[attr-defined]
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        try:
            tenant = resolve_host(host)
            moved = find_moved(host) if tenant is None else None
        except Error as error:
            failure = explain_failure(error)
            if failure is None:
                raise
            return get_refusals().away(request, failure)
        if tenant is None:
            return _refuse(request, moved)
        if tenant.status == TenantStatus.PROVISIONING:
            return get_refusals().not_ready(request, tenant)
        shown = tenant
        if tenant.is_example:
            tenant = _find_seen(request) or tenant
        request.tenant = tenant  # type: ignore[attr-defined]
        with tenant_scope(tenant):
            response = self.get_response(request)
        if tenant.is_example and tenant == shown and not hasattr(request, "frame"):
            _remember(response, tenant)
        _spare_neighbors(request, response, host)
        if response.streaming:
            # A board that listens for hours must not keep one of the pool's few connections.
            release_connections()
        return response


def _refuse(request: HttpRequest, moved: TenantInfo | None) -> HttpResponseBase:
    return get_refusals().moved(request, moved) if moved else get_refusals().unknown_host(request)


def _find_seen(request: HttpRequest) -> TenantInfo | None:
    """Return the example that a visitor is in the middle of, when another one has taken its place."""
    schema_name = request.COOKIES.get(EXAMPLE_COOKIE, "")
    if EXAMPLE_SCHEMA.fullmatch(schema_name) is None:
        return None
    seen = find_tenant(schema_name)
    # One that was never shown has no host.
    return seen if seen is not None and seen.is_example and seen.primary_host else None


def _remember(response: HttpResponseBase, tenant: TenantInfo) -> None:
    response.set_cookie(
        EXAMPLE_COOKIE,
        tenant.schema_name,
        max_age=EXAMPLE_STAY,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _spare_neighbors(request: HttpRequest, response: HttpResponseBase, host: str) -> None:
    """Ask for https at a domain that is not ours for this host alone, and not for long.

    Our own header speaks for everything below us, for a year: there it would shut down what its owner has on other
    names, and this one, should it leave us (RFC 6797, section 14.4). The middleware that writes it leaves ours alone.
    """
    if settings.SECURE_HSTS_SECONDS and request.is_secure() and not is_below_platform(host):
        response.headers["Strict-Transport-Security"] = f"max-age={OWN_DOMAIN_HSTS_SECONDS}"


def is_platform(host: str) -> bool:
    """Tell whether ``host`` is the platform's own, with or without ``www.`` and port."""
    name = host.rsplit(":", 1)[0].rstrip(".").lower()
    return name.removeprefix("www.") == get_platform_name()
