"""Tables of privacy, all in the tenant's schema."""

from privacy.models.blocking import BlockedLook, BlockedPerson
from privacy.models.export import PersonExport
from privacy.models.incident import Incident, IncidentLogLine
from privacy.models.notice import NoticeVersion
from privacy.models.request import PersonRequest, PersonRequestStep
from privacy.models.retention import RetentionRun

__all__ = [
    "BlockedLook",
    "BlockedPerson",
    "Incident",
    "IncidentLogLine",
    "NoticeVersion",
    "PersonExport",
    "PersonRequest",
    "PersonRequestStep",
    "RetentionRun",
]
