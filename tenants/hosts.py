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


def add_port(name: str) -> str:
    """Return a host with the platform's port, where it has one: businesses answer at the same."""
    _, _, port = settings.PLATFORM_HOST.partition(":")
    return f"{name}:{port}" if port else name


def is_below_platform(host: str) -> bool:
    """Tell whether a host, with or without port, is the platform's or below it: ours, and nobody's own."""
    name, own = host.rsplit(":", 1)[0].rstrip(".").lower(), get_platform_name()
    return name == own or name.endswith(f".{own}")


def get_domains_target() -> str:
    """Return the host to which domains of businesses lead."""
    return f"{settings.DOMAINS_LABEL}.{get_platform_name()}"


def make_subdomain(slug: str) -> str:
    """Return the host, without port, at which the tenant with this address answers."""
    return f"{slug}.{get_platform_name()}"
