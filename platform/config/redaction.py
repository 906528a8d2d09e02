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
        if isinstance(value, str):
            event[field] = hide_in_text(value)
    return event


def hide_in_report(event: Any, _hint: object) -> Any:
    """Do the same in every text of an error report (Sentry's ``before_send``)."""
    return _hide_everywhere(event)


def hide_in_text(text: str) -> str:
    """Return ``text`` with the tokens of its addresses replaced."""
    if "/" in text or "?" in text:
        for secret in _SECRETS:
            text = secret.sub(HIDDEN, text)
    return text


def _hide_everywhere(value: Any) -> Any:
    if isinstance(value, str):
        return hide_in_text(value)
    if isinstance(value, dict):
        return {key: _hide_everywhere(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hide_everywhere(item) for item in value]
    return value
