"""Writing down whose second step of signing in was taken off."""

from __future__ import annotations

from django.db.models import Max

from accounts.types import SecondStepReset
from audit.enums import Action, PlatformAction
from audit.models import Entry
from audit.services.log import log_changes
from audit.services.platform_log import log_act
from audit.types import NewEntry, PlatformAct
from tenants.context import find_current_tenant

PERSON = "person"
"""What a person who signs in is called in a business's log."""


def log_reset(reset: SecondStepReset) -> None:
    """Write into the business's log what happened there, and into the platform's what operators did."""
    tenant = find_current_tenant()
    if tenant is not None:
        last = Entry.objects.filter(noun=PERSON, row_id=reset.person_id).aggregate(last=Max("version"))["last"] or 0
        fields = {"second_step": (True, False)}
        entry = NewEntry(PERSON, reset.person_id, last + 1, Action.CHANGED, fields)
        log_changes([entry], user_id=reset.by_id, now=reset.at)
    if tenant is None or reset.by_id is None:
        log_act(
            PlatformAct(
                action=PlatformAction.RESET_SECOND_STEP,
                at=reset.at,
                author_id=reset.by_id,
                schema_name=tenant.schema_name if tenant else "",
                business_name=tenant.name if tenant else "",
                person_id=reset.person_id if tenant is None else None,
            )
        )
