"""How often one address, one contact and one tenant may write; all of them are counted in one round trip."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from keyvalue.throttle import Call, count_calls
from tenants.context import current_tenant


class WriteLimits(BaseThrottle):
    """Counts a call in windows of fixed length: per network address, and per tenant for all callers together.

    Each limit counts and refuses by itself; a Redis that is down opens them all.
    """

    seconds_to_wait: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Count this call and tell whether it is within all limits."""
        calls = [
            _make_call("ip", self.get_ident(request) or ""),
            # The keys carry the schema as well.
            _make_call("tenant", current_tenant().schema_name),
        ]
        try:
            calls += self.list_further_calls(request)
        finally:
            # Also when the body cannot be read: such a call counts like any other.
            waits = [wait for wait in count_calls(calls) if wait is not None]
        self.seconds_to_wait = max(waits, default=None)
        return not waits

    def wait(self) -> float | None:
        """Return the seconds until the last of the windows ends that are full."""
        return self.seconds_to_wait

    def list_further_calls(self, request: Request) -> list[Call]:  # noqa: ARG002
        """List what else counts this call; nothing."""
        return []


class ContactLimits(WriteLimits):
    """Counts a call per phone number or e-mail address as well, when its body names one."""

    def list_further_calls(self, request: Request) -> list[Call]:
        """Count by phone, else e-mail."""
        customer = request.data.get("customer") if isinstance(request.data, dict) else None
        contact = (customer.get("phone") or customer.get("email")) if isinstance(customer, dict) else None
        return [_make_call("contact", str(contact).strip().lower())] if contact else []


def _make_call(scope: str, ident: str) -> Call:
    limit, seconds = settings.API_THROTTLE_RATES[scope]
    return Call(scope=scope, ident=ident, limit=limit, seconds=seconds)
