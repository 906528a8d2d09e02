"""In which minutes a whole visit could start: every part matched, whoever was chosen included."""

from collections.abc import Sequence

from kernel.intervals import Interval, covered_by, intersect
from scheduling.engine.filling.lineup import Lineup, can_fill
from scheduling.engine.inquiry import Inquiry


def find_free_starts(inquiry: Inquiry) -> list[Interval]:
    """List the starts for which enough resources are free for every part at once.

    Only resources are looked at (and their own rules), neither grid nor notice.
    Sessions that could be joined are not counted in.
    """
    lineup = inquiry.lineup
    if not lineup.is_possible:
        return []
    free = [inquiry.starts]
    for group, is_alone in zip(lineup.groups, lineup.are_alone, strict=True):
        for team in group:
            free = intersect(free, covered_by(_free_sets(inquiry, team), lineup.teams[team].quantity))
            if not free:
                return []
        if len(group) > 1:
            free = intersect(free, _match_starts(inquiry, group, is_alone=is_alone))
    return free


def _free_sets(inquiry: Inquiry, team: int) -> list[list[Interval]]:
    sets = (inquiry.team_starts(resource_id, team) for resource_id in inquiry.lineup.teams[team].pool)
    return [free for free in sets if free]


def _match_starts(inquiry: Inquiry, group: Sequence[int], *, is_alone: bool) -> list[Interval]:
    """Sweep over the minutes at which somebody becomes free or not, and match in between."""
    # Each (team, resource) has a bit: 1 while the resource could serve the team. A minute flips the bits
    # of whoever becomes free or not there, so between two such minutes the mask stays, and with it the
    # answer. A week repeats its masks: each is matched once, however many stretches have it.
    bits = [(team, resource_id) for team in group for resource_id in inquiry.lineup.teams[team].pool]
    toggles: dict[int, int] = {}
    for index, (team, resource_id) in enumerate(bits):
        for start, end in inquiry.team_starts(resource_id, team):
            toggles[start] = toggles.get(start, 0) ^ (1 << index)
            toggles[end] = toggles.get(end, 0) ^ (1 << index)
    lineup = inquiry.lineup
    wanted = [each for each in lineup.wanted if any(each in lineup.teams[team].pool for team in group)]
    known: dict[int, bool] = {}
    found: list[Interval] = []
    mask, is_open, opened_at = 0, False, 0
    for minute in sorted(toggles):
        mask ^= toggles[minute]
        is_possible = known.get(mask)
        if is_possible is None:
            options = _list_free(lineup, group, mask)
            is_possible = options is not None and can_fill(lineup, group, options, is_alone=is_alone, wanted=wanted)
            known[mask] = is_possible
        if is_possible and not is_open:
            opened_at = minute
        elif is_open and not is_possible:
            found.append((opened_at, minute))
        is_open = is_possible
    return found


def _list_free(lineup: Lineup, group: Sequence[int], mask: int) -> dict[int, list[list[int]]] | None:
    """List who can take each place of each team; None when a team has fewer than it needs."""
    options: dict[int, list[list[int]]] = {}
    shift = 0
    for team in group:
        _parts, pool, quantity = lineup.teams[team]
        free = [resource_id for index, resource_id in enumerate(pool) if mask >> (shift + index) & 1]
        if len(free) < quantity:
            return None
        options[team] = [free] * quantity
        shift += len(pool)
    return options
