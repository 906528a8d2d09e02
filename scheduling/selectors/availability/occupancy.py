"""What is taken, as the engine's frozen values, in at most two queries for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from database.connection import connection, write_array
from kernel.instants import is_mid_minute, to_instant, to_minutes
from kernel.intervals import merge
from scheduling.engine import Busy, CapacityRule, Session, Snapshot, VisitSpec, bucket_key, needed_range
from scheduling.enums import RuleScope
from scheduling.models.allocation import LONGEST_ALLOCATION_DAYS
from scheduling.selectors.availability.columns import RuleRow
from scheduling.selectors.availability.plans import Plan
from scheduling.selectors.availability.taken import Moving, Span, read_busy, write_taken_sql

BUSY_SQL = """
SELECT r.id, taken.starts, taken.ends FROM unnest(%(resource_ids)s::int8[]) r(id), LATERAL ({taken}) taken
WHERE taken.starts IS NOT NULL
"""
COUNTERS_SQL = """
SELECT
  (SELECT json_agg(json_build_array(u.rule_id, u.bucket, u.used))
   FROM unnest(%(rule_ids)s::int8[], %(lows)s::int8[], %(highs)s::int8[]) w(rule_id, low, high)
   JOIN scheduling_ruleusage u ON u.rule_id = w.rule_id AND u.bucket BETWEEN w.low AND w.high),
  (SELECT json_agg(b.rule_usage) FROM scheduling_booking b
   WHERE b.is_active AND (b.id = %(moving_id)s::int8 OR b.hold_expires_at <= %(now)s::timestamptz)),
  (SELECT json_agg(json_build_array((date_part('epoch', s.starts_at) / 60)::int8, g.seats, g.shares))
   FROM scheduling_session s, LATERAL (
     SELECT sum(b.party_size) AS seats, jsonb_agg(DISTINCT b.group_share) AS shares FROM scheduling_booking b
     WHERE b.session_id = s.id AND b.is_active AND b.id IS DISTINCT FROM %(moving_id)s::int8
       AND (b.hold_expires_at IS NULL OR b.hold_expires_at > %(now)s::timestamptz)) g
   WHERE g.seats > 0 AND s.service_id = %(group_service_id)s::int8 AND s.is_active
     AND s.starts_at > %(first)s::timestamptz - interval '{days} days' AND s.starts_at < %(last)s::timestamptz)
"""


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
    around = Span(*span, now, moving)
    busy = load_busy(plan=plan, location_id=location_id, span=around, resource_ids=resource_ids)
    return make_snapshot(plan=plan, location_id=location_id, busy=busy, starts=starts, span=around)


def load_slots_snapshot(
    *, plan: Plan, location_id: int, starts: tuple[int, int], now: datetime, moving: Moving | None = None
) -> Snapshot:
    """Load what `find_slots` needs for starts in ``[from, to)``."""
    span = needed_range(plan.visits[location_id], *starts)
    return load_snapshot(plan=plan, location_id=location_id, span=span, starts=starts, now=now, moving=moving)


def make_snapshot(*, plan: Plan, location_id: int, busy: Busy, starts: tuple[int, int], span: Span) -> Snapshot:
    """Add to what is known to be taken what counts for starts at one location.

    No query, or one for group services and where capacity rules count; ``span`` is where their
    sessions matter.
    """
    visit = plan.visits[location_id]
    place = plan.timetables.places[location_id]
    rules = plan.list_rules(location_id)
    sessions: tuple[Session, ...] = ()
    engine_rules: tuple[CapacityRule, ...] = ()
    if rules or visit.seats is not None:
        engine_rules, sessions = _load_counters(visit, rules, place.timezone, starts, span)
    return Snapshot(
        timezone=place.timezone,
        now_minute=to_minutes(span.now),
        now_is_mid_minute=is_mid_minute(span.now),
        resources=plan.timetables.resources,
        busy=busy,
        sessions=sessions,
        rules=engine_rules,
        holidays=place.holidays,
    )


def load_busy(*, plan: Plan, location_id: int, span: Span, resource_ids: Collection[int] | None = None) -> Busy:
    """Load what is taken of a location's resources, or of some of them; one query."""
    wanted = plan.visits[location_id].pool if resource_ids is None else set(resource_ids)
    parameters = span.parameters() | {
        "resource_ids": write_array(sorted(wanted)),
        "service_ids": write_array(plan.wish.service_ids),
    }
    sql = _write_busy_sql(is_moving=span.moving is not None, is_alone=span.is_alone)
    return read_busy(connection.fetch_planned(sql, parameters))


@lru_cache(maxsize=8)
def _write_busy_sql(*, is_moving: bool, is_alone: bool) -> str:
    first, last = "%(first)s::int4", "%(last)s::int4"
    taken = write_taken_sql(resource="r.id", first=first, last=last, is_moving=is_moving, is_alone=is_alone)
    return BUSY_SQL.format(taken=taken)


def _load_counters(
    visit: VisitSpec, rules: Sequence[RuleRow], timezone: str, starts: tuple[int, int], span: Span
) -> tuple[tuple[CapacityRule, ...], tuple[Session, ...]]:
    parameters: dict[str, Any] = {
        "first": to_instant(span.first),
        "last": to_instant(span.last),
        "now": span.now,
        "moving_id": span.moving.booking_id if span.moving else None,
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
    pool = visit.pool
    running = (
        Session(visit.service_id, start, seats_taken, _unite_shares(start, shares))
        for start, seats_taken, shares in session_rows or ()
    )
    sessions = tuple(each for each in running if any(resource_id in pool for resource_id, _, _ in each.occupied))
    return tuple(_to_rule(rule, timezone, usage[rule.id]) for rule in rules), sessions


def _unite_shares(start: int, shares: Sequence[Sequence[Sequence[int]]]) -> tuple[tuple[int, int, int], ...]:
    """List (resource id, from, to) of what the shares of a group's bookings take together."""
    periods: dict[int, list[tuple[int, int]]] = {}
    for share in shares:
        for resource_id, _part_index, first, last in share:
            periods.setdefault(resource_id, []).append((start + first, start + last))
    return tuple((resource_id, *period) for resource_id, each in periods.items() for period in merge(each))


def _to_rule(rule: RuleRow, timezone: str, usage: dict[int, int]) -> CapacityRule:
    return CapacityRule(
        id=rule.id,
        period=rule.period,
        limit=rule.limit,
        timezone=timezone,
        measure=rule.measure,
        usage=usage,
        resource_id=rule.resource_id if rule.scope is RuleScope.RESOURCE else None,
    )
