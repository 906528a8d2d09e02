"""What is kept no longer than it serves: ended sessions, invitations, keys and changes of an e-mail."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models.functions import Coalesce, Least

from accounts.models import ApiKey, EmailChange, Invitation, Session
from accounts.services.own_account import REVERT_LIFE
from database.connection import connection
from tenants.errors import TenantUnknown
from tenants.jobs import call_in_schema
from tenants.selectors.businesses import list_schema_names

KEPT = timedelta(days=30)
"""An invitation and a key after their end: so long the link says what became of it, and the page whose key it was. Who
joined and who had keys stays in the history."""

logger = logging.getLogger(__name__)


def forget_everywhere(*, now: datetime) -> int:
    """Remove from every business, and from the platform, what has served; return how many rows.

    Each is on its own: one that is dropped meanwhile, or whose tables cannot be read, is logged and left for tomorrow.
    """
    forgotten = 0
    for name in ("public", *list_schema_names()):
        try:
            forgotten += call_in_schema(name, forget, now=now)
        except (DatabaseError, TenantUnknown):
            logger.exception("accounts_not_forgotten", extra={"schema_name": name})
    connection.set_schema_to_public()
    return forgotten


def forget(*, now: datetime) -> int:
    """Remove what has served in the current schema; four statements, however much it is."""
    ended = Invitation.objects.annotate(over_at=Least(Coalesce("ended_at", "expires_at"), "expires_at"))
    rows = (
        Session.objects.filter(expire_date__lte=now),
        EmailChange.objects.filter(asked_at__lte=now - REVERT_LIFE),
        ended.filter(over_at__lte=now - KEPT),
        ApiKey.objects.filter(revoked_at__lte=now - KEPT),
    )
    return sum(each.delete()[0] for each in rows)
