"""Values that tenants hands over, and takes."""

from tenants.types.acts import (
    ActDone,
    AskedAct,
    BusinessRemoved,
    RemovalProof,
    SettingChange,
)
from tenants.types.addresses import (
    AddressChange,
    DnsRecord,
    FormerAddressView,
    OwnDomainView,
)
from tenants.types.businesses import (
    ASKED_AT,
    EXAMPLE_SLUG,
    REMOVED_AFTER,
    USUAL_ACCENT,
    BusinessProfile,
    BusinessSetup,
    BusinessText,
    Logo,
    TenantInfo,
)
from tenants.types.copies import (
    BackupStanding,
    BackupTrouble,
    ErasedRows,
    RestoredTenant,
    TenantFile,
)
from tenants.types.sign_ups import (
    Acceptance,
    AcceptedText,
    AskedWorkplaces,
    SignUpDetails,
    Verification,
)

__all__ = [
    "ASKED_AT",
    "EXAMPLE_SLUG",
    "REMOVED_AFTER",
    "USUAL_ACCENT",
    "Acceptance",
    "AcceptedText",
    "ActDone",
    "AddressChange",
    "AskedAct",
    "AskedWorkplaces",
    "BackupStanding",
    "BackupTrouble",
    "BusinessProfile",
    "BusinessRemoved",
    "BusinessSetup",
    "BusinessText",
    "DnsRecord",
    "ErasedRows",
    "FormerAddressView",
    "Logo",
    "OwnDomainView",
    "RemovalProof",
    "RestoredTenant",
    "SettingChange",
    "SignUpDetails",
    "TenantFile",
    "TenantInfo",
    "Verification",
]
