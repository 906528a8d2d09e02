"""Capacity rules: at most so many bookings, seats or minutes per hour, day or week, or at the same time."""

from collections.abc import Iterable

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, intersect, merge, stretches_above
from scheduling.engine.enums import Measure, RulePeriod
from scheduling.engine.types import CapacityRule
from scheduling.engine.walls import list_counted
from scheduling.engine.zone import list_stretches, offset_at

HOUR_MINUTES = 60
# 1970-01-05 was the first Monday; ISO 8601 weeks begin on Monday.
EPOCH_MONDAY = 4


def bucket_key(period: RulePeriod, timezone: str, start_minute: int) -> int:
    """Name the bucket to which a start belongs, in the rule's zone.

    A day's key is its local date as days since 1970-01-01, a week's is the key of
    its Monday. An hour's key is the instant at which the clock hour began, counted
    back with the offset of the start: a repeated hour is two hours.
    """
    offset = offset_at(timezone, start_minute)
    if period is RulePeriod.HOUR:
        return start_minute - (start_minute + offset) % HOUR_MINUTES
    day = (start_minute + offset) // DAY_MINUTES
    return day if period is RulePeriod.DAY else day - (day - EPOCH_MONDAY) % 7


def tally_usage(period: RulePeriod, timezone: str, starts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Sum (start minute, amount) pairs by bucket; the result fits ``CapacityRule.usage``."""
    usage: dict[int, int] = {}
    for start_minute, amount in starts:
        key = bucket_key(period, timezone, start_minute)
        usage[key] = usage.get(key, 0) + amount
    return usage


def usage_range(period: RulePeriod, timezone: str, from_minute: int, to_minute: int) -> Interval:
    """Tell which starts share a bucket with some start in ``[from, to)``: ``[first, last)``."""
    if to_minute <= from_minute:
        return from_minute, from_minute
    first = bucket_key(period, timezone, from_minute)
    last = bucket_key(period, timezone, to_minute - 1)
    if period is RulePeriod.HOUR:
        return first, last + HOUR_MINUTES
    days = 1 if period is RulePeriod.DAY else 7
    stretches = list_stretches(timezone, from_minute - 7 * DAY_MINUTES, to_minute + 7 * DAY_MINUTES)
    pieces = [
        (
            max(stretch.start, first * DAY_MINUTES - stretch.offset),
            min(stretch.end, (last + days) * DAY_MINUTES - stretch.offset),
        )
        for stretch in stretches
    ]
    held = [piece for piece in pieces if piece[0] < piece[1]]
    return held[0][0], held[-1][1]


def amount_of(measure: Measure, *, minutes: int, units: int) -> int:
    """Compute how much a visit adds to a bucket; ``minutes`` are its own, without buffers."""
    if measure is Measure.BOOKINGS:
        return 1
    return units if measure is Measure.SEATS else minutes


def list_full(
    rule: CapacityRule, amount: int, from_minute: int, to_minute: int, *, visit_minutes: int = 1
) -> list[Interval]:
    """List the starts in ``[from, to)`` that a rule forbids to a visit of ``amount`` that lasts ``visit_minutes``."""
    full = _list_full(rule, amount, from_minute, to_minute, visit_minutes)
    return intersect(full, list_counted(rule.times, rule.timezone, (from_minute, to_minute))) if full else []


def _list_full(rule: CapacityRule, amount: int, from_minute: int, to_minute: int, visit_minutes: int) -> list[Interval]:
    """Do it as if the rule counted every start."""
    if amount > rule.limit:
        return [(from_minute, to_minute)]
    if rule.period is RulePeriod.MOMENT:
        # A busy [s, e) is met by the visit [x, x + length) of a start x exactly when s - length < x < e.
        busy = stretches_above(sorted(rule.taken), rule.limit - amount)
        return merge((start - visit_minutes + 1, end) for start, end in busy)
    full = [key for key, used in rule.usage.items() if used + amount > rule.limit]
    if not full:
        return []
    stretches = list_stretches(rule.timezone, from_minute, to_minute)
    forbidden: list[Interval] = []
    for key in full:
        for stretch in stretches:
            start, end = _lay_bucket(rule.period, key, stretch.offset)
            start = max(start, stretch.start, from_minute)
            end = min(end, stretch.end, to_minute)
            if start < end:
                forbidden.append((start, end))
    return merge(forbidden)


def _lay_bucket(period: RulePeriod, key: int, offset: int) -> Interval:
    """Return the instants of a bucket while one offset holds; empty when it has none."""
    if period is RulePeriod.HOUR:
        return (key, key + HOUR_MINUTES) if (key + offset) % HOUR_MINUTES == 0 else (key, key)
    days = 1 if period is RulePeriod.DAY else 7
    return key * DAY_MINUTES - offset, (key + days) * DAY_MINUTES - offset


def find_end(
    rule: CapacityRule, amount: int, start_minute: int, horizon_minute: int, *, visit_minutes: int
) -> int | None:
    """Return until when a rule that forbids a start can do so; None: beyond the horizon.

    That is the end of its bucket, or of what takes its moment, or of the times that it counts.
    """
    (_, ends), *_ = list_counted(rule.times, rule.timezone, (start_minute, horizon_minute))
    if rule.period is RulePeriod.MOMENT:
        full = list_full(rule, amount, start_minute, horizon_minute, visit_minutes=visit_minutes)
        ends = min(ends, full[0][1])
    else:
        ends = min(ends, find_bucket_end(rule, start_minute))
    return ends if ends < horizon_minute else None


def find_bucket_end(rule: CapacityRule, start_minute: int) -> int:
    """Return the first instant after ``start_minute`` that lies in another bucket."""
    key = bucket_key(rule.period, rule.timezone, start_minute)
    # A bucket is at most a week long, so it ends in one of these stretches.
    stretches = list_stretches(rule.timezone, start_minute, start_minute + 8 * DAY_MINUTES)
    coming = [stretch for stretch in stretches if stretch.end > start_minute]
    laid = [(stretch, *_lay_bucket(rule.period, key, stretch.offset)) for stretch in coming]
    return next(max(end, stretch.start) for stretch, start, end in laid if end < stretch.end or start >= end)
