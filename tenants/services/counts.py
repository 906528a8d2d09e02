"""Counting in PostgreSQL what the setting ``LIMITS`` limits, for all businesses, whatever becomes of Redis.

A window begins with the first thing that is counted. Counting is one statement, and a row is locked
by it until its transaction ends: of any number at once exactly as many pass as the limit says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from database.connection import connection
from kernel.limits import Ask
from keyvalue.throttle import get_limit
from tenants.models import LimitCount

# In the order of the keys: two who count the same rows wait for one another, and never each for the other.
COUNT_SQL = """
INSERT INTO tenants_limitcount AS known ("limit", subject_hash, count, ends_at)
SELECT asked.name, asked.subject, 1, asked.ends_at
FROM jsonb_to_recordset(%(asks)s::jsonb) AS asked(name text, subject text, ends_at timestamptz)
ORDER BY asked.name, asked.subject
ON CONFLICT ("limit", subject_hash) DO UPDATE SET
  count = CASE WHEN known.ends_at <= %(now)s::timestamptz THEN 1 ELSE known.count + 1 END,
  ends_at = CASE WHEN known.ends_at <= %(now)s::timestamptz THEN EXCLUDED.ends_at ELSE known.ends_at END
RETURNING "limit", subject_hash, count, ends_at
"""
TAKE_BACK_SQL = """
UPDATE tenants_limitcount AS known SET count = greatest(known.count - 1, 0)
FROM jsonb_to_recordset(%(asks)s::jsonb) AS asked(name text, subject text)
WHERE known."limit" = asked.name AND known.subject_hash = asked.subject
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something happened by now, and how long its window still is."""

    count: int
    ends_in: timedelta


def count_up(asks: Sequence[Ask], *, now: datetime) -> dict[Ask, timedelta]:
    """Count everything that is asked, and return what its limits refuse; nothing: it may happen.

    Each refusal comes with the time until its window ends. All of it is counted, also what is refused:
    whoever then does nothing takes it back.
    """
    counted = count_all(asks, now=now)
    return {asked: each.ends_in for asked, each in counted.items() if each.count > get_limit(asked.limit).size}


def count_all(asks: Sequence[Ask], *, now: datetime) -> dict[Ask, Counted]:
    """Count everything that is asked, and return how often each has happened, this time included."""
    if not asks:
        return {}
    named = {_name(asked): asked for asked in asks}
    documents = [
        {
            "name": name,
            "subject": subject,
            "ends_at": (now + timedelta(seconds=get_limit(name).seconds)).isoformat(),
        }
        for name, subject in named
    ]
    rows = connection.fetch_planned(COUNT_SQL, {"asks": json.dumps(documents), "now": now})
    shortest = timedelta(seconds=1)
    return {
        named[name, subject]: Counted(count, max(ends_at - now, shortest)) for name, subject, count, ends_at in rows
    }


def take_back(asks: Sequence[Ask]) -> None:
    """Count once less what was counted and did not happen."""
    if asks:
        documents = [{"name": name, "subject": subject} for name, subject in map(_name, asks)]
        with connection.cursor() as cursor:
            cursor.execute(TAKE_BACK_SQL, {"asks": json.dumps(documents)})


def read_counts(asks: Sequence[Ask], *, now: datetime) -> Mapping[Ask, Counted]:
    """Return how often each of what is asked happened in its present window; counts nothing."""
    named = {_name(asked): asked for asked in asks}
    rows = LimitCount.objects.filter(
        limit__in={name for name, _ in named}, subject_hash__in={subject for _, subject in named}, ends_at__gt=now
    )
    found = {(row.limit, row.subject_hash): Counted(row.count, row.ends_at - now) for row in rows}
    return {asked: found.get(name, Counted(0, timedelta(0))) for name, asked in named.items()}


def forget_counts(*, now: datetime) -> int:
    """Remove what was counted in windows that have ended; return how many rows."""
    removed, _ = LimitCount.objects.filter(ends_at__lte=now).delete()
    return removed


def _name(asked: Ask) -> tuple[str, str]:
    """Return limit and hashed subject; a limit that is not shared counts for each business by itself."""
    whose = "" if get_limit(asked.limit).is_shared else f"{connection.schema_name} "
    return asked.limit, salted_hmac("tenants.counts", f"{whose}{asked.ident}", algorithm="sha256").hexdigest()
