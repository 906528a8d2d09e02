"""The clock lets workers tell a month where its first morning has come."""

from __future__ import annotations

from datetime import UTC, datetime

from billing.services.months.letters import KIND
from billing.tasks import plan_months
from tenants.jobs import call_outside
from tenants.models import DueWork


def test_task_plans_for_the_present_hour(tenant, monkeypatch):
    monkeypatch.setattr("billing.tasks.utc_now", lambda: datetime(2026, 11, 1, 14, tzinfo=UTC))

    call_outside(plan_months)

    assert list(DueWork.objects.filter(kind=KIND).values_list("row_id", flat=True).distinct()) == [202610]
