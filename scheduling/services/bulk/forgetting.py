"""Decisions about many bookings go once nobody needs their list: what became of each is in its own history."""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import write_transaction
from scheduling.enums import BulkState
from scheduling.models import BulkAct, BulkRow
from scheduling.types.bulk import UNDONE_WITHIN
from tenants.enums import TenantStatus, Urgency
from tenants.hooks import register_due_handler
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import list_tenants
from tenants.services.due_work import plan_due_work

KIND, LANE = "bulk_acts_forget", "bulk_forgetting"
KEPT = UNDONE_WITHIN + timedelta(days=89)
"""For so long the desk looks back on a decision; undoing it ends long before."""
ENDED = (BulkState.DONE, BulkState.UNDONE)
AT_ONCE = 20
ALL = 0
"""The row of due work stands for all decisions of a business."""


def register() -> None:
    """Do the due work that nights leave."""
    register_due_handler(KIND, forget_acts)


def plan_forgetting(*, now: datetime) -> int:
    """Let workers forget the old decisions of every business; return of how many. One statement for each."""
    tenants = [each for each in list_tenants() if each.status != TenantStatus.PROVISIONING]
    for tenant in tenants:
        call_in_tenant(
            tenant.schema_name, plan_due_work, kind=KIND, row_ids=[ALL], due_at=now, urgency=Urgency.LAST, lane=LANE
        )
    return len(tenants)


def forget_acts(_row_id: int, now: datetime) -> None:
    """Remove decisions that are older than `KEPT`, with their lists, some at a time; safe to run twice.

    One that is still worked on stays, however old it is.
    """
    while _forget_some(now):
        pass


@write_transaction()
def _forget_some(now: datetime) -> bool:
    """Remove the oldest, and tell whether there may be more; of those that somebody holds none."""
    old = BulkAct.objects.filter(created_at__lte=now - KEPT, state__in=ENDED).order_by("created_at", "pk")
    ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
    BulkRow.objects.filter(act_id__in=ids).delete()
    BulkAct.objects.filter(pk__in=ids).delete()
    return len(ids) == AT_ONCE
