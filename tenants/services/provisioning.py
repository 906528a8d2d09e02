"""Making a tenant: one transaction from the spare schema to the owner's account."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import translation

from tenants import hooks
from tenants.context import tenant_scope
from tenants.countries import get_market
from tenants.enums import TenantStatus
from tenants.errors import SlugTaken
from tenants.hosts import make_subdomain
from tenants.models import Domain, SchemaState, Tenant
from tenants.policies import check_slug, is_left_by_another
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.services.spares import claim_spare, name_schema
from tenants.services.templates import ensure_template
from tenants.types import SignUpDetails, TenantInfo

TRIAL = timedelta(days=30)
"""From signing up on; a suspension does not make it longer."""

logger = logging.getLogger(__name__)


def provision_tenant(
    *,
    details: SignUpDetails,
    now: datetime,
    is_example: bool = False,
    is_draft: bool = False,
    agreed: Mapping[str, str] | None = None,
) -> TenantInfo:
    """Make a tenant out of what its owner typed.

    All of it is one transaction: a process that dies at any point leaves nothing behind.
    Rooms above add theirs as provisioning steps, inside the new schema. An example (`tenants.services.examples`)
    answers nowhere yet. A draft waits for its owner to publish it (`tenants.services.publishing`).
    ``agreed`` are the versions of the platform's documents that its owner accepted, by document; None: a sample.

    Raises:
        SlugInvalid: The address is not one that we give.
        SlugReserved: It is kept for the platform.
        SlugTaken: Another business has it.
    """
    slug = check_slug(details.slug)
    template = ensure_template()
    try:
        with transaction.atomic():
            begun = None if is_draft else now
            flags = {"is_example": is_example, "agreed": agreed, "published_at": begun, "guide_ended_at": begun}
            tenant = _add_tenant(details, slug, now=now, **flags)
            # Whoever left this name a moment ago held it until now; the row above waited for that.
            if is_left_by_another(slug):
                raise SlugTaken
            tenant.schema_name = name_schema(tenant.pk, slug)
            tenant.save(update_fields=["schema_name"])
            domains = [] if is_example else [_add_domain(tenant)]
            claim_spare(template, tenant.schema_name)
            SchemaState.objects.create(schema_name=tenant.schema_name, state=template.state)
            info = make_info(tenant, domains)
            with tenant_scope(info), translation.override(info.locale):
                for step in hooks.list_provisioning_steps():
                    step(info, details, now)
            transaction.on_commit(forget_tenants)
    except IntegrityError as error:
        if Tenant.objects.filter(slug=slug).exists():
            raise SlugTaken from error
        raise
    logger.info("tenant_provisioned", extra={"schema_name": info.schema_name})
    return info


def _add_tenant(details: SignUpDetails, slug: str, *, now: datetime, **flags: object) -> Tenant:
    market = get_market(details.country)
    tenant: Tenant = Tenant.objects.create(
        schema_name=f"pending_{slug}",
        slug=slug,
        name=details.business_name,
        vertical=details.vertical,
        country=details.country,
        timezone=details.timezone or market.timezone,
        currency=market.currency,
        locale=details.locale,
        status=TenantStatus.TRIAL,
        status_since=now,
        trial_ends_at=now + TRIAL,
        created_at=now,
        **flags,
    )
    return tenant


def _add_domain(tenant: Tenant) -> Domain:
    domain: Domain = Domain.objects.create(domain=make_subdomain(tenant.slug), tenant=tenant, is_primary=True)
    return domain
