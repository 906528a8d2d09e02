"""Tables of audit, all in the tenant's schema."""

from audit.models.entry import Entry

__all__ = ["Entry"]
