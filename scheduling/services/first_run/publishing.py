"""Publishing the booking page, and taking it back: who may is asked by the page, what is missing here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from notifications.services.outbox import publish
from scheduling.errors import PageNotReady
from scheduling.selectors.first_run.readiness import list_blockers
from scheduling.types import Actor
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may
from tenants.services.publishing import change_publication

PAGE = "booking_page"
"""What the page is called in the business's log; its number is the business's."""


@transaction.atomic
def publish_page(*, by: Actor, now: datetime) -> bool:
    """Let everybody see the page and book; tell whether that changed anything.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        PageNotReady: Something is missing without which nobody could book or come.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    blockers = list_blockers(now=now)
    if blockers:
        raise PageNotReady(blockers=blockers)
    return _switch(is_published=True, by=by, now=now)


@transaction.atomic
def unpublish_page(*, by: Actor, now: datetime) -> bool:
    """Make the page a draft again: bookings stay, and whoever has one keeps its link; tell whether it was published.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    return _switch(is_published=False, by=by, now=now)


def _switch(*, is_published: bool, by: Actor, now: datetime) -> bool:
    if not change_publication(is_published=is_published, now=now):
        return False
    page_id = current_tenant().id
    version = find_last_version(noun=PAGE, row_id=page_id) + 1
    fields = {"is_published": (not is_published, is_published)}
    log_changes([NewEntry(PAGE, page_id, version, Action.CHANGED, fields)], user_id=by.user_id, now=now)
    payload = {"is_published": is_published, "by": by.kind}
    publish(kind=f"{PAGE}.{Action.CHANGED.value}", subject_id=page_id, payload=payload, now=now)
    return True
