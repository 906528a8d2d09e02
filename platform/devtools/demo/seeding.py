"""The sample businesses of the demo, and as whom to sign in to them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.errors import EmailTaken
from accounts.services import second_step
from accounts.services.people import add_person
from samples.businesses import BUSINESSES, DEMO_PASSWORD, DemoBusiness
from samples.filling import fill_business, provision_business
from tenants.hosts import make_base_url
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import list_tenants
from tenants.types import TenantInfo

OPERATOR_EMAIL = "operator@turnero.example"
OPERATOR_SECRET = "TURNERODEMOTURNERODEMOTURNERODEM"  # noqa: S105 - known to everybody on purpose, and only in the demo
"""Of the operator's authenticator app: the demo is entered with what it prints."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Where and as whom to sign in."""

    business: str
    page_url: str
    workspace_url: str
    role: str
    name: str
    email: str
    password: str = DEMO_PASSWORD

    def to_json(self) -> dict[str, str]:
        """Return it as JSON takes it."""
        return asdict(self)


def seed_demo(*, now: datetime) -> tuple[DemoLogin, ...]:
    """Make the sample businesses where they are missing and bring their bookings up to ``now``.

    A second start on the same day adds nothing; a later day ends what is over, fills the days
    that came into sight and leaves real bookings alone.
    """
    password_hash = make_password(DEMO_PASSWORD)
    with suppress(EmailTaken):
        add_person(
            name="Olivia Operadora",
            email=OPERATOR_EMAIL,
            role=Role.OPERATOR,
            locale="es",
            password_hash=password_hash,
        )
    second_step.seed(OPERATOR_EMAIL, secret=OPERATOR_SECRET)
    present = {tenant.slug: tenant for tenant in list_tenants()}
    logins: list[DemoLogin] = []
    for business in BUSINESSES:
        tenant = present.get(business.slug) or provision_business(business, password_hash, now=now)
        call_in_tenant(tenant.schema_name, fill_business, business=business, now=now)
        logins += _list_logins(business, tenant)
    return tuple(logins)


def _list_logins(business: DemoBusiness, tenant: TenantInfo) -> list[DemoLogin]:
    page_url = f"{make_base_url(tenant.primary_host)}/"
    return [
        DemoLogin(
            business=business.name,
            page_url=page_url,
            workspace_url=f"{page_url}workspace/",
            role=person.role,
            name=person.name,
            email=person.email,
        )
        for person in business.people
    ]
