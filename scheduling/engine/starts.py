"""In which minutes a whole visit could start: every part, every line, matched."""

from collections.abc import Sequence

from kernel.intervals import Interval, covered_by, intersect
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.matching import find_filling
from scheduling.engine.types import Part


def find_free_starts(inquiry: Inquiry) -> list[Interval]:
    """List the starts for which enough resources are free for every part at once.

    Only resources are looked at (and their own rules), neither grid nor notice.
    Sessions that could be joined are not counted in.
    """
    free = [inquiry.starts]
    for group in group_parts(inquiry.visit.parts):
        for part in group:
            free = intersect(free, covered_by(_free_sets(inquiry, part), part.quantity))
            if not free:
                return []
        if len(group) > 1:
            free = intersect(free, _match_starts(inquiry, group))
    return free


def group_parts(parts: Sequence[Part]) -> list[list[Part]]:
    """Group the parts that compete: same line, and pools that overlap, also through a third."""
    groups: list[tuple[int, set[int], list[Part]]] = []
    for part in parts:
        line, pool, members = part.line, set(part.pool), [part]
        apart: list[tuple[int, set[int], list[Part]]] = []
        for group in groups:
            if group[0] == line and not pool.isdisjoint(group[1]):
                pool |= group[1]
                members = group[2] + members
            else:
                apart.append(group)
        groups = [*apart, (line, pool, members)]
    return [members for _line, _pool, members in groups]


def _free_sets(inquiry: Inquiry, part: Part) -> list[list[Interval]]:
    sets = (inquiry.free_starts(resource_id, part) for resource_id in part.pool)
    return [free for free in sets if free]


def _match_starts(inquiry: Inquiry, group: Sequence[Part]) -> list[Interval]:
    """Sweep over the minutes at which somebody becomes free or not, and match in between."""
    # Each (part, resource) has a bit: 1 while the resource could start the part. A minute flips the bits
    # of whoever becomes free or not there, so between two such minutes the mask stays, and with it the
    # answer. A week repeats its masks: each is matched once, however many stretches have it.
    bits = [(part, resource_id) for part in group for resource_id in part.pool]
    toggles: dict[int, int] = {}
    for index, (part, resource_id) in enumerate(bits):
        for start, end in inquiry.free_starts(resource_id, part):
            toggles[start] = toggles.get(start, 0) ^ (1 << index)
            toggles[end] = toggles.get(end, 0) ^ (1 << index)
    known: dict[int, bool] = {}
    found: list[Interval] = []
    mask, is_open, opened_at = 0, False, 0
    for minute in sorted(toggles):
        mask ^= toggles[minute]
        is_possible = known.get(mask)
        if is_possible is None:
            is_possible = known[mask] = _can_match(group, mask)
        if is_possible and not is_open:
            opened_at = minute
        elif is_open and not is_possible:
            found.append((opened_at, minute))
        is_open = is_possible
    return found


def _can_match(group: Sequence[Part], mask: int) -> bool:
    places: list[list[int]] = []
    shift = 0
    for part in group:
        free = [resource_id for index, resource_id in enumerate(part.pool) if mask >> (shift + index) & 1]
        if len(free) < part.quantity:
            return False
        places += [free] * part.quantity
        shift += len(part.pool)
    return find_filling(places) is not None
