"""Which archives of a business are kept: one of each day at first, later one of each month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kernel.personal import BACKUPS_KEPT

DAYS, MONTHS = BACKUPS_KEPT.days, 12
"""So many days and months of which there is an archive: nights without one push none out."""


def choose_kept(made: Iterable[datetime]) -> frozenset[datetime]:
    """Return which of the archives made at these instants (UTC) are kept.

    The newest of each of the last `DAYS` days and of each of the last `MONTHS` months that have one; the newest of
    all is always among them.
    """
    newest_first = sorted(made, reverse=True)
    by_day: dict[object, datetime] = {}
    by_month: dict[object, datetime] = {}
    for at in newest_first:
        by_day.setdefault(at.date(), at)
        by_month.setdefault((at.year, at.month), at)
    return frozenset([*list(by_day.values())[:DAYS], *list(by_month.values())[:MONTHS]])
