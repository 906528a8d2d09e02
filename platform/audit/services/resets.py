"""Writing down what is done to people who sign in: roles, access, second steps that are removed."""

from __future__ import annotations

from accounts.types import PersonChange, SecondStepReset
from audit.enums import Action, PlatformAction
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.services.platform_log import log_act
from audit.types import NewEntry, PlatformAct
from tenants.context import find_current_tenant

PERSON = "person"
"""What a person who signs in is called in a business's log."""


def log_person(change: PersonChange) -> None:
    """Write into the business's log what was done to somebody who signs in there; into none for operators."""
    if find_current_tenant() is None:
        return
    entry = NewEntry(
        PERSON,
        change.person_id,
        find_last_version(noun=PERSON, row_id=change.person_id) + 1,
        Action.CHANGED,
        dict(change.fields),
    )
    log_changes([entry], user_id=change.by_id, now=change.at)


def log_reset(reset: SecondStepReset) -> None:
    """Write into the business's log what happened there, and into the platform's what operators did."""
    tenant = find_current_tenant()
    if tenant is not None:
        fields = {"second_step": (True, False)}
        entry = NewEntry(
            PERSON, reset.person_id, find_last_version(noun=PERSON, row_id=reset.person_id) + 1, Action.CHANGED, fields
        )
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
