"""How long what is kept, why, and what the nightly jobs took away: for the owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from kernel.law.clocks import Period
from privacy.models import RetentionRun
from tenants.context import current_tenant
from tenants.services.erasures.retention import list_rules


@dataclass(frozen=True, slots=True)
class KeptLine:
    """How long one kind of thing is kept.

    Attributes:
        title: What it is; ``why``: what for. Msgids.
        is_swept: A nightly job takes it away; else each row ends by itself, on its own day.
        ran_at: When the job ran last; None: never yet.
        removed: How many rows it took away in that run, and ``removed_in_all`` in all runs that are known.
    """

    key: str
    title: str
    why: str
    period: Period
    is_swept: bool
    ran_at: datetime | None = None
    removed: int = 0
    removed_in_all: int = 0


def list_kept_lines() -> tuple[KeptLine, ...]:
    """List every rule of the business, with what its job took away; two queries."""
    totals = {
        row["rule"]: (row["last"], row["total"])
        for row in RetentionRun.objects.values("rule").annotate(last=Max("ran_at"), total=Sum("removed")).order_by()
    }
    newest = RetentionRun.objects.order_by("rule", "-ran_at", "-pk").distinct("rule")
    last = dict(newest.values_list("rule", "removed"))
    country = current_tenant().country
    return tuple(
        KeptLine(
            key=rule.key,
            title=rule.title,
            why=rule.why,
            period=rule.find_period(country),
            is_swept=rule.sweep is not None,
            ran_at=totals.get(rule.key, (None, 0))[0],
            removed=last.get(rule.key, 0),
            removed_in_all=totals.get(rule.key, (None, 0))[1],
        )
        for rule in list_rules()
    )
