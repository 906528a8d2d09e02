"""System checks of tenants; those about the database run with ``migrate`` and ``check --database``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from tenants.services.pooling import find_unsafe_pooling


@register(Tags.database)
def check_pooling(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a pooler that mixes tenants up."""
    problem = find_unsafe_pooling() if databases else ""
    return [Error(problem, id="tenants.E001")] if problem else []
