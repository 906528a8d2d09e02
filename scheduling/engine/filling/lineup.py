"""Who may serve a visit together: its parts as teams, and who stands in whose way.

A **team** fills one part, or several that have the same resources. Two teams are **rivals** when they
occupy some minute together: then they share nobody. Teams that are no rivals may share a resource.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from scheduling.engine.filling.crowd import Places, can_take_all, find_filling
from scheduling.engine.types import Part, VisitSpec


class Team(NamedTuple):
    """``quantity`` resources of ``pool``, which all its ``parts`` have (their indices, in order)."""

    parts: tuple[int, ...]
    pool: tuple[int, ...]
    quantity: int


class Lineup(NamedTuple):
    """The teams of a visit.

    ``rivals`` has for each team the indices of its rivals, itself included. ``wanted`` were chosen and have
    a place in more than one team: one at least must be theirs. Whoever was chosen and has a place in
    one team alone is a team of its own. ``groups`` are the indices of teams that can take somebody from one
    another, each group for itself; ``are_alone`` tells of each whether its teams can share nobody, so that
    matching them is all. ``places`` has the index of each team, as often as it needs a resource.
    ``is_possible`` is false when no start can satisfy it.
    """

    teams: tuple[Team, ...]
    rivals: tuple[frozenset[int], ...]
    wanted: frozenset[int]
    groups: tuple[tuple[int, ...], ...]
    are_alone: tuple[bool, ...]
    places: tuple[int, ...]
    is_possible: bool


Filled = Sequence[tuple[int, int]]
"""(team index, resource id) for places that have somebody."""


def line_up(visit: VisitSpec) -> Lineup:
    """Put the parts of a visit together as teams."""
    if len(visit.parts) == 1 and not visit.chosen:
        part = visit.parts[0]
        alone = Team((0,), part.pool, part.quantity)
        is_large = len(part.pool) >= part.quantity
        return Lineup((alone,), (frozenset({0}),), frozenset(), ((0,),), (True,), (0,) * part.quantity, is_large)
    teams = [_make_team(visit.parts, parts) for parts in _tie_parts(visit.parts)]
    is_possible = not any(
        _meet(visit.parts[one], visit.parts[other]) for team in teams for one, other in combinations(team.parts, 2)
    )
    teams, wanted, is_filled = _place_chosen(teams, visit.chosen)
    rivals = tuple(
        frozenset(
            other
            for other, beside in enumerate(teams)
            if other == index or any(_meet(visit.parts[p], visit.parts[q]) for p in team.parts for q in beside.parts)
        )
        for index, team in enumerate(teams)
    )
    is_possible = is_possible and is_filled and all(len(team.pool) >= team.quantity for team in teams)
    groups = _group(teams, rivals, wanted)
    are_alone = tuple(_is_alone(teams, rivals, group) for group in groups)
    places = tuple(index for index, team in enumerate(teams) for _ in range(team.quantity))
    return Lineup(tuple(teams), rivals, wanted, groups, are_alone, places, is_possible)


def list_servers(visit: VisitSpec) -> frozenset[int]:
    """Return everybody who could serve a part of a visit, beside those who were chosen."""
    return frozenset(resource_id for team in line_up(visit).teams for resource_id in team.pool)


def can_fill(
    lineup: Lineup,
    group: Sequence[int],
    options: Mapping[int, Sequence[Collection[int]]],
    *,
    is_alone: bool = False,
    wanted: Collection[int] = (),
    filled: Filled = (),
) -> bool:
    """Tell whether the places of a group of teams can all be filled, each of ``wanted`` having one.

    ``options`` has for each team who could take each of its places that are left; ``filled`` are those that
    have somebody. ``is_alone``: the teams of the group can share nobody.
    """
    if is_alone and not wanted and not filled:
        return find_filling([each for team in group for each in options[team]]) is not None
    places = [(team, each) for team in group for each in options[team]]
    missing = set(wanted) - {resource_id for _, resource_id in filled}
    if not all(each for _, each in places):
        return False
    if is_alone:
        # By Mendelsohn and Dulmage's theorem one filling does both when the places and the wanted can each be matched.
        pools = [_without_rivals(lineup, team, each, filled) if filled else each for team, each in places]
        return find_filling(pools) is not None and (not missing or _can_seat(missing, pools))
    kinds = Counter((team, frozenset(_without_rivals(lineup, team, each, filled))) for team, each in places)
    of_team = {team: [index for index, (other, _) in enumerate(kinds) if other == team] for team, _ in kinds}
    return can_take_all(
        [
            Places(count, people, [index for rival in lineup.rivals[team] for index in of_team.get(rival, ())])
            for (team, people), count in kinds.items()
        ],
        missing,
    )


def list_fillings(
    lineup: Lineup, ranked: Sequence[Sequence[int]], wanted: Collection[int] = ()
) -> Iterator[list[tuple[int, int]]]:
    """Fill all places in lexicographic order of rank, never entering a dead end.

    ``ranked`` has for each team who could serve it, the best first. Each filling lists (part index,
    resource id), in the order of the parts.
    """
    if not lineup.is_possible:
        return
    everybody = lineup.wanted | frozenset(wanted)
    for filled in _fill(lineup, ranked, everybody, []):
        yield sorted(
            ((part, resource_id) for team, resource_id in filled for part in lineup.teams[team].parts),
            key=lambda place: place[0],
        )


def _fill(
    lineup: Lineup, ranked: Sequence[Sequence[int]], wanted: frozenset[int], filled: list[tuple[int, int]]
) -> Iterator[list[tuple[int, int]]]:
    places = lineup.places
    if len(filled) == len(places):
        if wanted <= {resource_id for _, resource_id in filled}:
            yield list(filled)
        return
    if not _can_finish(lineup, ranked, wanted, filled):
        return
    team = places[len(filled)]
    for resource_id in _without_rivals(lineup, team, _rest(ranked, team, filled), filled):
        filled.append((team, resource_id))
        yield from _fill(lineup, ranked, wanted, filled)
        filled.pop()


def _rest(ranked: Sequence[Sequence[int]], team: int, filled: Filled) -> Sequence[int]:
    """List who may come next in a team: ranked after its last, or the same set would be named twice."""
    order = ranked[team]
    if filled and filled[-1][0] == team:
        return order[order.index(filled[-1][1]) + 1 :]
    return order


def _can_finish(lineup: Lineup, ranked: Sequence[Sequence[int]], wanted: frozenset[int], filled: Filled) -> bool:
    left = lineup.places[len(filled) :]
    groups = zip(lineup.groups, lineup.are_alone, strict=True)
    if not wanted <= lineup.wanted:
        groups = zip([tuple(range(len(lineup.teams)))], [False], strict=True)
    for group, is_alone in groups:
        if filled and filled[-1][0] not in group:
            continue  # whoever came last takes nobody from it
        options = {team: [_rest(ranked, team, filled)] * left.count(team) for team in group}
        theirs = wanted and {each for each in wanted if any(each in lineup.teams[team].pool for team in group)}
        if not theirs and len(group) == 1:
            (places,) = options.values()
            if places and len(places[0]) < len(places):
                return False
        elif not can_fill(lineup, group, options, is_alone=is_alone, wanted=theirs, filled=filled):
            return False
    return True


def _without_rivals(lineup: Lineup, team: int, options: Collection[int], filled: Filled) -> list[int]:
    used = {resource_id for other, resource_id in filled if other in lineup.rivals[team]}
    return [resource_id for resource_id in options if resource_id not in used]


def _is_alone(teams: Sequence[Team], rivals: Sequence[frozenset[int]], group: Sequence[int]) -> bool:
    """Tell whether no two teams of a group could share anybody, so that matching them is all."""
    return all(
        other in rivals[one] or set(teams[one].pool).isdisjoint(teams[other].pool)
        for one, other in combinations(group, 2)
    )


def _can_seat(wanted: Collection[int], pools: Sequence[Collection[int]]) -> bool:
    seats = [[index for index, pool in enumerate(pools) if each in pool] for each in wanted]
    return find_filling(seats) is not None


def _tie_parts(parts: Sequence[Part]) -> list[tuple[int, ...]]:
    """Group the parts that have the same resources, also through a third."""
    head = list(range(len(parts)))
    for index, part in enumerate(parts):
        if part.same_as is not None:
            ours, theirs = sorted((head[index], head[part.same_as]))
            head = [ours if each == theirs else each for each in head]
    return [tuple(index for index, each in enumerate(head) if each == first) for first in sorted(set(head))]


def _make_team(parts: Sequence[Part], indices: tuple[int, ...]) -> Team:
    first = parts[indices[0]]
    pool = tuple(each for each in first.pool if all(each in parts[index].pool for index in indices[1:]))
    return Team(indices, pool, first.quantity)


def _place_chosen(teams: Sequence[Team], chosen: Collection[int]) -> tuple[list[Team], frozenset[int], bool]:
    """Give whoever was chosen and has one possible team a place there; return the others, and whether all have one.

    Whom a place is given takes it from others, who may have one possible team left then.
    """
    placed, open_teams = list[Team](), list(teams)
    left = set(chosen)
    while True:
        homes = {each: [index for index, team in enumerate(open_teams) if each in team.pool] for each in left}
        settled = {each for each, found in homes.items() if len(found) == 1}
        if not settled:
            break
        left -= settled
        rest: list[Team] = []
        for team in open_teams:
            own = tuple(each for each in team.pool if each in settled)
            if own:
                placed.append(Team(team.parts, own, len(own)))
            if len(own) > team.quantity:
                return [*placed, *open_teams], frozenset(), False
            if team.quantity > len(own):
                others = tuple(each for each in team.pool if each not in own)
                rest.append(Team(team.parts, others, team.quantity - len(own)))
        open_teams = rest
    in_order = sorted([*placed, *open_teams], key=lambda team: team.parts)
    return in_order, frozenset(left), all(homes.values())


def _group(
    teams: Sequence[Team], rivals: Sequence[frozenset[int]], wanted: frozenset[int]
) -> tuple[tuple[int, ...], ...]:
    """Group the teams that compete for somebody, also through a third."""
    groups: list[list[int]] = []
    for index, team in enumerate(teams):
        pool = set(team.pool)
        near = [
            group
            for group in groups
            if any(
                not pool.isdisjoint(teams[other].pool)
                and (other in rivals[index] or not wanted.isdisjoint(pool.intersection(teams[other].pool)))
                for other in group
            )
        ]
        joined = sorted([index, *(member for group in near for member in group)])
        groups = [*(group for group in groups if group not in near), joined]
    return tuple(map(tuple, groups))


def _meet(one: Part, other: Part) -> bool:
    one_start, one_end = one.occupied_at(0)
    other_start, other_end = other.occupied_at(0)
    return max(one_start, other_start) < min(one_end, other_end)
