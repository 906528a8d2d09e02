"""What is taken, as the engine's frozen values, in at most two queries for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scheduling.engine import Busy, CapacityRule, Session, Snapshot, VisitSpec, bucket_key, needed_range
from scheduling.models.allocation import LONGEST_ALLOCATION_DAYS
from scheduling.selectors.instants import is_mid_minute, to_instant, to_minutes
from scheduling.selectors.plans import Plan, RuleRow
from tenants.database import connection

# Whole minutes in arrays, in the order of the index: turning timestamps into objects one by one,
# or sorting them, costs more than the rest of the answer together.
BUSY_SQL = """
SELECT a.resource_id,
       array_agg((date_part('epoch', a.starts_at) / 60)::int4 ORDER BY a.ends_at),
       array_agg((date_part('epoch', a.ends_at) / 60)::int4 ORDER BY a.ends_at)
FROM scheduling_allocation a
WHERE a.resource_id = ANY(%(resource_ids)s::int8[]) AND a.is_active
  AND a.ends_at > %(first)s::timestamptz AND a.ends_at < %(last)s::timestamptz + interval '{days} days'
  AND a.starts_at < %(last)s::timestamptz
  AND (a.hold_expires_at IS NULL OR a.hold_expires_at > %(now)s::timestamptz)
  AND (a.booking_id IS NULL OR a.booking_id IS DISTINCT FROM %(moving_id)s::int8)
  {session_condition}
GROUP BY a.resource_id ORDER BY a.resource_id
"""
SESSION_CONDITIONS = {
    "none": "",
    "moving": "AND a.session_id IS DISTINCT FROM %(alone_in_session_id)s::int8",
    "group": """AND (a.session_id IS NULL OR a.session_id NOT IN (
        SELECT s.id FROM scheduling_session s WHERE s.service_id = %(service_id)s::int8 AND s.is_active))""",
}

COUNTERS_SQL = """
SELECT
  (SELECT json_agg(json_build_array(u.rule_id, u.bucket, u.used))
   FROM unnest(%(rule_ids)s::int8[], %(lows)s::int8[], %(highs)s::int8[]) w(rule_id, low, high)
   JOIN scheduling_ruleusage u ON u.rule_id = w.rule_id AND u.bucket BETWEEN w.low AND w.high),
  (SELECT json_agg(b.rule_usage) FROM scheduling_booking b
   WHERE b.is_active AND (b.id = %(moving_id)s::int8 OR b.hold_expires_at <= %(now)s::timestamptz)),
  (SELECT json_agg(json_build_array(s.id, (date_part('epoch', s.starts_at) / 60)::int8,
      (SELECT coalesce(sum(b.party_size), 0) FROM scheduling_booking b
       WHERE b.session_id = s.id AND b.is_active AND b.id IS DISTINCT FROM %(moving_id)s::int8
         AND (b.hold_expires_at IS NULL OR b.hold_expires_at > %(now)s::timestamptz)),
      (SELECT json_agg(DISTINCT jsonb_build_array(a.resource_id, (date_part('epoch', a.starts_at) / 60)::int8,
          (date_part('epoch', a.ends_at) / 60)::int8))
       FROM scheduling_allocation a WHERE a.session_id = s.id AND a.is_active)))
   FROM scheduling_session s
   WHERE s.service_id = %(group_service_id)s::int8 AND s.is_active
     AND s.starts_at > %(first)s::timestamptz - interval '{days} days' AND s.starts_at < %(last)s::timestamptz)
