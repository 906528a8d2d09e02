"""Which resources serve a visit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

from kernel.intervals import contains
from scheduling.engine.answers import Assignment, Candidate, LedgerEntry
from scheduling.engine.enums import Strategy
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.lineup import Lineup, line_up, list_fillings
from scheduling.engine.ranking import rank_pool
from scheduling.engine.sessions import list_open_sessions
from scheduling.engine.types import Resource, Snapshot, VisitSpec
from scheduling.engine.visit import assignment_range

NO_LEDGER: Mapping[int, LedgerEntry] = MappingProxyType({})

Filling = Sequence[tuple[int, int]]
"""(part index, resource id) for each place of a visit."""


def assign(
    snapshot: Snapshot,
    visit: VisitSpec,
    start_minute: int,
    units: int = 1,
    *,
    strategy: Strategy = Strategy.FIXED_ORDER,
    ledger: Mapping[int, LedgerEntry] = NO_LEDGER,
    excluding: Collection[int] = frozenset(),
) -> Candidate | None:
    """Choose the resources that serve a visit; None when nothing fits.

    The first of `list_candidates`.

    Raises:
        EngineInputError: As `find_slots`.
    """
    candidates = list_candidates(
        snapshot, visit, start_minute, units, strategy=strategy, ledger=ledger, excluding=excluding
    )
    return next(candidates, None)


def list_candidates(
    snapshot: Snapshot,
    visit: VisitSpec,
    start_minute: int,
    units: int = 1,
    *,
    strategy: Strategy = Strategy.FIXED_ORDER,
    ledger: Mapping[int, LedgerEntry] = NO_LEDGER,
    excluding: Collection[int] = frozenset(),
) -> Iterator[Candidate]:
    """Go through every way to serve a visit, the best first, lazily.

    Sessions that can be joined come first, the fullest ahead. Then the free
    resources: the first part takes its best by the strategy (whoever was chosen ahead), the next its
    best of the rest, and so on, always so that the remaining places can still be
    filled (matching). Two candidates never differ only by who of a
    part's several resources is named first. After a conflict, a caller that knows
    who was taken asks again with it in ``excluding`` (or with a fresh snapshot).

    Only the resources and their own rules are looked at; ask `is_offered` for grid,
    notice, window and general rules. The snapshot must cover `assignment_range`.

    Raises:
        EngineInputError: As `find_slots`.
    """
    around = assignment_range(visit, start_minute)
    inquiry = Inquiry(snapshot, visit, (start_minute, start_minute + 1), units, around=around)
    opened = sorted(list_open_sessions(inquiry), key=lambda found: found.seats_left)
    for found in opened:
        if excluding and not {resource_id for _part, resource_id in found.places}.isdisjoint(excluding):
            continue
        yield Candidate(_place(inquiry, found.places), joins_session=True)
    if visit.seats is not None and units > visit.seats:
        return
    lineup = inquiry.lineup
    ranked = [
        _rank_team(inquiry, team, [each for each in lineup.teams[team].pool if each not in excluding], strategy, ledger)
        for team in range(len(lineup.teams))
    ]
    for places in list_fillings(lineup, ranked):
        yield Candidate(_place(inquiry, places))


def _rank_team(
    inquiry: Inquiry, team: int, pool: Sequence[int], strategy: Strategy, ledger: Mapping[int, LedgerEntry]
) -> list[int]:
    """List who is free for a team, by the strategy; whoever was chosen comes first."""
    start, first = inquiry.starts[0], inquiry.visit.parts[inquiry.lineup.teams[team].parts[0]]
    free = [resource_id for resource_id in pool if contains(inquiry.team_starts(resource_id, team), start)]
    ranked = rank_pool(inquiry, first, free, strategy, ledger)
    return sorted(ranked, key=lambda resource_id: resource_id not in inquiry.visit.chosen)


def _place(inquiry: Inquiry, filling: Sequence[tuple[int, int]]) -> tuple[Assignment, ...]:
    return place_at(inquiry.visit, inquiry.starts[0], filling, inquiry.snapshot.resources, inquiry.units)


def place_at(
    visit: VisitSpec,
    start_minute: int,
    filling: Iterable[tuple[int, int]],
    resources: Mapping[int, Resource],
    units: int,
) -> tuple[Assignment, ...]:
    """Let each resource of a filling take its part of the visit, buffers included; a group takes it whole."""
    is_whole = visit.seats is not None
    return tuple(
        Assignment(
            resource_id,
            part_index,
            *visit.parts[part_index].occupied_at(start_minute),
            units=resources[resource_id].capacity if is_whole else units,
            is_whole=is_whole,
        )
        for part_index, resource_id in filling
    )


def fill_in_order(visit: VisitSpec, resource_ids: Sequence[int]) -> Filling | None:
    """Fill each place of a visit with one of some resources, every one of them used.

    In the order given, place by place, where that fits; None when they do not fill the places.
    """
    lineup = line_up(replace(visit, chosen=frozenset()))
    given = list(dict.fromkeys(resource_ids))
    in_order = _match_in_order(lineup, resource_ids)
    if in_order is not None:
        return in_order
    ranked = [[each for each in given if each in team.pool] for team in lineup.teams]
    if not set(given) <= {each for team in lineup.teams for each in team.pool}:
        return None
    return next(list_fillings(lineup, ranked, given), None)


def fill_blindly(visit: VisitSpec) -> Filling | None:
    """Give each place the first of its pool that fits beside the others, whatever they do then.

    None when the visit needs more resources than its pools have.
    """
    lineup = line_up(visit)
    ranked = [sorted(team.pool, key=lambda each: each not in visit.chosen) for team in lineup.teams]
    return next(list_fillings(lineup, ranked), None)


def _match_in_order(lineup: Lineup, resource_ids: Sequence[int]) -> Filling | None:
    """Give each place of a team, in order, the resource at its position, if that is right for all."""
    places = lineup.places
    if len(places) != len(resource_ids) or not lineup.is_possible:
        return None
    pairs = list(zip(places, resource_ids, strict=True))
    if any(resource_id not in lineup.teams[team].pool for team, resource_id in pairs):
        return None
    if any(one[1] == other[1] and other[0] in lineup.rivals[one[0]] for one, other in combinations(pairs, 2)):
        return None
    return sorted((part, resource_id) for team, resource_id in pairs for part in lineup.teams[team].parts)
