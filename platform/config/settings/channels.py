"""E-mail and SMS carriers."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from config.environment import read_environment

_environment = read_environment()
_smtp = urlsplit(_environment.smtp_url or "")

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _smtp.hostname or ""
EMAIL_PORT = _smtp.port or 25
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
