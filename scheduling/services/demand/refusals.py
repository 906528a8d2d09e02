"""Searches that found nothing: what opening longer would bring."""

from __future__ import annotations

from datetime import date

from django.db import connection

MAX_DATES = 62
RECORD_SQL = """
INSERT INTO scheduling_refuseddemand AS d (service_id, "on", count)
SELECT %s, day, 1 FROM unnest(%s::date[]) AS day ORDER BY day
ON CONFLICT (service_id, "on") DO UPDATE SET count = d.count + 1
"""


def record_refused(*, service_id: int, dates: tuple[date, ...]) -> None:
    """Count one search for a service that found no free time on each of these local dates.

    Only service, date and a number are kept: nothing about who searched.
    """
    if not dates:
        return
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SQL, [service_id, sorted(set(dates))[:MAX_DATES]])