"""


@dataclass(frozen=True, slots=True)
class Moving:
    """The booking that is being moved: it counts nowhere."""

    booking_id: int
    alone_in_session_id: int | None = None


def load_snapshot(
    *,
    plan: Plan,
    location_id: int,
    span: tuple[int, int],
    starts: tuple[int, int],
    now: datetime,
    moving: Moving | None = None,
    resource_ids: Collection[int] | None = None,
) -> Snapshot:
    """Load what is taken in the minutes ``span`` around ``starts`` at one location.

    One query, and a second one only for group services and where capacity rules count.
    """
    visit = plan.visits[location_id]
    place = plan.timetables.places[location_id]
    wanted = sorted({each for part in visit.parts for each in part.pool} if resource_ids is None else resource_ids)
    rules = plan.list_rules(location_id)
    parameters: dict[str, Any] = {
        "resource_ids": wanted,
        "first": to_instant(span[0]),
        "last": to_instant(span[1]),
        "now": now,
        "moving_id": moving.booking_id if moving else None,
        "alone_in_session_id": moving.alone_in_session_id if moving else None,
        "service_id": visit.service_id,
    }
    busy = _load_busy(parameters, is_group=visit.seats is not None, moving=moving)
    sessions: tuple[Session, ...] = ()
    engine_rules: tuple[CapacityRule, ...] = ()
    if rules or visit.seats is not None:
        engine_rules, sessions = _load_counters(parameters, visit, rules, place.timezone, starts)
    return Snapshot(
        timezone=place.timezone,
        now_minute=to_minutes(now),
        now_is_mid_minute=is_mid_minute(now),
        resources=plan.timetables.resources,
        busy=busy,
        sessions=sessions,
        rules=engine_rules,
        holidays=place.holidays,
    )


def load_slots_snapshot(
    *, plan: Plan, location_id: int, starts: tuple[int, int], now: datetime, moving: Moving | None = None
) -> Snapshot:
    """Load what `find_slots` needs for starts in ``[from, to)``."""
    span = needed_range(plan.visits[location_id], *starts)
    return load_snapshot(plan=plan, location_id=location_id, span=span, starts=starts, now=now, moving=moving)


def _load_busy(parameters: dict[str, Any], *, is_group: bool, moving: Moving | None) -> Busy:
    conditions = [SESSION_CONDITIONS["group"]] if is_group else []
    if moving is not None and moving.alone_in_session_id is not None:
        conditions.append(SESSION_CONDITIONS["moving"])
    sql = BUSY_SQL.format(days=LONGEST_ALLOCATION_DAYS, session_condition=" ".join(conditions))
    resource_ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for resource_id, own_starts, own_ends in connection.fetch_planned(sql, parameters):
        resource_ids += [resource_id] * len(own_starts)
        if sorted(own_starts) == own_starts:
            starts += own_starts
            ends += own_ends
        else:  # what overlaps may end in another order than it starts
            rows = sorted(zip(own_starts, own_ends, strict=True))
            starts += [start for start, _ in rows]
            ends += [end for _, end in rows]
    return Busy(tuple(resource_ids), tuple(starts), tuple(ends), (1,) * len(resource_ids))


def _load_counters(
    parameters: dict[str, Any], visit: VisitSpec, rules: Sequence[RuleRow], timezone: str, starts: tuple[int, int]
) -> tuple[tuple[CapacityRule, ...], tuple[Session, ...]]:
    parameters = {
        **parameters,
        "rule_ids": [rule.id for rule in rules],
        "lows": [bucket_key(rule.period, timezone, starts[0]) for rule in rules],
        "highs": [bucket_key(rule.period, timezone, starts[1]) for rule in rules],
        "group_service_id": visit.service_id if visit.seats is not None else None,
    }
    ((usage_rows, ignored_rows, session_rows),) = connection.fetch_planned(
        COUNTERS_SQL.format(days=LONGEST_ALLOCATION_DAYS), parameters
    )
    usage: dict[int, dict[int, int]] = {rule.id: {} for rule in rules}
    for rule_id, bucket, used in usage_rows or ():
        usage[rule_id][bucket] = used
    for taken in ignored_rows or ():
        for rule_id, bucket, amount in taken:
            if bucket in usage.get(rule_id, ()):
                usage[rule_id][bucket] -= amount
    pool = {resource_id for part in visit.parts for resource_id in part.pool}
    sessions = tuple(
        Session(
            service_id=visit.service_id,
            start_minute=start,
            seats_taken=seats_taken,
            occupied=tuple((resource_id, first, last) for resource_id, first, last in occupied or ()),
        )
        for _, start, seats_taken, occupied in session_rows or ()
        if seats_taken and any(resource_id in pool for resource_id, _, _ in occupied or ())
    )
    return tuple(_to_rule(rule, timezone, usage[rule.id]) for rule in rules), sessions


def _to_rule(rule: RuleRow, timezone: str, usage: dict[int, int]) -> CapacityRule:
    return CapacityRule(
        id=rule.id,
        period=rule.period,
        limit=rule.limit,
        timezone=timezone,
        measure=rule.measure,
        usage=usage,
        resource_id=rule.resource_id if rule.scope == "resource" else None,
    )


def without_general_rules(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as staff see it who override capacity rules."""
    return replace(snapshot, rules=())
