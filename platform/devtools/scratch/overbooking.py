"""An independent look at the tables: is anything over capacity, at any minute?

Plain SQL that shares nothing with the engine or the constraints.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

OVER_CAPACITY_SQL = """
WITH edges AS (
  SELECT resource_id, starts_at AS at, 1 AS change FROM scheduling_allocation
  WHERE is_active AND NOT is_override AND (hold_expires_at IS NULL OR hold_expires_at > %(now)s)
  UNION ALL
  SELECT resource_id, ends_at, -1 FROM scheduling_allocation
  WHERE is_active AND NOT is_override AND (hold_expires_at IS NULL OR hold_expires_at > %(now)s)
), levels AS (
  SELECT resource_id, at, sum(change) OVER (PARTITION BY resource_id ORDER BY at, change ROWS UNBOUNDED PRECEDING) AS n
  FROM edges
)
SELECT r.id, max(levels.n), r.capacity FROM levels JOIN scheduling_resource r ON r.id = levels.resource_id
GROUP BY r.id, r.capacity HAVING max(levels.n) > r.capacity ORDER BY r.id
"""
OVER_SEATS_SQL = """
SELECT s.id, sum(b.party_size), s.seats FROM scheduling_session s
JOIN scheduling_booking b ON b.session_id = s.id
WHERE b.is_active AND (b.hold_expires_at IS NULL OR b.hold_expires_at > %(now)s) AND b.override_kind = ''
GROUP BY s.id, s.seats HAVING sum(b.party_size) > s.seats ORDER BY s.id
"""
OVER_RULE_SQL = """
SELECT c.id, sum((u.item->>2)::int), c.limit FROM scheduling_booking b
CROSS JOIN LATERAL jsonb_array_elements(b.rule_usage) AS u(item)
JOIN scheduling_capacityrule c ON c.id = (u.item->>0)::int8
WHERE b.is_active AND (b.hold_expires_at IS NULL OR b.hold_expires_at > %(now)s) AND b.override_kind = ''
  AND u.item->>1 IS NOT NULL
GROUP BY c.id, u.item->>1, c.limit HAVING sum((u.item->>2)::int) > c.limit ORDER BY c.id
"""

OVER_MOMENT_SQL = """
WITH used AS (
  SELECT (u.item->>0)::int8 AS rule_id, b.starts_at, b.ends_at, (u.item->>2)::int AS amount FROM scheduling_booking b
  CROSS JOIN LATERAL jsonb_array_elements(b.rule_usage) AS u(item)
  WHERE b.is_active AND (b.hold_expires_at IS NULL OR b.hold_expires_at > %(now)s) AND b.override_kind = ''
    AND u.item->>1 IS NULL
), edges AS (
  SELECT rule_id, starts_at AS at, amount AS change FROM used UNION ALL SELECT rule_id, ends_at, -amount FROM used
), levels AS (
  SELECT rule_id, sum(change) OVER (PARTITION BY rule_id ORDER BY at, change ROWS UNBOUNDED PRECEDING) AS n FROM edges
)
SELECT c.id, max(levels.n), c.limit FROM levels JOIN scheduling_capacityrule c ON c.id = levels.rule_id
GROUP BY c.id, c.limit HAVING max(levels.n) > c.limit ORDER BY c.id
"""
KINDS = (
    ("resource", OVER_CAPACITY_SQL),
    ("session", OVER_SEATS_SQL),
    ("rule", OVER_RULE_SQL),
    ("moment", OVER_MOMENT_SQL),
)


def list_overbooked(*, now: datetime) -> list[tuple[str, int, int, int]]:
    """List (kind, id, used, allowed) of resources, groups and rules above what they allow.

    What staff overrode on purpose does not count.
    """
    found: list[tuple[str, int, int, int]] = []
    with connection.cursor() as cursor:
        for kind, sql in KINDS:
            cursor.execute(sql, {"now": now})
            found += [(kind, *row) for row in cursor.fetchall()]
    return found
