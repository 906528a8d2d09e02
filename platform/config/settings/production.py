"""Production: TLS everywhere, a real secret, JSON logs, errors to Sentry without personal data."""

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured

from config.environment import read_environment
from config.redaction import hide_in_report
from config.settings.base import *

_environment = read_environment()
_missing = [
    name
    for name, value in (
        ("TURNERO_SECRET_KEY", _environment.secret_key),
        ("DATABASE_URL", _environment.database_url),
        ("REDIS_URL", _environment.redis_url),
        ("TURNERO_SMTP_URL", _environment.smtp_url),
    )
    if not value
]
if _missing:
    _message = f"production needs these environment variables: {', '.join(_missing)}"
    raise ImproperlyConfigured(_message)

DEBUG = False
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# "__Host-" binds the cookie to one host: a tenant's subdomain cannot set or read another's.
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LOGGING["handlers"]["console"]["formatter"] = "json"  # type: ignore[index]

if SENTRY_DSN:
    sentry_sdk.init(
        dsn=SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        traces_sample_rate=0.0,
        before_send=hide_in_report,
    )
