"""The provider that takes payments by card."""

from __future__ import annotations

from config.environment import read_environment

_environment = read_environment()

STRIPE_KEY = _environment.stripe_key
STRIPE_URL = _environment.stripe_url
STRIPE_WEBHOOK_SECRETS = _environment.stripe_webhook_secrets
STRIPE_NOTICE_SECRETS = _environment.stripe_notice_secrets
