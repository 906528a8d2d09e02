"""Webhooks of a business that was made of an archive: its schema has another name, so they sign with other secrets."""

from __future__ import annotations

from notifications.models import WebhookEndpoint
from notifications.selectors.webhook_secrets import derive_key, hash_key
from tenants.hooks import register_restore_step
from tenants.types import RestoredTenant

NOTE = "Webhooks sign with new secrets: each receiver needs the one that its page in the workspace shows."


def derive_secrets_anew(restored: RestoredTenant) -> tuple[str, ...]:  # noqa: ARG001 - as every restore step
    """Store the hashes of the secrets that sign from now on."""
    rows = list(WebhookEndpoint.objects.all())
    for row in rows:
        row.secret_hash = hash_key(derive_key(row.pk, row.secret_version))
        row.former_hash, row.former_until = "", None
    WebhookEndpoint.objects.bulk_update(rows, ["secret_hash", "former_hash", "former_until"])
    return (NOTE,) if rows else ()


def register() -> None:
    """Do this whenever a business is restored."""
    register_restore_step("webhooks", 30, derive_secrets_anew)
