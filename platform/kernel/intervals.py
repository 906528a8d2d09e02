"""Sets of minutes as sorted, disjoint, half-open intervals."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice

Interval = tuple[int, int]
FOREVER = 2**60


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Unite intervals given in any order; touching ones become one, empty ones vanish."""
    merged: list[Interval] = []
    last_start = last_end = 0
    is_open = False
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if is_open and start <= last_end:
            last_end = max(last_end, end)
            continue
        if is_open:
            merged.append((last_start, last_end))
        last_start, last_end, is_open = start, end, True
    if is_open:
        merged.append((last_start, last_end))
    return merged


def subtract(whole: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """Remove ``holes`` from ``whole``, in one pass over both.

    ``holes`` must be sorted by start; they may overlap each other.
    """
    if not holes:
        return list(whole)
    left: list[Interval] = []
    keep = left.append
    index, count = 0, len(holes)
    for start, end in whole:
        cursor = start
        while index < count and holes[index][1] <= cursor:
            index += 1
        ahead = index
        while ahead < count:
            hole_start, hole_end = holes[ahead]
            if hole_start >= end:
                break
            if hole_start > cursor:
                keep((cursor, hole_start))
            if hole_end > cursor:
                cursor = hole_end
                if cursor >= end:
                    break
            ahead += 1
        if cursor < end:
            keep((cursor, end))
    return left


def intersect(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Keep what both have, in one pass over both."""
    if len(one) == 1:
        return clip(other, *one[0])
    if len(other) == 1:
        return clip(one, *other[0])
    both: list[Interval] = []
    firsts, seconds = iter(one), iter(other)
    first, second = next(firsts, None), next(seconds, None)
    while first and second:
        one_start, one_end = first
        other_start, other_end = second
        start = one_start if one_start > other_start else other_start  # noqa: FURB136 - half the time of max()
        if one_end < other_end:
            if start < one_end:
                both.append((start, one_end))
            first = next(firsts, None)
        else:
            if start < other_end:
                both.append((start, other_end))
            second = next(seconds, None)
    return both


def clip(intervals: Sequence[Interval], start: int, end: int) -> list[Interval]:
    """Keep what lies in ``[start, end)`` of sorted, disjoint intervals; only the outermost are cut."""
    first = bisect_left(intervals, (start,))
    if first and intervals[first - 1][1] > start:
        first -= 1
    last = bisect_left(intervals, (end,), first)
    clipped = list(intervals[first:last])
    if clipped:
        clipped[0] = (max(clipped[0][0], start), clipped[0][1])
        clipped[-1] = (clipped[-1][0], min(clipped[-1][1], end))
    return clipped


def list_gaps(starts: Sequence[int], ends: Sequence[int], reach_back: int, reach_on: int) -> list[Interval]:
    """Return what the holes ``[starts[i] - reach_back, ends[i] + reach_on)`` leave of all time.

    Both columns are sorted, so the holes may overlap: it is enough to look from each end to the
    next start. Without limit is ``-FOREVER`` … ``FOREVER``.
    """
    if not starts:
        return [(-FOREVER, FOREVER)]
    least = reach_back + reach_on
    gaps = [
        (end + reach_on, start - reach_back)
        for end, start in zip(ends, islice(starts, 1, None), strict=False)
        if start - end > least
    ]
    return [(-FOREVER, starts[0] - reach_back), *gaps, (ends[-1] + reach_on, FOREVER)]


def contains(intervals: Sequence[Interval], minute: int) -> bool:
    """Tell whether sorted, disjoint intervals have a minute."""
    index = bisect_left(intervals, (minute + 1,)) - 1
    return index >= 0 and minute < intervals[index][1]


def covered_by(sets: Sequence[Sequence[Interval]], quantity: int) -> list[Interval]:
    """Keep the minutes that at least ``quantity`` of the sets have."""
    if len(sets) < quantity:
        return []
    if quantity == 1:
        return list(sets[0]) if len(sets) == 1 else merge(piece for pieces in sets for piece in pieces)
    return stretches_above(((start, end, 1) for pieces in sets for start, end in pieces), quantity - 1)


def stretches_above(loads: Iterable[tuple[int, int, int]], limit: int) -> list[Interval]:
    """Find where the sum of overlapping (start, end, weight) loads exceeds ``limit``.

    ``limit`` must be >= 0.
    """
    steps: dict[int, int] = {}
    for start, end, weight in loads:
        if start < end:
            steps[start] = steps.get(start, 0) + weight
            steps[end] = steps.get(end, 0) - weight
    above: list[Interval] = []
    level = opened_at = 0
    for minute in sorted(steps):
        was_above = level > limit
        level += steps[minute]
        if level > limit and not was_above:
            opened_at = minute
        elif was_above and level <= limit:
            above.append((opened_at, minute))
    return above
