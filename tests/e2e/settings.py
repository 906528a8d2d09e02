"""Browser tests: all browsers come from one address."""

from config.settings.test import *  # noqa: F403
from kernel.limits import raise_limits

LIMITS = raise_limits(LIMITS, LIMITS_BY_ADDRESS)  # noqa: F405

# Chromium is told to take these hosts for safe; over TLS, in production, nothing else is.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
