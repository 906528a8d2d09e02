"""Tables of privacy, all in the tenant's schema."""

from privacy.models.notice import NoticeVersion
from privacy.models.request import PersonRequest, PersonRequestStep

__all__ = ["NoticeVersion", "PersonRequest", "PersonRequestStep"]
