"""How a contact stands to what it may agree to."""

from __future__ import annotations

from scheduling.enums import ConsentPurpose
from scheduling.models import Consent


def is_agreed(purpose: ConsentPurpose, contact: str) -> bool:
    """Tell whether the last word of a contact about a purpose is yes."""
    last = Consent.objects.filter(contact=contact, purpose=purpose).order_by("given_at", "pk").last()
    return last is not None and last.withdrawn_at is None
