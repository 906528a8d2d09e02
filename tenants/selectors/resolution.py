"""From a host, or a schema's name, to its tenant: in memory once warm, fresh at once when something changed.

Every process keeps a bounded copy. A change of a tenant or domain puts a new random generation
into Redis right after it commits; each request compares its copy's generation with one ``GET``,
which costs less than the two queries it saves, and needs no listener that could die unnoticed.
While Redis does not answer, copies live for `OUTAGE_AGE_SECONDS` only, and Redis is left alone
for a moment (`keyvalue.outages`), so that a hanging one delays one request in many instead of each.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import redis

from kernel.clock import utc_now
from keyvalue.client import ask
from tenants.enums import SignUpStatus, TenantStatus
from tenants.hosts import add_port, get_platform_name, make_subdomain
from tenants.models import Domain, FormerAddress, SignUp, Tenant
from tenants.types import BusinessProfile, Logo, TenantInfo

MAX_ENTRIES = 10_000
MAX_AGE_SECONDS = 10.0
"""Bounds what a change can miss that could not reach Redis just then."""
OUTAGE_AGE_SECONDS = 1.0
GENERATION_KEY = "tenants:generation"


@dataclass(frozen=True, slots=True)
class _Entry:
    tenant: TenantInfo | None
    generation: bytes | None
    loaded_at: float


logger = logging.getLogger(__name__)

_entries: OrderedDict[str, _Entry] = OrderedDict()
_lock = Lock()


def resolve_host(host: str) -> TenantInfo | None:
    """Return the tenant that answers at ``host`` (port and case do not matter); None: nobody does."""
    return _cached(f"host:{_read_name(host)}")


def find_moved(host: str) -> TenantInfo | None:
    """Return the tenant that answered at ``host`` until some weeks ago, under another address now; None: nobody did."""
    return _cached(f"moved:{_read_name(host)}")


def find_tenant(schema_name: str) -> TenantInfo | None:
    """Return the tenant with this schema."""
    return _cached(f"schema:{schema_name}")


def list_tenants() -> tuple[TenantInfo, ...]:
    """Return all tenants in the order of their names."""
    tenants = Tenant.objects.order_by("name", "pk").prefetch_related("domains")
    return tuple(make_info(tenant, tenant.domains.all()) for tenant in tenants)


def forget_tenants() -> None:
    """Make every process look again; called after each commit that changed a tenant or a domain."""
    with _lock:
        _entries.clear()
    if not ask(lambda client: client.set(GENERATION_KEY, secrets.token_hex(8)), otherwise=None, is_urgent=True):
        # Redis is down: copies age within seconds everywhere.
        logger.warning("tenant_change_not_announced")


def make_info(tenant: Tenant, domains: object) -> TenantInfo:
    """Copy a tenant's row and its primary domain into a frozen value."""
    primary = next((each.domain for each in domains if each.is_primary), "")  # type: ignore[attr-defined]
    return TenantInfo(
        id=tenant.pk,
        schema_name=tenant.schema_name,
        slug=tenant.slug,
        name=tenant.name,
        vertical=tenant.vertical,
        country=tenant.country,
        timezone=tenant.timezone,
        currency=tenant.currency,
        locale=tenant.locale,
        status=tenant.status,
        accent=tenant.accent,
        primary_host=add_port(primary) if primary else "",
        home_host=add_port(make_subdomain(tenant.slug)),
        entitlements=dict(tenant.entitlements),
        created_at=tenant.created_at,
        trial_ends_at=tenant.trial_ends_at,
        status_since=tenant.status_since,
        suspension_reason=tenant.suspension_reason,
        is_closed_by_owner=tenant.is_closed_by_owner,
        sms_countries=tuple(tenant.sms_countries),
        is_example=tenant.is_example,
        profile=BusinessProfile.read(tenant.profile),
        logo=_read_logo(tenant.logo),
        version=tenant.version,
        published_at=tenant.published_at,
        tested_at=tenant.tested_at,
        shared_at=tenant.shared_at,
        guide_ended_at=tenant.guide_ended_at,
        quiet_since=tenant.quiet_since,
        was_quiet_since=tenant.was_quiet_since,
        was_quiet_until=tenant.was_quiet_until,
        former_schemas=tuple(tenant.former_schemas),
        agreed=None if tenant.agreed is None else dict(tenant.agreed),
    )


def _read_name(host: str) -> str:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name.rstrip(".").lower()


def _read_logo(row: Mapping[str, Any]) -> Logo | None:
    return Logo(row["key"], tuple(row["widths"]), row["png_width"]) if row else None


def _cached(key: str) -> TenantInfo | None:
    generation = _read_generation()
    now = time.monotonic()
    age = MAX_AGE_SECONDS if generation is not None else OUTAGE_AGE_SECONDS
    entry = _entries.get(key)
    if entry is not None and entry.generation == generation and now - entry.loaded_at < age:
        return entry.tenant
    tenant = _load(key)
    with _lock:
        _entries[key] = _Entry(tenant, generation, now)
        _entries.move_to_end(key)
        while len(_entries) > MAX_ENTRIES:
            _entries.popitem(last=False)
    return tenant


def _load(key: str) -> TenantInfo | None:
    kind, _, value = key.partition(":")
    if kind == "host":
        domain = Domain.objects.select_related("tenant").filter(domain=value).first()
        tenant = domain.tenant if domain else None
        if tenant is None:
            return _find_expected(value)
    elif kind == "moved":
        slug = value.removesuffix(f".{get_platform_name()}")
        rows = FormerAddress.objects.select_related("tenant").filter(redirects_until__gt=utc_now())
        left = rows.filter(slug=slug).first() if slug != value else None
        tenant = left.tenant if left else None
    else:
        tenant = Tenant.objects.filter(schema_name=value).first()
    return make_info(tenant, tenant.domains.all()) if tenant else None


def _find_expected(host: str) -> TenantInfo | None:
    """Return what a verified sign-up is going to be: its host says so until its tenant stands."""
    slug = host.removesuffix(f".{get_platform_name()}")
    if slug == host:
        return None
    sign_up = SignUp.objects.filter(slug=slug, status=SignUpStatus.VERIFIED).first()
    if sign_up is None:
        return None
    return TenantInfo(
        id=0,
        schema_name="",
        slug=slug,
        name=sign_up.business_name,
        vertical=sign_up.vertical,
        country=sign_up.country,
        timezone="UTC",
        currency="",
        locale=sign_up.locale,
        status=TenantStatus.PROVISIONING,
        accent="",
        primary_host=host,
        home_host=host,
    )


def _read_generation() -> bytes | None:
    """Return the present generation; None: Redis does not answer."""
    return ask(_get_generation, otherwise=None)


def _get_generation(client: redis.Redis) -> bytes | None:
    generation = client.get(GENERATION_KEY)
    if generation is None:
        # Redis lost it: a new one, so that no copy of before counts as fresh.
        client.set(GENERATION_KEY, secrets.token_hex(8), nx=True)
        generation = client.get(GENERATION_KEY)
    return generation  # type: ignore[return-value]
