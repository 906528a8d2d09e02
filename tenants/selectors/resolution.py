"""From a host, or a schema's name, to its tenant: in memory once warm, fresh at once when something changed.

Every process keeps a bounded copy. A change of a tenant or domain raises a generation number
in Redis in the same breath as it commits; each request compares its copy's generation with one
``GET`` that costs less than the two queries it saves. While Redis does not answer, copies live
for `MAX_AGE_SECONDS` only.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import redis
from django.conf import settings
from redis.exceptions import RedisError

from tenants.models import Domain, Tenant
from tenants.types import TenantInfo

MAX_ENTRIES = 10_000
MAX_AGE_SECONDS = 30.0
OUTAGE_AGE_SECONDS = 2.0
GENERATION_KEY = "tenants:generation"


@dataclass(frozen=True, slots=True)
class _Entry:
    tenant: TenantInfo | None
    generation: bytes | None
    loaded_at: float


_entries: OrderedDict[str, _Entry] = OrderedDict()
_lock = Lock()
_redis: redis.Redis | None = None


def resolve_host(host: str) -> TenantInfo | None:
    """Return the tenant that answers at ``host`` (port and case do not matter); None: nobody does."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return _cached(f"host:{name.rstrip('.').lower()}")


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
    try:
        _connect().incr(GENERATION_KEY)
    except RedisError:
        # Redis is down: copies age within seconds everywhere.
        return


def make_info(tenant: Tenant, domains: object) -> TenantInfo:
    """Copy a tenant's row and its primary domain into a frozen value."""
    primary = next((each.domain for each in domains if each.is_primary), "")  # type: ignore[attr-defined]
    _, _, port = settings.PLATFORM_HOST.partition(":")
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
        primary_host=f"{primary}:{port}" if port else primary,
        entitlements=dict(tenant.entitlements),
    )


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
    else:
        tenant = Tenant.objects.filter(schema_name=value).first()
    return make_info(tenant, tenant.domains.all()) if tenant else None


def _read_generation() -> bytes | None:
    try:
        return _connect().get(GENERATION_KEY) or b"0"  # type: ignore[return-value]
    except RedisError:
        return None


def _connect() -> redis.Redis:
    global _redis  # noqa: PLW0603 - one client per process; it pools its own connections
    if _redis is None:
        _redis = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)
    return _redis
