"""Failures as RFC 9457 problem details, for whoever answers programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROBLEM_TYPE = "application/problem+json"


def describe_problem(
    *, status: int, code: str, detail: str, errors: Mapping[str, Any] | None = None, **extra: object
) -> dict[str, object]:
    """Return the document: ``type``, ``title``, ``status``, ``code``, ``detail``, and ``errors`` by field."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    if errors:
        body["errors"] = errors
    return body
