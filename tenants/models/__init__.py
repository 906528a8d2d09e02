"""Tables of tenants, all in the public schema."""

from tenants.models.acceptance import TermsAcceptance
from tenants.models.address import FormerAddress, OwnDomain
from tenants.models.backup import Backup
from tenants.models.count import LimitCount
from tenants.models.domain import Domain
from tenants.models.due_work import DueWork
from tenants.models.idea import Idea
from tenants.models.removal import Removal
from tenants.models.sign_up import SignUp
from tenants.models.spare import SchemaState, SchemaTemplate, SpareSchema
from tenants.models.tenant import Tenant
from tenants.models.tombstone import Tombstone
from tenants.models.workplace import Workplace, WorkplaceRequest

__all__ = [
    "Backup",
    "Domain",
    "DueWork",
    "FormerAddress",
    "Idea",
    "LimitCount",
    "OwnDomain",
    "Removal",
    "SchemaState",
    "SchemaTemplate",
    "SignUp",
    "SpareSchema",
    "Tenant",
    "TermsAcceptance",
    "Tombstone",
    "Workplace",
    "WorkplaceRequest",
]
