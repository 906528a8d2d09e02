"""How often one address, one contact and one tenant may write; the count lives in the shared cache."""

from __future__ import annotations

from abc import abstractmethod

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from keyvalue.throttle import count_call
from tenants.context import current_tenant


class FixedWindowThrottle(BaseThrottle):
    """Count calls in windows of fixed length; a cache that is down opens the throttle."""

    scope: str

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Count this call and tell whether it is within the limit of its scope."""
        ident = self.get_key(request)
        if ident is None:
            return True
        limit, seconds = settings.API_THROTTLE_RATES[self.scope]
        self.seconds_to_wait = count_call(scope=self.scope, ident=ident, limit=limit, seconds=seconds)
        return self.seconds_to_wait is None

    def wait(self) -> float | None:
        """Return the seconds until the window ends."""
        return self.seconds_to_wait

    @abstractmethod
    def get_key(self, request: Request) -> str | None:
        """Return whose calls are counted; None: do not count."""


class AddressThrottle(FixedWindowThrottle):
    """Per network address of the caller."""

    scope = "ip"

    def get_key(self, request: Request) -> str | None:
        """Count by the caller's address."""
        return self.get_ident(request)


class TenantThrottle(FixedWindowThrottle):
    """Per tenant, all callers together."""

    scope = "tenant"

    def get_key(self, request: Request) -> str | None:  # noqa: ARG002
        """Count by the tenant; the cache's keys carry the schema as well."""
        return current_tenant().schema_name


class ContactThrottle(FixedWindowThrottle):
    """Per phone number or e-mail address that a booking names."""

    scope = "contact"

    def get_key(self, request: Request) -> str | None:
        """Count by phone, else e-mail; nothing when the body names neither."""
        customer = request.data.get("customer") if isinstance(request.data, dict) else None
        if not isinstance(customer, dict):
            return None
        contact = customer.get("phone") or customer.get("email")
        return str(contact).strip().lower() if contact else None
