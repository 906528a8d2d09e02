"""System checks of tenants; those about the database run with ``migrate`` and ``check --database``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register

from tenants.services.pooling import find_unsafe_pooling


@register(Tags.database)
def check_pooling(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a pooler that mixes tenants up."""
    problem = find_unsafe_pooling() if databases else ""
    return [Error(problem, id="tenants.E001")] if problem else []


@register(Tags.security, deploy=True)
def check_backup_key(**_: Any) -> list[CheckMessage]:
    """Say what lies open without a key; a platform may still begin without one."""
    if settings.BACKUP_KEYS:
        return []
    text = "Without TURNERO_BACKUP_KEY, whoever has an archive of a business can read it: hashes of passwords too."
    hint = "Owners take such archives along. Name a public key of age, and keep the other half on no server."
    return [Info(text, hint=hint, id="tenants.I001")]
