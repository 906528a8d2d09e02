"""Writing down what operators do."""

from __future__ import annotations

from dataclasses import asdict

from audit.public.models import PlatformEntry
from audit.types import PlatformAct
from tenants.types import ActDone


def log_act(act: PlatformAct) -> None:
    """Write an act in the caller's transaction, so that it is kept if, and only if, what was done is."""
    PlatformEntry.objects.create(**asdict(act))


def log_tenant_act(done: ActDone) -> None:
    """Write what was done to a business."""
    log_act(
        PlatformAct(
            action=done.act,
            at=done.at,
            author_id=done.author_id,
            schema_name=done.tenant.schema_name,
            business_name=done.tenant.name,
            old=done.old,
            new=done.new,
            reason=done.reason,
        )
    )
