"""A browser without a screen, for tests and drills: requests go through the whole application."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tenants.jobs import call_outside


class HostClient(Client):
    """A browser at one host; each request starts outside of any tenant, as on a server."""

    def __init__(self, host: str, **defaults: Any) -> None:
        super().__init__(HTTP_HOST=host, **defaults)

    def request(self, **request: Any) -> Any:
        """Answer one request; the caller stays in the tenant where it is."""
        return call_outside(super().request, **request)
