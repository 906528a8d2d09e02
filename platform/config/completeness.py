"""What production must be told before it starts, looked at as a whole: one refusal names all that is missing.

Looked at before any setting is made of it. Nothing is assumed in place of what is not there: what
development assumes is public knowledge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import NUMBERS, PLAN_CACHE_MODES, read_values

REQUIRED = (
    "TURNERO_SECRET_KEY",
    "TURNERO_PLATFORM_HOST",
    "DATABASE_URL",
    "REDIS_URL",
    "TURNERO_SMTP_URL",
    "TURNERO_FROM_EMAIL",
)
SHORTEST_SECRET, SHORTEST_TOKEN, FEWEST_CHARACTERS = 50, 32, 10
"""Django's check asks for the same length; hexadecimal secrets have sixteen different characters."""
PUBLIC_WORDS = ("insecure", "development", "example", "changeme", "change-me", "random-characters", "only-for-the")
"""None of them is in fifty random characters by accident; each was in some published secret."""
SMS_VARIABLES = ("TURNERO_SMS_URL", "TURNERO_SMS_ACCOUNT", "TURNERO_SMS_SECRET", "TURNERO_SMS_FROM")
S3_VARIABLES = ("TURNERO_S3_BUCKET", "TURNERO_S3_ENDPOINT", "TURNERO_S3_KEY", "TURNERO_S3_SECRET")
STRIPE_VARIABLES = ("TURNERO_STRIPE_KEY", "TURNERO_STRIPE_WEBHOOK_SECRETS", "TURNERO_STRIPE_NOTICE_SECRETS")
STRIPE_KEYS = ("sk_live_", "rk_live_", "sk_test_", "rk_test_")
COUNTED = {3: "three", 4: "four"}
LOCAL_NAMES = ("localhost", "ip6-localhost", "ip6-loopback")
PORTS = range(1, 65_536)
SMTP_SCHEMES = ("smtp", "smtp+tls", "smtps")
LEAST_NUMBERS = {
    "TURNERO_DATABASE_POOL_SIZE": 1,
    "TURNERO_SPARE_SCHEMAS": 0,
    "TURNERO_TENANTS_PER_CONNECTION": 1,
    "TURNERO_WORKER_PROCESSES": 1,
}

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# Browsers read a name whose last part is a number as an IPv4 address, however short.
_HOST = re.compile(rf"({_LABEL}\.)+(?![0-9]+(:|$)){_LABEL}(:[0-9]{{1,5}})?", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"<[^<>@]*>")  # not a sender's "Name <name@host>"

Values = Mapping[str, str]


def require_complete_environment() -> None:
    """Refuse to start half-configured.

    Raises:
        ImproperlyConfigured: Something is missing, public or unsafe; the text names all of it.
    """
    faults = list_faults(read_values())
    if faults:
        message = "production does not start like this:\n" + "\n".join(f"- {fault}" for fault in faults)
        raise ImproperlyConfigured(message)


def list_faults(values: Values) -> list[str]:
    """List in words what is wrong with the environment of a production server; no secret is repeated."""
    missing = [f"{name} is not set" for name in REQUIRED if name not in values]
    unfilled = [f"{name} still holds a placeholder" for name, value in values.items() if _PLACEHOLDER.search(value)]
    return [*missing, *unfilled, *_list_wrong_values(values), *_list_wrong_numbers(values)]


def _list_wrong_values(values: Values) -> Iterator[str]:
    for name, look in (
        ("TURNERO_SECRET_KEY", _look_at_secret),
        ("TURNERO_SECRET_KEY_FALLBACKS", _look_at_secrets),
        ("TURNERO_PLATFORM_HOST", _look_at_host),
        ("DATABASE_URL", _look_at_database),
        ("TURNERO_REPLICATION_URL", _look_at_database),
        ("REDIS_URL", _look_at_redis),
        ("TURNERO_SMTP_URL", _look_at_smtp),
        ("TURNERO_FROM_EMAIL", _look_at_sender),
        ("SENTRY_DSN", _look_at_web_address),
        ("TURNERO_SMS_URL", _look_at_web_address),
        ("TURNERO_S3_ENDPOINT", _look_at_web_address),
        ("TURNERO_STRIPE_URL", _look_at_web_address),
        ("TURNERO_STRIPE_KEY", _look_at_stripe_key),
        ("TURNERO_STRIPE_WEBHOOK_SECRETS", _look_at_signing_secrets),
        ("TURNERO_STRIPE_NOTICE_SECRETS", _look_at_signing_secrets),
        ("TURNERO_DNS_SERVERS", _look_at_name_servers),
        ("TURNERO_BACKUP_KEY", _look_at_public_key),
        ("TURNERO_TOMBSTONE_KEYS", _look_at_secrets),
        ("TURNERO_METRICS_TOKEN", _look_at_token),
    ):
        if name in values:
            try:
                faults = list(look(values[name]))
            except ValueError:  # of urlsplit: a port that is none, a bracket without its other
                faults = ["is not an address"]
            yield from (f"{name} {fault}" for fault in faults)
    for what, names in (
        ("SMS need", SMS_VARIABLES),
        ("an S3 store needs", S3_VARIABLES),
        ("Stripe needs", STRIPE_VARIABLES),
    ):
        given = [name for name in names if name in values]
        if given and len(given) < len(names):
            lacking = ", ".join(name for name in names if name not in values)
            yield f"{given[0]} is set and {lacking} is not: {what} all {COUNTED[len(names)]}, or none"
    if "TURNERO_BACKUP_BUCKET" in values and "TURNERO_S3_ENDPOINT" not in values:
        yield "TURNERO_BACKUP_BUCKET is set and TURNERO_S3_ENDPOINT is not: archives lie at the store of the pictures"
    if "TURNERO_S3_BUCKET" in values and find_spec("storages") is None:
        yield "TURNERO_S3_BUCKET is set and the extra [s3] is not installed"


