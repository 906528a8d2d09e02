"""Tables of privacy, all in the tenant's schema."""

from privacy.models.request import PersonRequest, PersonRequestStep

__all__ = ["PersonRequest", "PersonRequestStep"]
