"""The platform's own host, and those of tenants below it."""

from __future__ import annotations

from django.conf import settings


def get_platform_name() -> str:
    """Return the platform's host in lower case, without its port."""
    name: str = settings.PLATFORM_HOST.rsplit(":", 1)[0].lower()
    return name


def make_subdomain(slug: str) -> str:
    """Return the host, without port, at which the tenant with this address answers."""
    return f"{slug}.{get_platform_name()}"
