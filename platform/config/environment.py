"""The only door to the process environment; every other module asks here.

Each variable is named, typed and documented once. ``infra/environment.example`` lists
the same names; a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: the folder that holds ``pyproject.toml``."""

VARIABLES = (
    "CI",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "PROMETHEUS_MULTIPROC_DIR",
    "REDIS_URL",
    "SENTRY_DSN",
    "STRIPE_TEST_KEY",
    "TURNERO_BACKUP_BUCKET",
    "TURNERO_BACKUP_DIR",
    "TURNERO_BACKUP_KEY",
    "TURNERO_COMPANY_ADDRESS",
    "TURNERO_COMPANY_NAME",
    "TURNERO_CONTACT_EMAIL",
    "TURNERO_CONTACT_PHONE",
    "TURNERO_DATABASE_POOL_SIZE",
    "TURNERO_DNS_SERVERS",
    "TURNERO_FROM_EMAIL",
    "TURNERO_LEGAL_URL",
    "TURNERO_METRICS_DIR",
    "TURNERO_METRICS_TOKEN",
    "TURNERO_PLAN_CACHE_MODE",
    "TURNERO_PLATFORM_HOST",
    "TURNERO_POSTGRES_BIN",
    "TURNERO_RELEASE",
    "TURNERO_REPLICATION_URL",
    "TURNERO_S3_BUCKET",
    "TURNERO_S3_ENDPOINT",
    "TURNERO_S3_KEY",
    "TURNERO_S3_REGION",
    "TURNERO_S3_SECRET",
    "TURNERO_SECRET_KEY",
    "TURNERO_SECRET_KEY_FALLBACKS",
    "TURNERO_SMS_ACCOUNT",
    "TURNERO_SMS_FROM",
    "TURNERO_SMS_SECRET",
    "TURNERO_SMS_URL",
    "TURNERO_SMTP_URL",
    "TURNERO_SPARE_SCHEMAS",
    "TURNERO_STATE_DIR",
    "TURNERO_STRIPE_KEY",
    "TURNERO_STRIPE_NOTICE_SECRETS",
    "TURNERO_STRIPE_URL",
    "TURNERO_STRIPE_WEBHOOK_SECRETS",
    "TURNERO_TENANTS_PER_CONNECTION",
    "TURNERO_TOMBSTONE_KEYS",
    "TURNERO_WAL_DIR",
    "TURNERO_WHATSAPP",
    "TURNERO_WORKER_PROCESSES",
)
"""Every environment variable that Turnero reads."""

NUMBERS: Mapping[str, int] = MappingProxyType(
    {
        "TURNERO_DATABASE_POOL_SIZE": 20,
        "TURNERO_SPARE_SCHEMAS": 3,
        "TURNERO_TENANTS_PER_CONNECTION": 50,
        "TURNERO_WORKER_PROCESSES": 2,
    }
)
"""Those that are whole numbers, with what holds when they are not set."""

PLAN_CACHE_MODES = ("auto", "force_generic_plan", "force_custom_plan")
"""What PostgreSQL knows (``plan_cache_mode``)."""


