"""The platform's own host, those of tenants below it, and absolute links to them."""

from __future__ import annotations

from django.conf import settings


def get_platform_name() -> str:
    """Return the platform's host in lower case, without its port."""
    name: str = settings.PLATFORM_HOST.rsplit(":", 1)[0].lower()
    return name


def make_base_url(host: str) -> str:
    """Return the absolute address of ``host``, which may have a port, without a slash at the end.

    Links in messages are made where there is no request, so the scheme is what our cookies
    require, everywhere: a link is the same in a page, an answer of the API and a mail.
    """
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{scheme}://{host}"


def make_subdomain(slug: str) -> str:
    """Return the host, without port, at which the tenant with this address answers."""
    return f"{slug}.{get_platform_name()}"
