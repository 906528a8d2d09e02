"""In which order a strategy prefers resources that are all free."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from kernel.instants import DAY_MINUTES
from kernel.intervals import subtract
from scheduling.engine.answers import LedgerEntry
from scheduling.engine.enums import Strategy
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.types import Part
from scheduling.engine.zone import list_stretches


def make_weight(
    inquiry: Inquiry, part: Part, strategy: Strategy, ledger: Mapping[int, LedgerEntry]
) -> Callable[[int], Any]:
    """Return what weighs a free resource: the least is preferred; equals keep the order of the pool.

    ``fixed_order``: the pool's. ``least_busy``: the smallest share of its capacity
    taken on the local date of the start (snapshot's zone), buffers included.
    ``round_robin``: the smallest `LedgerEntry.turn`, no entry being one of weight 1 and no
    turn. ``pack_tightly``: the one that leaves
    fewest gaps too short for another such visit, then the smallest free gap around it, so
    that large gaps stay.
    """
    if strategy is Strategy.LEAST_BUSY:
        day = _day_of(inquiry)
        return lambda resource_id: _load_of(inquiry, resource_id, day)
    if strategy is Strategy.ROUND_ROBIN:
        return lambda resource_id: ledger.get(resource_id, LedgerEntry()).turn
    if strategy is Strategy.PACK_TIGHTLY:
        return lambda resource_id: _gap_around(inquiry, resource_id, part)
    return lambda _resource_id: 0


def _load_of(inquiry: Inquiry, resource_id: int, day: tuple[int, int]) -> Fraction:
    """Sum the taken unit-minutes of a day, given by its bounds, as a share of the capacity."""
    day_start, day_end = day
    capacity = inquiry.snapshot.resources[resource_id].capacity
    busy = list(inquiry.rows_of(resource_id))
    busy += [(start, end, capacity) for start, end in inquiry.session_holes.list_for(resource_id)]
    taken = sum(max(min(end, day_end) - max(start, day_start), 0) * units for start, end, units in busy)
    return Fraction(taken, capacity)


def _day_of(inquiry: Inquiry) -> tuple[int, int]:
    """Return where the local date of the start begins and ends."""
    start = inquiry.starts[0]
    stretches = list_stretches(inquiry.snapshot.timezone, start, start)
    offset = next(stretch.offset for stretch in stretches if start < stretch.end)
    day = (start + offset) // DAY_MINUTES
    pieces = [
        (
            max(stretch.start, day * DAY_MINUTES - stretch.offset),
            min(stretch.end, (day + 1) * DAY_MINUTES - stretch.offset),
        )
        for stretch in stretches
    ]
    held = [piece for piece in pieces if piece[0] < piece[1]]
    return held[0][0], held[-1][1]


def _gap_around(inquiry: Inquiry, resource_id: int, part: Part) -> tuple[int, int]:
    """Count the gaps that the part would leave unusable, and measure the free stretch in which it lies, in minutes."""
    begins = inquiry.starts[0] + part.starts_after_minutes
    occupied = part.occupied_at(inquiry.starts[0])
    length = occupied[1] - occupied[0]
    free = subtract(inquiry.hours_of(resource_id).working, inquiry.taken_of(resource_id))
    for start, end in free:
        if start <= begins < end:
            left_over = (occupied[0] - start, end - occupied[1])
            return sum(0 < minutes < length for minutes in left_over), end - start
    return 0, 0
