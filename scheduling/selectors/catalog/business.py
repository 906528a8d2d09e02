"""What the owner set up about the business itself, as the form of its page needs it."""

from __future__ import annotations

from scheduling.types import Entry
from tenants.context import current_tenant
from tenants.services.business import get_business
from tenants.types import BusinessSetup


def get_business_entry() -> Entry[BusinessSetup]:
    """Return what is set up about the current business, as the database has it now."""
    setup, version = get_business()
    return Entry(id=current_tenant().id, version=version, is_active=True, setup=setup)
