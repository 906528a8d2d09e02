"""The platform's secret, and those before it that still count (``SECRET_KEY_FALLBACKS``)."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def list_secrets() -> tuple[str, ...]:
    """Return the present secret and then the earlier ones that are still listed."""
    return tuple(str(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def list_hashes(salt: str, text: str) -> tuple[str, ...]:
    """Return what ``text`` is found by (HMAC-SHA256): what is written is the first, what was written may be any."""
    return tuple(salted_hmac(salt, text, secret=each, algorithm="sha256").hexdigest() for each in list_secrets())
