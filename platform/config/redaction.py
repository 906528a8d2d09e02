"""Secrets that addresses carry must not reach the logs."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

HIDDEN = "***"
_SECRETS = (
    re.compile(r"(?<=/b/)[^/?\s]+"),
    re.compile(r"(?<=/manage/)[^/?\s]+"),
    re.compile(r"(?<=/holds/)[^/?\s]+"),
    re.compile(r"(?<=/sign-up/verify/)[^/?\s]+"),
    re.compile(r"(?<=/sign-up/progress/)[^/?\s]+"),
    re.compile(r"(?<=/password/reset/key/)[^/?\s]+"),
    re.compile(r"(?<=[?&]token=)[^&\s]+"),
    re.compile(r"(?<=[?&]booking=)[^&\s]+"),
    re.compile(r"(?<=[?&]d=)[^&\s]+"),
)
_FIELDS = ("event", "request", "path")


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the tokens of manage links, holds, sign-ups and drafts in a log line (structlog processor)."""
    for field in _FIELDS:
        value = event.get(field)
        if isinstance(value, str) and ("/" in value or "?" in value):
            for secret in _SECRETS:
                value = secret.sub(HIDDEN, value)
            event[field] = value
    return event
