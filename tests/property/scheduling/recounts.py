"""What the tables say about one another, counted again from bookings in plain SQL.

Shares nothing with the services: whatever is listed is a number that drifted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

SESSIONS_SQL = """
SELECT s.id, s.seats_taken, s.is_active, s.ends_at, b.seats, b.ends_at FROM scheduling_session s
LEFT JOIN LATERAL (SELECT coalesce(sum(b.party_size), 0) AS seats, max(b.ends_at) AS ends_at FROM scheduling_booking b
                   WHERE b.session_id = s.id AND b.is_active) b ON true
WHERE s.seats_taken <> b.seats OR s.is_active <> (b.seats > 0) OR (s.is_active AND s.ends_at <> b.ends_at)
"""
OWNERS_SQL = """
WITH owners AS (
  SELECT 'booking' AS kind, b.id, b.is_active, b.starts_at, b.ends_at, b.hold_expires_at,
         b.override_kind <> '' AS forced
  FROM scheduling_booking b WHERE b.session_id IS NULL
  UNION ALL
  SELECT 'session', s.id, s.is_active, s.starts_at, s.ends_at, NULL,
         (SELECT bool_or(b.override_kind <> '') FROM scheduling_booking b WHERE b.session_id = s.id)
  FROM scheduling_session s
)
SELECT o.kind, o.id FROM owners o
LEFT JOIN LATERAL (
  SELECT count(*) AS n, min(a.starts_at) AS starts_at, max(a.ends_at) AS ends_at, bool_or(a.is_override) AS forced,
         bool_or(a.hold_expires_at IS DISTINCT FROM o.hold_expires_at) AS is_other_end
  FROM scheduling_allocation a
  WHERE a.is_active AND CASE o.kind WHEN 'booking' THEN a.booking_id = o.id ELSE a.session_id = o.id END
) a ON true
WHERE o.is_active <> (a.n > 0)
   OR (o.is_active AND (a.starts_at > o.starts_at OR a.ends_at < o.ends_at OR (a.is_other_end AND o.kind = 'booking')))
   OR (a.forced AND NOT o.forced)
"""
SHARES_SQL = """
WITH share AS (
  SELECT b.session_id, (i.item->>0)::int8 AS resource_id, b.hold_expires_at,
         b.starts_at + (i.item->>2)::int * interval '1 minute' AS first,
         b.starts_at + (i.item->>3)::int * interval '1 minute' AS last
  FROM scheduling_booking b CROSS JOIN LATERAL jsonb_array_elements(b.group_share) AS i(item)
  WHERE b.is_active AND b.session_id IS NOT NULL
), taken AS (
  SELECT a.session_id, a.resource_id, a.hold_expires_at, a.starts_at AS first, a.ends_at AS last
  FROM scheduling_allocation a WHERE a.is_active AND a.session_id IS NOT NULL
), edge AS (
  SELECT session_id, resource_id, first AS at FROM share UNION SELECT session_id, resource_id, last FROM share
  UNION SELECT session_id, resource_id, first FROM taken UNION SELECT session_id, resource_id, last FROM taken
)
SELECT e.session_id, e.resource_id, e.at, s.n, t.n FROM edge e
CROSS JOIN LATERAL (
  SELECT count(*) AS n, CASE WHEN bool_and(s.hold_expires_at IS NOT NULL) THEN max(s.hold_expires_at) END AS until
  FROM share s
  WHERE s.session_id = e.session_id AND s.resource_id = e.resource_id AND s.first <= e.at AND s.last > e.at
) s
CROSS JOIN LATERAL (
  SELECT count(*) AS n, bool_or(t.hold_expires_at IS DISTINCT FROM s.until) AS is_other_end FROM taken t
  WHERE t.session_id = e.session_id AND t.resource_id = e.resource_id AND t.first <= e.at AND t.last > e.at
) t
WHERE (s.n > 0) <> (t.n > 0) OR t.is_other_end
"""
"""Minutes that a group takes and its bookings do not need, or the other way round, or until another instant."""
USED_SQL = "SELECT used FROM scheduling_ruleusage WHERE rule_id = %s AND used <> 0 ORDER BY used"
RECOUNT_SQL = """
SELECT sum({amount}) FROM scheduling_booking b WHERE b.is_active AND b.service_id = %s
GROUP BY date_trunc(%s, b.starts_at, 'UTC') ORDER BY 1
"""
AMOUNTS = {
    "bookings": "1",
    "seats": "b.party_size",
    "minutes": "date_part('epoch', b.ends_at - b.starts_at)::int / 60",
}
TAKEN_SQL = """
SELECT u.rule_id, u.bucket, u.used, coalesce(b.amount, 0) FROM scheduling_ruleusage u
FULL JOIN (SELECT (i.item->>0)::int8 AS rule_id, (i.item->>1)::int8 AS bucket, sum((i.item->>2)::int) AS amount
           FROM scheduling_booking b CROSS JOIN LATERAL jsonb_array_elements(b.rule_usage) AS i(item)
           WHERE b.is_active GROUP BY 1, 2) b ON b.rule_id = u.rule_id AND b.bucket = u.bucket
WHERE coalesce(u.used, 0) <> coalesce(b.amount, 0)
"""


@dataclass(frozen=True, slots=True)
class CountedRule:
    """A rule of one service, in UTC."""

    id: int
    service_id: int
    measure: str
    period: str


def list_drift(rules: Iterable[CountedRule]) -> list[tuple[object, ...]]:
    """List groups, allocations and counters that differ from what the bookings add up to."""
    found: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for sql in (SESSIONS_SQL, OWNERS_SQL, SHARES_SQL, TAKEN_SQL):
            cursor.execute(sql)
            found += cursor.fetchall()
        for rule in rules:
            cursor.execute(USED_SQL, [rule.id])
            used = [int(row[0]) for row in cursor.fetchall()]
            sql = RECOUNT_SQL.format(amount=AMOUNTS[rule.measure])
            cursor.execute(sql, [rule.service_id, rule.period])
            counted = [int(row[0]) for row in cursor.fetchall()]
            if used != counted:
                found.append((rule.id, used, counted))
    return found
