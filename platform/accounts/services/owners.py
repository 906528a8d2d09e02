"""The owner of a new tenant, created while it is provisioned."""

from __future__ import annotations

from datetime import datetime

from accounts.enums import Role
from accounts.services.people import add_person
from tenants import hooks
from tenants.types import SignUpDetails, TenantInfo


def create_owner(tenant: TenantInfo, sign_up: SignUpDetails, _now: datetime) -> None:
    """Create the owner in the new tenant's schema; runs inside the provisioning transaction."""
    add_person(
        name=sign_up.owner_name,
        email=sign_up.email,
        role=Role.OWNER,
        locale=tenant.locale,
        password_hash=sign_up.password_hash,
    )


def register() -> None:
    """Tell provisioning to create the owner first."""
    hooks.register_provisioning_step("owner", 10, create_owner)
