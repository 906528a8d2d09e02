"""E-mail and SMS carriers."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from config.environment import read_environment


def find_smtp_port(address: SplitResult) -> int:
    """Return the port that an address names, or the usual one of its way of sending."""
    return address.port or {"smtps": 465, "smtp+tls": 587}.get(address.scheme, 25)


_environment = read_environment()
_smtp = urlsplit(_environment.smtp_url or "")

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _smtp.hostname or ""
EMAIL_PORT = find_smtp_port(_smtp)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _environment.from_email or ""
SERVER_EMAIL = DEFAULT_FROM_EMAIL

SMS_URL = _environment.sms_url
SMS_ACCOUNT = _environment.sms_account
SMS_SECRET = _environment.sms_secret
SMS_FROM = _environment.sms_from
SMS_TIMEOUT_SECONDS = 10
