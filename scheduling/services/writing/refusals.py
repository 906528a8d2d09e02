"""Searches that found nothing: what opening longer, or one more person, would bring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection

from scheduling.enums import RefusalReason
from scheduling.models.demand import LARGEST_COUNTED
from scheduling.types import Wish

MAX_DATES = 62
FARTHEST = timedelta(days=366)
KEPT = timedelta(days=800)
"""So that a season can be compared with the last two."""
RECORD_SQL = """
WITH old AS (
  DELETE FROM scheduling_refuseddemand WHERE id IN (
    SELECT id FROM scheduling_refuseddemand WHERE "on" < %(kept)s ORDER BY "on" LIMIT 100 FOR UPDATE SKIP LOCKED))
INSERT INTO scheduling_refuseddemand AS d
  (service_id, "on", hour, location_id, reason, party_size, arrival_mode, count)
SELECT %(service_id)s, asked.day, %(hour)s::int2, %(location_id)s::int8, asked.reason, %(party_size)s, %(mode)s, 1
FROM unnest(%(dates)s::date[], %(reasons)s::text[]) AS asked(day, reason) ORDER BY asked.day
ON CONFLICT (service_id, "on", hour, location_id, reason, party_size, arrival_mode) DO UPDATE SET count = d.count + 1
"""


def record_refused(*, wish: Wish, reasons: Mapping[date, RefusalReason], today: date, hour: int | None = None) -> None:
    """Count one search that found no free time on each of these local dates.

    What is kept is the wish without people: service, place, party, way to arrive; nothing about who searched. Dates
    that have passed or lie more than a year ahead are not counted. ``hour`` is that of a time that was gone.
    """
    wanted = {on: reason for on, reason in sorted(reasons.items()) if today <= on <= today + FARTHEST}
    dates = list(wanted)[:MAX_DATES]
    if not dates:
        return
    parameters: dict[str, Any] = {
        "kept": today - KEPT,
        "service_id": wish.service_ids[0],
        "hour": hour,
        "location_id": wish.location_id,
        "party_size": min(wish.party_size, LARGEST_COUNTED),
        "mode": wish.arrival_mode,
        "dates": dates,
        "reasons": [wanted[on].value for on in dates],
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SQL, parameters)
