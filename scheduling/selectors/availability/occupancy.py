"""What is taken, as the engine's frozen values, in at most two queries for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from database.connection import connection, write_array
from kernel.instants import is_mid_minute, to_instant, to_minutes
from kernel.intervals import merge
from scheduling.engine import Busy, CapacityRule, RulePeriod, Session, Snapshot, bucket_key, needed_range
from scheduling.enums import RuleScope
from scheduling.models.allocation import LONGEST_ALLOCATION_DAYS
from scheduling.selectors.availability.columns import RuleRow
from scheduling.selectors.availability.plans import Plan
from scheduling.selectors.availability.taken import Moving, Span, read_busy, write_taken_sql

Starts = Mapping[int, tuple[int, int]]
"""By location: the starts ``[from, to)`` that are asked for there."""


class _Counted(NamedTuple):
    """What is counted at some locations: by rule and bucket, by rule at the same time, and the groups that run."""

    usage: Mapping[int, Mapping[int, int]]
    taken: Mapping[int, Sequence[tuple[int, int, int]]]
    sessions: tuple[Session, ...]


_NOTHING = _Counted({}, {}, ())

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
     AND s.starts_at > %(first)s::timestamptz - interval '{days} days' AND s.starts_at < %(last)s::timestamptz),
  (SELECT json_agg(json_build_array(t.rule_id, (date_part('epoch', t.starts_at) / 60)::int8,
      (date_part('epoch', t.ends_at) / 60)::int8))
   FROM unnest(%(moment_ids)s::int8[]) m(id), LATERAL (
     SELECT t.rule_id, t.starts_at, t.ends_at
     FROM scheduling_ruletake t JOIN scheduling_booking b ON b.id = t.booking_id
     WHERE t.rule_id = m.id AND t.ends_at > %(first)s::timestamptz AND t.starts_at < %(last)s::timestamptz
       AND b.id IS DISTINCT FROM %(moving_id)s::int8
       AND (b.hold_expires_at IS NULL OR b.hold_expires_at > %(now)s::timestamptz)) t)
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
    wanted = plan.visits[location_id].pool if resource_ids is None else resource_ids
    busy = _load_busy(plan, wanted, around)
    return make_snapshots(plan=plan, busy=busy, starts={location_id: starts}, span=around)[location_id]


def load_snapshots(*, plan: Plan, starts: Starts, now: datetime, moving: Moving | None = None) -> dict[int, Snapshot]:
    """Load what `find_slots` needs for starts in ``[from, to)`` at each of some locations.

    As many queries as `load_snapshot`, whatever the number of locations.
    """
    span = find_span(plan=plan, starts=starts, now=now, moving=moving)
    busy = _load_busy(plan, {each for location_id in starts for each in plan.visits[location_id].pool}, span)
    return make_snapshots(plan=plan, busy=busy, starts=starts, span=span)


def find_span(*, plan: Plan, starts: Starts, now: datetime, moving: Moving | None = None) -> Span:
    """Return the minutes that matter for starts in ``[from, to)`` at each of some locations, one at least."""
    ranges = [needed_range(plan.visits[location_id], *asked) for location_id, asked in starts.items()]
    return Span(min(first for first, _ in ranges), max(last for _, last in ranges), now, moving)


def make_snapshots(*, plan: Plan, busy: Busy, starts: Starts, span: Span) -> dict[int, Snapshot]:
    """Add to what is known to be taken what counts for starts at each of some locations.

    No query, or one for group services and where capacity rules count; ``span`` is where their
    sessions matter.
    """
    rules = {location_id: plan.list_rules(location_id) for location_id in starts}
    counted = _NOTHING
    if any(rules.values()) or plan.services[0].seats is not None:
        counted = _load_counters(plan, rules, starts, span)
    return {
        location_id: _make_snapshot(plan, location_id, busy, rules[location_id], counted, span)
        for location_id in starts
    }


def _make_snapshot(
    plan: Plan, location_id: int, busy: Busy, rules: Sequence[RuleRow], counted: _Counted, span: Span
) -> Snapshot:
    place, pool = plan.timetables.places[location_id], plan.visits[location_id].pool
    return Snapshot(
        timezone=place.timezone,
        now_minute=to_minutes(span.now),
        now_is_mid_minute=is_mid_minute(span.now),
        resources=plan.timetables.resources,
        busy=busy,
        sessions=tuple(each for each in counted.sessions if any(row[0] in pool for row in each.occupied)),
        rules=tuple(_to_rule(rule, place.timezone, counted) for rule in rules),
        holidays=place.holidays,
    )


def _load_busy(plan: Plan, resource_ids: Collection[int], span: Span) -> Busy:
    """Load what is taken of some resources; one query."""
    parameters = span.parameters() | {
        "resource_ids": write_array(sorted(set(resource_ids))),
        "service_ids": write_array(plan.wish.service_ids),
    }
    sql = _write_busy_sql(is_moving=span.moving is not None, is_alone=span.is_alone)
    return read_busy(connection.fetch_planned(sql, parameters))


@lru_cache(maxsize=8)
def _write_busy_sql(*, is_moving: bool, is_alone: bool) -> str:
    first, last = "%(first)s::int4", "%(last)s::int4"
    taken = write_taken_sql(resource="r.id", first=first, last=last, is_moving=is_moving, is_alone=is_alone)
    return BUSY_SQL.format(taken=taken)


def _load_counters(plan: Plan, rules: Mapping[int, Sequence[RuleRow]], starts: Starts, span: Span) -> _Counted:
    windows: dict[int, tuple[int, int]] = {}
    taken: dict[int, list[tuple[int, int, int]]] = {}
    for location_id, asked in starts.items():
        timezone = plan.timetables.places[location_id].timezone
        for rule in rules[location_id]:
            if rule.period is RulePeriod.MOMENT:
                taken[rule.id] = []
                continue
            low, high = (bucket_key(rule.period, timezone, minute) for minute in asked)
            known_low, known_high = windows.get(rule.id, (low, high))
            windows[rule.id] = (min(low, known_low), max(high, known_high))
    service = plan.services[0]
    parameters: dict[str, Any] = {
        "first": to_instant(span.first),
        "last": to_instant(span.last),
        "now": span.now,
        "moving_id": span.moving.booking_id if span.moving else None,
        "rule_ids": list(windows),
        "lows": [low for low, _ in windows.values()],
        "highs": [high for _, high in windows.values()],
        "moment_ids": list(taken),
        "group_service_id": service.id if service.seats is not None else None,
    }
    ((usage_rows, ignored_rows, session_rows, taken_rows),) = connection.fetch_planned(
        COUNTERS_SQL.format(days=LONGEST_ALLOCATION_DAYS), parameters
    )
    usage: dict[int, dict[int, int]] = {rule_id: {} for rule_id in windows}
    for rule_id, bucket, used in usage_rows or ():
        usage[rule_id][bucket] = used
    for rule_id, start, end in taken_rows or ():
        taken[rule_id].append((start, end, 1))
    for uses in ignored_rows or ():
        for rule_id, bucket, amount in uses:
            if bucket in usage.get(rule_id, ()):
                usage[rule_id][bucket] -= amount
    sessions = tuple(
        Session(service.id, start, seats_taken, _unite_shares(start, shares))
        for start, seats_taken, shares in session_rows or ()
    )
    return _Counted(usage, taken, sessions)


def _unite_shares(start: int, shares: Sequence[Sequence[Sequence[int]]]) -> tuple[tuple[int, int, int], ...]:
    """List (resource id, from, to) of what the shares of a group's bookings take together."""
    periods: dict[int, list[tuple[int, int]]] = {}
    for share in shares:
        for resource_id, _part_index, first, last in share:
            periods.setdefault(resource_id, []).append((start + first, start + last))
    return tuple((resource_id, *period) for resource_id, each in periods.items() for period in merge(each))


def _to_rule(rule: RuleRow, timezone: str, counted: _Counted) -> CapacityRule:
    return CapacityRule(
        id=rule.id,
        period=rule.period,
        limit=rule.limit,
        timezone=timezone,
        measure=rule.measure,
        usage=counted.usage.get(rule.id, {}),
        times=rule.times,
        taken=tuple(counted.taken.get(rule.id, ())),
        resource_id=rule.resource_id if rule.scope is RuleScope.RESOURCE else None,
    )
