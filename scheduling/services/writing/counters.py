"""What bookings use of capacity rules: counter rows that PostgreSQL keeps within their quota."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import starmap

from django.db import connection

from database.statements import Statement
from kernel.instants import to_minutes
from scheduling.engine import RulePeriod, VisitSpec, amount_of, bucket_key, is_counted
from scheduling.enums import RuleScope
from scheduling.models import Booking
from scheduling.selectors.availability.plans import Plan
from scheduling.services.writing.moments import free_moments, list_moments, take_moments
from scheduling.types import RuleUse

ADD_SQL = """
INSERT INTO scheduling_ruleusage AS u (rule_id, bucket, used, quota)
SELECT d.rule_id, d.bucket, d.amount, CASE WHEN %(is_override)s THEN greatest(c.limit, d.amount) ELSE c.limit END
FROM unnest(%(rule_ids)s::int8[], %(buckets)s::int8[], %(amounts)s::int8[]) d(rule_id, bucket, amount)
JOIN scheduling_capacityrule c ON c.id = d.rule_id
ORDER BY d.rule_id, d.bucket
ON CONFLICT (rule_id, bucket) DO UPDATE SET
  used = u.used + EXCLUDED.used,
  quota = CASE WHEN %(is_override)s THEN greatest(EXCLUDED.quota, u.used + EXCLUDED.used) ELSE EXCLUDED.quota END
"""
ADD_PART_SQL = """
INSERT INTO scheduling_ruleusage AS u (rule_id, bucket, used, quota)
SELECT d.rule_id, d.bucket, d.amount, c.limit
FROM unnest(%(usage_rule_ids)s::int8[], %(usage_buckets)s::int8[], %(usage_amounts)s::int8[])
  d(rule_id, bucket, amount)
JOIN scheduling_capacityrule c ON c.id = d.rule_id CROSS JOIN booking
ORDER BY d.rule_id, d.bucket
ON CONFLICT (rule_id, bucket) DO UPDATE SET used = u.used + EXCLUDED.used, quota = EXCLUDED.quota
"""
KEEP_SQL = """
INSERT INTO scheduling_ruleusage AS u (rule_id, bucket, used, quota)
SELECT d.rule_id, d.bucket, 0, c.limit
FROM unnest(%(rule_ids)s::int8[], %(buckets)s::int8[]) d(rule_id, bucket)
JOIN scheduling_capacityrule c ON c.id = d.rule_id
ORDER BY d.rule_id, d.bucket
ON CONFLICT (rule_id, bucket) DO UPDATE SET used = u.used
"""
LOCK_SQL = """
SELECT u.id FROM scheduling_ruleusage u
JOIN unnest(%(rule_ids)s::int8[], %(buckets)s::int8[]) d(rule_id, bucket)
  ON d.rule_id = u.rule_id AND d.bucket = u.bucket
ORDER BY u.rule_id, u.bucket FOR UPDATE OF u
"""
TAKE_BACK_SQL = """
UPDATE scheduling_ruleusage u SET used = greatest(0, u.used - d.amount)
FROM unnest(%(rule_ids)s::int8[], %(buckets)s::int8[], %(amounts)s::int8[]) d(rule_id, bucket, amount)
WHERE u.rule_id = d.rule_id AND u.bucket = d.bucket
"""


class Counters:
    """Collects what one transaction adds and takes back, and writes it last, in a fixed order."""

    def __init__(self) -> None:
        self._deltas: dict[tuple[int, int], int] = {}
        self._coming: list[Booking] = []
        self._leaving: list[int] = []

    def add(self, booking: Booking) -> None:
        """Note what a booking uses from now on; it is saved before this is written."""
        self._change(starmap(RuleUse, booking.rule_usage))
        if list_moments(booking):
            self._coming.append(booking)

    def take_back(self, booking: Booking) -> None:
        """Note what a booking uses no more."""
        self._change(use._replace(amount=-use.amount) for use in starmap(RuleUse, booking.rule_usage))
        if list_moments(booking):
            self._leaving.append(booking.pk)

    def _change(self, usage: Iterable[RuleUse]) -> None:
        for use in usage:
            if use.bucket is None:
                continue
            key = (use.rule_id, use.bucket)
            self._deltas[key] = self._deltas.get(key, 0) + use.amount

    def add_part(self, statement: Statement) -> None:
        """Let a statement with a part ``booking`` count what was added; nothing was taken back, or is of a moment."""
        added = sorted(self._deltas.items())
        if added:
            statement.add("usage", ADD_PART_SQL, _columns(added))
        self._deltas.clear()

    def write(self, *, is_override: bool = False) -> None:
        """Change the counters; PostgreSQL refuses one above its quota (SQLSTATE 23514).

        With ``is_override`` the quota of a full bucket grows by what is added.

        Raises:
            LostRace: A rule per moment has no room by now (unless it is overridden).
        """
        free_moments(self._leaving)
        take_moments(self._coming, is_override=is_override)
        self._coming, self._leaving = [], []
        added = sorted((key, amount) for key, amount in self._deltas.items() if amount > 0)
        returned = sorted((key, -amount) for key, amount in self._deltas.items() if amount < 0)
        with connection.cursor() as cursor:
            if returned:
                cursor.execute(LOCK_SQL, _columns(sorted(added + returned)))
                cursor.execute(TAKE_BACK_SQL, _columns(returned))
            if added:
                cursor.execute(ADD_SQL, {**_columns(added), "is_override": is_override})
        self._deltas.clear()


def lock_counters(uses: Iterable[RuleUse]) -> None:
    """Lock the counters of whoever writes them several times, in the order of `Counters.write`; new ones are at none.

    Who wrote them date by date would lock a week before the second day, and wait in a circle with somebody else who
    gives back that day first.
    """
    keys = sorted({(use.rule_id, use.bucket) for use in uses if use.bucket is not None})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(KEEP_SQL, _columns([(key, 0) for key in keys]))


def list_possible_usage(plan: Plan, starts: Iterable[datetime]) -> list[RuleUse]:
    """List what visits at any of ``starts`` may use of the rules, at each of their places, by any of their people."""
    minutes = [to_minutes(at) for at in starts]
    return [
        RuleUse(rule.id, bucket_key(rule.period, timezone, minute), 0)
        for location_id in plan.visits
        for rule in plan.list_rules(location_id)
        if rule.period is not RulePeriod.MOMENT
        for timezone in [plan.timetables.places[location_id].timezone]
        for minute in minutes
        if is_counted(rule.times, timezone, minute)
    ]


def list_usage(
    *, plan: Plan, location_id: int, visit: VisitSpec, start_minute: int, resource_ids: Iterable[int], party_size: int
) -> list[RuleUse]:
    """List what a visit, with the length that it has, uses of the rules that count it."""
    taken = set(resource_ids)
    timezone = plan.timetables.places[location_id].timezone
    return [
        RuleUse(
            rule_id=rule.id,
            bucket=None if rule.period is RulePeriod.MOMENT else bucket_key(rule.period, timezone, start_minute),
            amount=amount_of(rule.measure, minutes=visit.duration_minutes, units=party_size),
        )
        for rule in plan.list_rules(location_id)
        if (rule.scope is not RuleScope.RESOURCE or rule.resource_id in taken)
        and is_counted(rule.times, timezone, start_minute)
    ]


def _columns(deltas: Sequence[tuple[tuple[int, int], int]]) -> dict[str, list[int]]:
    return {
        "rule_ids": [key[0] for key, _ in deltas],
        "buckets": [key[1] for key, _ in deltas],
        "amounts": [amount for _, amount in deltas],
    }
