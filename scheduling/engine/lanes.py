"""Capacity above one as numbered lanes, each with at most one allocation per minute.

The database forbids two allocations that overlap on the same lane of a
resource. The engine counts units per minute instead, so a visit that
fits by count may have to change lanes on the way.
"""

from collections.abc import Sequence

# A lane's number, then the period [start, end) on it.
LanePiece = tuple[int, int, int]


def split_into_lanes(
    taken: Sequence[LanePiece], lane_count: int, start_minute: int, end_minute: int, units: int = 1
) -> list[LanePiece] | None:
    """Cut ``[start, end)`` into pieces so that every minute has ``units`` free lanes.

    Lanes are numbered from 0 to ``lane_count - 1``; ``taken`` holds what is on
    them already, in any order (other lanes are not looked at). Whenever no more
    than ``lane_count - units`` lanes are taken at each minute, it succeeds.
    A lane is kept until it ends; the next one is the lane that stays free
    longest, so there are as few pieces as can be. Ordered by start, then lane.
    Returns None when at some minute too few lanes are free.
    """
    # Why the longest is right: wherever a cutting that is as good changes lanes, the lane that stays free
    # longest can take the place of the one it chose, at least as far. Exchanged one by one, every cutting
    # becomes this one without another piece (the greedy argument of interval covering).
    if units < 1 or end_minute <= start_minute:
        return []
    ahead = _list_ahead(taken, lane_count, start_minute, end_minute)
    held: dict[int, int] = {}
    free_until: dict[int, int] = {}
    pieces: list[LanePiece] = []
    minute = start_minute
    while minute < end_minute:
        for lane, opened_at in list(held.items()):
            if free_until[lane] <= minute:
                pieces.append((lane, opened_at, minute))
                del held[lane]
        # The lane that lasted shortest has just ended, so at least one is missing.
        missing = units - len(held)
        free_until = {lane: _find_free_until(ahead[lane], minute, end_minute) for lane in ahead}
        spare = sorted(
            (lane for lane, until in free_until.items() if until > minute and lane not in held),
            key=lambda lane: (-free_until[lane], lane),
        )
        if len(spare) < missing:
            return None
        held.update(dict.fromkeys(spare[:missing], minute))
        minute = min(free_until[lane] for lane in held)
    pieces += [(lane, opened_at, end_minute) for lane, opened_at in held.items()]
    return sorted(pieces, key=lambda piece: (piece[1], piece[0]))


def _list_ahead(
    taken: Sequence[LanePiece], lane_count: int, start_minute: int, end_minute: int
) -> dict[int, list[tuple[int, int]]]:
    ahead: dict[int, list[tuple[int, int]]] = {lane: [] for lane in range(lane_count)}
    for lane, start, end in sorted(taken, key=lambda piece: piece[1]):
        if lane in ahead and start < end and start < end_minute and end > start_minute:
            ahead[lane].append((start, end))
    return ahead


def _find_free_until(periods: Sequence[tuple[int, int]], minute: int, end_minute: int) -> int:
    """Return until when a lane is free from ``minute`` on; ``minute`` itself when it is taken."""
    for start, end in periods:
        if start <= minute < end:
            return minute
        if start > minute:
            return start
    return end_minute
