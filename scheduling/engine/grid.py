"""Where starts may lie: the alignment of the grid.

A grid is a mapping from a remainder (start modulo step) to the intervals in
which starts with that remainder are on the grid.
"""

from bisect import bisect_right

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, intersect, merge, subtract
from scheduling.engine.enums import Align
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.zone import list_stretches

Grid = dict[int, list[Interval]]


def lay_grid(inquiry: Inquiry) -> Grid:
    """Lay the grid of a visit over the asked range.

    ``period``: opening + k x step inside each opening period of a resource of
    the first part; breaks, time off and bookings do not restart it. ``gap``: the
    same from the start of every free gap inside those periods; the gap begins where the
    neighbor's occupied time ends, the visit's own buffer does not move it.
    ``clock``: wall minutes since local midnight, in the snapshot's zone, are a multiple of the step.
    """
    step = inquiry.visit.step_minutes
    if inquiry.visit.align is Align.CLOCK:
        return _lay_clock(inquiry, step)
    spans: set[Interval] = set()
    for resource_id in inquiry.visit.grid_pool or inquiry.visit.parts[0].pool:
        periods = inquiry.hours_of(resource_id).periods
        if inquiry.visit.align is Align.GAP:
            periods = _list_gaps(inquiry, resource_id, periods)
        spans.update(periods)
    by_remainder: Grid = {}
    for start, end in spans:
        by_remainder.setdefault(start % step, []).append((start, end))
    return {remainder: merge(intervals) for remainder, intervals in by_remainder.items()}


def list_on_grid(grid: Grid, step: int, allowed: list[Interval]) -> list[int]:
    """List the starts of ``allowed`` that are on the grid, sorted."""
    found: list[int] = []
    for remainder, intervals in grid.items():
        for start, end in intersect(intervals, allowed):
            found.extend(range(start + (remainder - start) % step, end, step))
    return sorted(set(found)) if len(grid) > 1 else found


def _list_gaps(inquiry: Inquiry, resource_id: int, periods: list[Interval]) -> list[Interval]:
    if not inquiry.fits_capacity(resource_id):
        return []
    free = subtract(inquiry.hours_of(resource_id).working, inquiry.taken_of(resource_id))
    gaps: list[Interval] = []
    # Each opening begins a gap of its own, or a shop that never closes would have no first one.
    for opens, closes in periods:
        index = max(bisect_right(free, (opens,)) - 1, 0)
        while index < len(free) and free[index][0] < closes:
            start, end = max(free[index][0], opens), min(free[index][1], closes)
            if start < end:
                gaps.append((start, end))
            index += 1
    return gaps


def _lay_clock(inquiry: Inquiry, step: int) -> Grid:
    from_minute, to_minute = inquiry.starts
    grid: Grid = {}
    for stretch in list_stretches(inquiry.snapshot.timezone, from_minute, to_minute):
        start = max(stretch.start, from_minute)
        end = min(stretch.end, to_minute)
        if start >= end:
            continue
        if DAY_MINUTES % step == 0:
            grid.setdefault(-stretch.offset % step, []).append((start, end))
            continue
        for day in range((start + stretch.offset) // DAY_MINUTES, (end + stretch.offset) // DAY_MINUTES + 1):
            midnight = day * DAY_MINUTES - stretch.offset
            piece = (max(start, midnight), min(end, midnight + DAY_MINUTES))
            if piece[0] < piece[1]:
                grid.setdefault(midnight % step, []).append(piece)
    return {remainder: merge(intervals) for remainder, intervals in grid.items()}
