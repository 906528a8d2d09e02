"""PostgreSQL and the cache.

Direct connections or Django's own psycopg pool only: a transaction-mode pooler lets one
tenant read another's rows (``tenants.services.pooling``); ``tenants.checks`` refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from config.environment import read_environment

_environment = read_environment()


def parse_database_url(url: str) -> dict[str, object]:
    """Turn ``postgresql://user:password@host:port/name?host=/socket&port=5432`` into Django's keys.

    Raises:
        ValueError: The scheme is not PostgreSQL's.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        message = f"DATABASE_URL must start with postgresql://, not {parts.scheme}://"
        raise ValueError(message)
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": query.pop("port", None) or str(parts.port or ""),
        "OPTIONS": dict(query),
    }


LOCK_TIMEOUT_MS = 5000
"""How long a statement waits for somebody's lock; a stuck holder must not take everybody along."""


def add_session_settings(options: Mapping[str, object], *, plan_cache_mode: str) -> str:
    """Return libpq's ``options`` with our settings: a part of connecting, so that they cost no round trip."""
    ours = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c plan_cache_mode={plan_cache_mode}"
    return f"{ours} {options.get('options', '')}".rstrip()


_database = parse_database_url(_environment.database_url or "postgresql:///")
_options = cast("Mapping[str, object]", _database["OPTIONS"])

DATABASES = {
    "default": {
        **_database,
        "ENGINE": "database.backend",
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            **_options,
            "options": add_session_settings(_options, plan_cache_mode=_environment.plan_cache_mode),
            "prepare_threshold": 2,
            "pool": {
                "min_size": 1,
                "max_size": _environment.database_pool_size,
                "timeout": 20,
                "max_lifetime": 600,
            },
        },
        "TEST": {"NAME": f"test_{_database['NAME']}"},
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_LIMIT_SET_CALLS = True
TENANTS_PER_CONNECTION = _environment.tenants_per_connection
"""Read by `database.backend`."""

REDIS_URL = _environment.redis_url or ""
CACHES = {
    "default": {
        "BACKEND": "keyvalue.cache.FailOpenRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}
SESSION_ENGINE = "accounts.services.session_store"
SPARE_SCHEMAS = _environment.spare_schemas
