"""How the backups of the platform stand, for operators: one query."""

from __future__ import annotations

from datetime import datetime, timedelta

from recovery.models import PlatformBackup
from recovery.types import PlatformStanding

LATE = timedelta(hours=50)
"""Two nights without a good one."""


def find_standing(*, now: datetime) -> PlatformStanding:
    """Return when the last good backup of the platform was made, and what went wrong since."""
    rows = list(PlatformBackup.objects.order_by("-began_at").values_list("began_at", "label", "failure")[:100])
    good = next((at for at, label, _ in rows if label), None)
    first = rows[-1][0] if rows else None
    failure = rows[0][2] if rows else ""
    reference = good or first
    return PlatformStanding(
        made_at=good, failure=failure, is_late=reference is not None and now - reference > LATE, is_set_up=bool(rows)
    )