class NotConfiguredError(Exception):
    """The process was not told which settings to use; the text says how to."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the process was told from outside; empty strings count as absent.

    Attributes:
        database_url: ``postgresql://…``; None: no database was named.
        plan_cache_mode: One of `PLAN_CACHE_MODES`, for each connection.
        tenants_per_connection: A connection that served so many tenants is replaced: it grows with each.
        redis_url: ``redis://…`` or ``unix://…?db=0``.
        platform_host: Host (with port, when it is not the scheme's own) of the platform itself.
        secret_key_fallbacks: Secrets of before: what they signed still counts, nothing new is signed with them.
        dns_servers: Who is asked about domains of businesses, ``address[:port]`` with commas; empty: the machine's own.
        smtp_url: ``smtp://[user:password@]host:port``, ``smtp+tls://…`` (STARTTLS) or ``smtps://…``.
        sms_url: Base address of an HTTP API that speaks Twilio's 2010-04-01 Messages protocol.
        s3_bucket: Where pictures lie, instead of a folder in ``state_dir``; the other ``s3_…`` say how it is reached.
        backup_bucket: Where archives of businesses lie, reached as ``s3_…`` say, instead of in ``backup_dir``.
        backup_key: Whose other half opens those archives, a public key of age or SSH; empty: they are not encrypted.
        replication_url: As whom the whole server is backed up; None: as the application.
        postgres_bin: The folder of PostgreSQL's programs; empty: they are looked for where packages put them.
        wal_dir: Where PostgreSQL puts its log for us to keep; None: the platform as a whole is not backed up.
        stripe_key: The secret key of the platform's account at Stripe; empty: nobody pays by card.
        stripe_url: Another address than Stripe's own, of what speaks as it does; empty: Stripe's.
        stripe_webhook_secrets: Who signs events with any of them is Stripe: the present one, then the one of before.
        stripe_notice_secrets: The same for events without content, which come to an address of their own.
        stripe_test_key: Of an account in test mode, for ``./dev drill stripe`` only.
        tombstone_keys: What notes of who was erased are keyed with, the present one first; empty: the secret key.
        company_name: Who runs the platform, in full; like ``company_address`` and the contacts only shown when set.
        whatsapp: A number with its country code; ``contact_phone`` likewise.
        legal_url: A page of the company's own that the law of its country asks for (imprint, aviso legal).
        metrics_dir: Where the processes of this machine keep their figures, one for each service; None: each alone.
        own_metrics_dir: The one of those where the library of figures keeps this process's.
        metrics_token: Who knows it may read the figures from anywhere; empty: only who asks on this machine may.
        release: What runs here, a version or a commit; error reports name it.
        worker_processes: Of all workers together.
        state_dir: Where embedded servers and demo keep their files.
    """

    database_url: str | None
    database_pool_size: int
    plan_cache_mode: str
    tenants_per_connection: int
    redis_url: str | None
    platform_host: str | None
    dns_servers: str
    secret_key: str | None
    secret_key_fallbacks: tuple[str, ...]
    smtp_url: str | None
    from_email: str | None
    sms_url: str | None
    sms_account: str
    sms_secret: str
    sms_from: str
    s3_bucket: str
    s3_endpoint: str
    s3_key: str
    s3_secret: str
    s3_region: str
    backup_bucket: str
    backup_dir: Path
    backup_key: str
    replication_url: str | None
    postgres_bin: str
    wal_dir: Path | None
    stripe_key: str
    stripe_url: str
    stripe_webhook_secrets: tuple[str, ...]
    stripe_notice_secrets: tuple[str, ...]
    stripe_test_key: str
    tombstone_keys: tuple[str, ...]
    company_name: str
    company_address: str
    contact_email: str
    contact_phone: str
    whatsapp: str
    legal_url: str
    sentry_dsn: str | None
    metrics_dir: Path | None
    own_metrics_dir: Path | None
    metrics_token: str
    release: str
    spare_schemas: int
    worker_processes: int
    state_dir: Path
    is_ci: bool


