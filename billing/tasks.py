"""Celery tasks: keyword arguments only, unknown ones accepted, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import current_app

from billing.services.cards import comparing
from billing.services.months import letters
from kernel.clock import utc_now


@current_app.task(name="billing.plan_comparisons")
def plan_comparisons(**_: Any) -> None:
    """Let workers compare the ledger of every business with its account at the card provider, every night."""
    comparing.plan_comparisons(now=utc_now())


@current_app.task(name="billing.plan_months")
def plan_months(**_: Any) -> None:
    """Let workers tell the figures of a month where its first morning has come, every hour."""
    letters.plan_months(now=utc_now())