def _look_at_secret(secret: str) -> Iterator[str]:
    if len(secret) < SHORTEST_SECRET:
        yield f"is shorter than {SHORTEST_SECRET} characters"
    elif len(set(secret)) < FEWEST_CHARACTERS or secret in (secret + secret)[1:-1]:
        yield "repeats itself: take random characters"
    if any(word in secret.lower() for word in PUBLIC_WORDS):
        yield "is one that was published"


def _look_at_secrets(secrets: str) -> Iterator[str]:
    """Look at each: an earlier secret still opens what it signed, so it has to be as good as the present one."""
    yield from dict.fromkeys(f"holds one that {fault}" for each in secrets.split() for fault in _look_at_secret(each))


def _look_at_host(host: str) -> Iterator[str]:
    name, _, port = host.lower().partition(":")
    if "://" in host or "/" in host:
        yield "is a host without scheme and path: turnero.example, not https://turnero.example/"
    elif name in LOCAL_NAMES or name.endswith((".localhost", ".localdomain")) or _is_address(host):
        yield "must be a name that others can reach, not localhost or a number: businesses live on its subdomains"
    elif not _HOST.fullmatch(host):
        yield "is not a host's name"
    elif port == "80":
        yield "must not be on port 80: production is reached by https only"
    elif name.startswith("www."):
        yield "is named without www., which is answered too"


def _look_at_public_key(key: str) -> Iterator[str]:
    if key.startswith("AGE-SECRET-KEY"):
        yield "is the secret half: it belongs on no server"
    elif not key.startswith(("age1", "ssh-")):
        yield "is no public key of age or SSH"


def _look_at_stripe_key(key: str) -> Iterator[str]:
    if not key.startswith(STRIPE_KEYS):
        yield f"must start with one of {', '.join(STRIPE_KEYS)}"


def _look_at_signing_secrets(secrets: str) -> Iterator[str]:
    if not all(each.startswith("whsec_") for each in secrets.split()):
        yield "must start with whsec_, each of them"


def _look_at_token(token: str) -> Iterator[str]:
    if len(token) < SHORTEST_TOKEN:
        yield f"is shorter than {SHORTEST_TOKEN} characters"
    elif not token.isascii() or not token.isprintable() or " " in token:
        yield "holds what no header carries"


def _look_at_database(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        yield "must start with postgresql://"
    elif parts.path.strip("/") == "":
        yield "names no database"
    _ = parts.port


def _look_at_redis(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss", "unix"}:
        yield "must start with redis://, rediss:// or unix://"
    elif parts.scheme == "unix":
        # The socket's permissions say who may; a port of this machine is open to whoever runs anything on it.
        if not parts.path.strip("/"):
            yield "names no socket"
    elif not parts.hostname:
        yield "names no host"
    elif not parts.password:
        yield "has no password: only a socket (unix://) may do without one, the loopback may not"
    _ = parts.port


def _look_at_smtp(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in SMTP_SCHEMES:
        yield f"must start with one of {', '.join(f'{scheme}://' for scheme in SMTP_SCHEMES)}"
    elif not parts.hostname:
        yield "names no host"
    elif bool(parts.username) != bool(parts.password):
        yield "has a user without a password, or the other way round"
    elif parts.password and parts.scheme == "smtp" and not _is_loopback(parts):
        yield "would send its password in the clear: smtp+tls:// or smtps://"
    _ = parts.port


def _look_at_sender(sender: str) -> Iterator[str]:
    _, address = parseaddr(sender)
    local, _, domain = address.rpartition("@")
    if not local or not _HOST.fullmatch(domain) or ":" in domain:
        yield "is not an e-mail address"


def _look_at_web_address(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield "must start with https://"
    elif parts.scheme == "http" and not _is_loopback(parts):
        yield "would send its secret in the clear: https://"
    _ = parts.port


def _look_at_name_servers(servers: str) -> Iterator[str]:
    for server in filter(None, (part.strip() for part in servers.split(","))):
        bare, _, port = server.rpartition(":")
        with_port = bare if bare.count(":") == 0 or bare.endswith("]") else ""
        if not (_is_bare(server) or (_is_bare(with_port) and port.isdecimal() and int(port) in PORTS)):
            yield "holds a server that is no IP address: 9.9.9.9, or 9.9.9.9:5353"


def _list_wrong_numbers(values: Values) -> Iterator[str]:
    for name in NUMBERS:
        raw = values.get(name)
        if raw is None:
            continue
        try:
            number = int(raw)
        except ValueError:
            yield f"{name} must be a whole number, not {raw!r}"
            continue
        if number < LEAST_NUMBERS[name]:
            yield f"{name} must be at least {LEAST_NUMBERS[name]}, not {number}"
    mode = values.get("TURNERO_PLAN_CACHE_MODE")
    if mode is not None and mode not in PLAN_CACHE_MODES:
        yield f"TURNERO_PLAN_CACHE_MODE must be one of {', '.join(PLAN_CACHE_MODES)}, not {mode!r}"


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_bare(host: str) -> bool:
    """Tell whether a text is an IP address, with or without brackets, and no port."""
    try:
        ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError:
        return False
    return True


def _is_address(host: str) -> bool:
    """Tell whether a host is an IP address, with or without port or brackets."""
    bare = host[1:].split("]", maxsplit=1)[0] if host.startswith("[") else host
    for text in (bare, bare.rpartition(":")[0]):
        try:
            ip_address(text)
        except ValueError:
            continue
        return True
    return False