def read_environment() -> Environment:
    """Read the process environment as it is now.

    Raises:
        ValueError: A number is not a number, a word not one of those there are; the message names the variable.
    """
    state_dir = Path(_find("TURNERO_STATE_DIR") or ROOT / ".turnero")
    return Environment(
        database_url=_find("DATABASE_URL"),
        database_pool_size=_read_int("TURNERO_DATABASE_POOL_SIZE"),
        plan_cache_mode=_read_plan_cache_mode(),
        tenants_per_connection=_read_int("TURNERO_TENANTS_PER_CONNECTION"),
        redis_url=_find("REDIS_URL"),
        platform_host=_find("TURNERO_PLATFORM_HOST"),
        dns_servers=_find("TURNERO_DNS_SERVERS") or "",
        secret_key=_find("TURNERO_SECRET_KEY"),
        secret_key_fallbacks=tuple((_find("TURNERO_SECRET_KEY_FALLBACKS") or "").split()),
        smtp_url=_find("TURNERO_SMTP_URL"),
        from_email=_find("TURNERO_FROM_EMAIL"),
        sms_url=_find("TURNERO_SMS_URL"),
        sms_account=_find("TURNERO_SMS_ACCOUNT") or "",
        sms_secret=_find("TURNERO_SMS_SECRET") or "",
        sms_from=_find("TURNERO_SMS_FROM") or "",
        s3_bucket=_find("TURNERO_S3_BUCKET") or "",
        s3_endpoint=_find("TURNERO_S3_ENDPOINT") or "",
        s3_key=_find("TURNERO_S3_KEY") or "",
        s3_secret=_find("TURNERO_S3_SECRET") or "",
        s3_region=_find("TURNERO_S3_REGION") or "us-east-1",
        backup_bucket=_find("TURNERO_BACKUP_BUCKET") or "",
        backup_dir=Path(_find("TURNERO_BACKUP_DIR") or state_dir / "backups"),
        backup_key=_find("TURNERO_BACKUP_KEY") or "",
        replication_url=_find("TURNERO_REPLICATION_URL"),
        postgres_bin=_find("TURNERO_POSTGRES_BIN") or "",
        wal_dir=Path(wal_dir) if (wal_dir := _find("TURNERO_WAL_DIR")) else None,
        stripe_key=_find("TURNERO_STRIPE_KEY") or "",
        stripe_url=_find("TURNERO_STRIPE_URL") or "",
        stripe_webhook_secrets=tuple((_find("TURNERO_STRIPE_WEBHOOK_SECRETS") or "").split()),
        stripe_notice_secrets=tuple((_find("TURNERO_STRIPE_NOTICE_SECRETS") or "").split()),
        stripe_test_key=_find("STRIPE_TEST_KEY") or "",
        tombstone_keys=tuple((_find("TURNERO_TOMBSTONE_KEYS") or "").split()),
        company_name=_find("TURNERO_COMPANY_NAME") or "",
        company_address=_find("TURNERO_COMPANY_ADDRESS") or "",
        contact_email=_find("TURNERO_CONTACT_EMAIL") or "",
        contact_phone=_find("TURNERO_CONTACT_PHONE") or "",
        whatsapp=_find("TURNERO_WHATSAPP") or "",
        legal_url=_find("TURNERO_LEGAL_URL") or "",
        sentry_dsn=_find("SENTRY_DSN"),
        metrics_dir=_read_folder("TURNERO_METRICS_DIR"),
        own_metrics_dir=_read_folder("PROMETHEUS_MULTIPROC_DIR"),
        metrics_token=_find("TURNERO_METRICS_TOKEN") or "",
        release=_find("TURNERO_RELEASE") or "unknown",
        spare_schemas=_read_int("TURNERO_SPARE_SCHEMAS"),
        worker_processes=_read_int("TURNERO_WORKER_PROCESSES"),
        state_dir=state_dir,
        is_ci=(_find("CI") or "").lower() in {"1", "true", "yes"},
    )


def read_values() -> dict[str, str]:
    """Return what is set of `VARIABLES`, as it stands there; empty ones are left out."""
    return {name: value for name in VARIABLES if (value := _find(name)) is not None}


def require_settings_module() -> None:
    """Refuse to go on unless somebody chose the settings; there are none by default.

    Raises:
        NotConfiguredError: DJANGO_SETTINGS_MODULE is not set.
    """
    if _find("DJANGO_SETTINGS_MODULE") is None:
        message = (
            "DJANGO_SETTINGS_MODULE is not set. A server needs config.settings.production (docs/operations.md); "
            "for development start everything through ./dev, which names its settings itself."
        )
        raise NotConfiguredError(message)


def read_notify_socket() -> str:
    """Return where the service manager listens for news of this process (``sd_notify(3)``); empty: nobody does."""
    return os.environ.get("NOTIFY_SOCKET", "")


def child_environment(**overrides: str | None) -> dict[str, str]:
    """Return a copy of this process's environment with ``overrides`` for a child process.

    A value of None removes the variable.
    """
    merged = dict(os.environ)
    for name, value in overrides.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def set_default(name: str, value: str) -> None:
    """Set ``name`` for this process and its children unless it is set already."""
    os.environ.setdefault(name, value)


def _find(name: str) -> str | None:
    if name not in VARIABLES:
        message = f"{name} is not declared in config.environment.VARIABLES"
        raise LookupError(message)
    return os.environ.get(name) or None


def _read_folder(name: str) -> Path | None:
    folder = _find(name)
    return None if folder is None else Path(folder)


def _read_int(name: str) -> int:
    raw = _find(name)
    if raw is None:
        return NUMBERS[name]
    try:
        return int(raw)
    except ValueError as error:
        message = f"{name} must be a whole number, not {raw!r}"
        raise ValueError(message) from error


def _read_plan_cache_mode() -> str:
    mode = _find("TURNERO_PLAN_CACHE_MODE") or "force_generic_plan"
    if mode not in PLAN_CACHE_MODES:
        message = f"TURNERO_PLAN_CACHE_MODE must be one of {', '.join(PLAN_CACHE_MODES)}, not {mode!r}"
        raise ValueError(message)
    return mode
