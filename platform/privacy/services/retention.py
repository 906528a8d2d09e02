"""Every night, in every business: taking away what has been kept long enough, and noting how much that was."""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import write_transaction
from kernel.law.retention import find_before
from privacy.models import RetentionRun
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.errors import RetryLater, TenantUnknown
from tenants.hooks import register_due_handler
from tenants.jobs import call_in_schema
from tenants.selectors.resolution import list_tenants
from tenants.services.due_work import plan_due_work
from tenants.services.erasures.retention import BATCH, RetentionRule, Sweep, list_rules

DUE_KIND = "retention"
LANE = "retention"
AGAIN = timedelta(minutes=1)
LOG_KEPT = timedelta(days=800)


def register() -> None:
    """Do the nightly due work of each business."""
    register_due_handler(DUE_KIND, sweep_business)


def plan_sweeps(*, now: datetime) -> int:
    """Let workers go through every business; return how many. Two queries."""
    ids = [tenant.id for tenant in list_tenants()]
    plan_due_work(kind=DUE_KIND, row_ids=ids, due_at=now, urgency=Urgency.LAST, lane=LANE)
    return len(ids)


def sweep_business(tenant_id: int, now: datetime) -> None:
    """Take away what has been kept long enough in one business (handler of due work of the platform).

    Raises:
        RetryLater: There was more than a batch.
    """
    tenant = next((each for each in list_tenants() if each.id == tenant_id), None)
    if tenant is None:
        return
    try:
        is_all = call_in_schema(tenant.schema_name, sweep, now)
    except TenantUnknown:  # it was removed meanwhile
        return
    if not is_all:
        raise RetryLater(at=now + AGAIN)


def sweep(now: datetime) -> bool:
    """Take away what has been kept long enough in the current business; tell whether that was all of it."""
    done = [_run(rule, rule.sweep, now) for rule in list_rules() if rule.sweep is not None]
    return all(done)


@write_transaction()
def _run(rule: RetentionRule, take_away: Sweep, now: datetime) -> bool:
    removed = take_away(find_before(rule.find_period(current_tenant().country), now))
    runs = RetentionRun.objects.filter(rule=rule.key)
    runs.filter(removed=0).delete()
    runs.filter(ran_at__lt=now - LOG_KEPT).delete()
    RetentionRun.objects.create(rule=rule.key, ran_at=now, removed=removed)
    return removed < BATCH
