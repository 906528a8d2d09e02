"""Writing down what operators do."""

from __future__ import annotations

from dataclasses import asdict

from audit.enums import Action
from audit.public.models import PlatformEntry
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry, PlatformAct
from tenants.types import ActDone

COPY = "copy"
"""What a business that was made of an archive is called in its own log, with its own number. Fields are the acts."""


def log_act(act: PlatformAct) -> None:
    """Write an act in the caller's transaction, so that it is kept if, and only if, what was done is."""
    PlatformEntry.objects.create(**asdict(act))


def log_tenant_act(done: ActDone) -> None:
    """Write what was done to a business; what somebody of it did, into its own log as well."""
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
    if done.user_id is not None:
        version = find_last_version(noun=COPY, row_id=done.tenant.id) + 1
        fields = {str(done.act): (done.old, done.new)}
        entry = NewEntry(COPY, done.tenant.id, version, Action.CHANGED, fields)
        log_changes([entry], user_id=done.user_id, now=done.at)
