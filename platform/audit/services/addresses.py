"""Writing down what becomes of a business's addresses."""

from __future__ import annotations

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from tenants.types import AddressChange

ADDRESS = "address"
"""What addresses are called in a business's log; their number is the business's. Fields are what happened."""


def log_address(change: AddressChange) -> None:
    """Write what was done, or found out, into the business's log."""
    version = find_last_version(noun=ADDRESS, row_id=change.tenant.id) + 1
    entry = NewEntry(ADDRESS, change.tenant.id, version, Action.CHANGED, {str(change.event): (change.old, change.new)})
    log_changes([entry], user_id=change.author_id, now=change.at)
