"""Production: TLS everywhere, a real secret, JSON logs, errors to Sentry without personal data.

It refuses to start half-configured (`config.completeness`).
"""

from config.completeness import require_complete_environment

require_complete_environment()

from config.reporting import start_reporting  # noqa: E402
from config.settings.base import *  # noqa: E402

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
    start_reporting(dsn=SENTRY_DSN, release=RELEASE)
