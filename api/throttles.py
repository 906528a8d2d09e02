"""The limits of `edge.limits` where REST framework asks for them; all of a call are counted in one round trip."""

from __future__ import annotations

from typing import cast

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.types import KeyView
from edge.limits import list_key_asks, list_write_asks
from kernel.emails import clean_email
from kernel.identity.phones import clean_phone
from keyvalue.throttle import ask_limits
from tenants.context import current_tenant


class WriteLimits(BaseThrottle):
    """Counts a call per address block, and per business for all callers together.

    Each limit counts and refuses by itself; a Redis that is down opens them all.
    """

    seconds_to_wait: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Count this call and tell whether it is within all limits."""
        contacts: list[str] = []
        try:
            contacts = self.list_contacts(request)
        finally:
            # Also when the body cannot be read: such a call counts like any other.
            full = ask_limits(list_write_asks(request, contacts))
        self.seconds_to_wait = max(full.values(), default=None)
        return not full

    def wait(self) -> float | None:
        """Return the seconds until the last of the windows ends that are full."""
        return self.seconds_to_wait

    def list_contacts(self, request: Request) -> list[str]:  # noqa: ARG002
        """List whom the call names; nobody."""
        return []


class KeyLimits(BaseThrottle):
    """Counts a call per key, and per business for all keys together; where it comes from does not matter."""

    seconds_to_wait: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Count this call and tell whether it is within both limits."""
        full = ask_limits(list_key_asks(cast("KeyView", request.auth).id))
        self.seconds_to_wait = max(full.values(), default=None)
        return not full

    def wait(self) -> float | None:
        """Return the seconds until the windows end that are full."""
        return self.seconds_to_wait


class ContactLimits(WriteLimits):
    """Counts a call per phone number and per e-mail address as well, when its body names some."""

    def list_contacts(self, request: Request) -> list[str]:
        """List the customer's, each in its usual spelling."""
        customer = request.data.get("customer") if isinstance(request.data, dict) else None
        if not isinstance(customer, dict):
            return []
        phone, email = (str(customer.get(name) or "").strip()[:254] for name in ("phone", "email"))
        return [clean_phone(phone, country=current_tenant().country) or phone, clean_email(email) or email]
