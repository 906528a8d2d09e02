"""Which resources serve a visit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from itertools import combinations
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from kernel.intervals import contains, subtract
from scheduling.engine.answers import Assignment, Candidate, LedgerEntry
from scheduling.engine.enums import Strategy
from scheduling.engine.filling.lineup import Lineup, line_up, list_fillings
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.ranking import make_weight
from scheduling.engine.sessions import list_open_sessions
from scheduling.engine.types import Resource, Snapshot, VisitSpec
from scheduling.engine.visit import assignment_range, list_lengths, settle_length

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

    Only the resources and the rules are looked at; ask `is_offered` for grid, notice and
    window. A general rule may have room for a shorter visit alone: then only those who are as quick
    serve it. The snapshot must cover `assignment_range`.

    Raises:
        EngineInputError: As `find_slots`.
    """
    starts, around = (start_minute, start_minute + 1), assignment_range(visit, start_minute)
    asked = [Inquiry(snapshot, each, starts, units, around=around) for each in list_lengths(visit)]
    inquiries = [each for each in asked if subtract([starts], each.rule_holes_of(None))]
    opened = [
        (found.seats_left, order, found)
        for order, each in enumerate(inquiries)
        for found in list_open_sessions(each)
        if _has_length(visit, each, found.places)
    ]
    for _, order, found in sorted(opened, key=lambda each: each[:2]):
        if excluding and not {resource_id for _part, resource_id in found.places}.isdisjoint(excluding):
            continue
        yield Candidate(_place(inquiries[order], found.places), joins_session=True, visit=inquiries[order].visit)
    if visit.seats is not None and units > visit.seats:
        return
    yield from _merge([_list_free(visit, each, strategy, ledger, excluding) for each in inquiries])


Ranked = tuple[list[object], Candidate]
"""What a candidate is preferred by, place by place, the least first; and the candidate."""


def _merge(found: Sequence[Iterator[Ranked]]) -> Iterator[Candidate]:
    """Go through the candidates of each length of a visit, by who begins it; the shortest first of equals."""
    ranked = found[0] if len(found) == 1 else merge(*found, key=itemgetter(0))
    for _, candidate in ranked:
        yield candidate


def _has_length(visit: VisitSpec, inquiry: Inquiry, filling: Filling) -> bool:
    """Tell whether a filling has the length of the inquiry, and no shorter one already.

    Of several services together each length stands for itself: who is quicker moves what comes after.
    """
    if len(visit.lengths) < 2 or len(visit.first_parts) > 1:  # noqa: PLR2004 - two are different
        return True
    return settle_length(visit, filling).duration_minutes == inquiry.visit.duration_minutes


def _list_free(
    visit: VisitSpec,
    inquiry: Inquiry,
    strategy: Strategy,
    ledger: Mapping[int, LedgerEntry],
    excluding: Collection[int],
) -> Iterator[Ranked]:
    lineup, begins = inquiry.lineup, inquiry.visit.grid_pool
    ranked = [
        _rank_team(inquiry, team, [each for each in lineup.teams[team].pool if each not in excluding], strategy, ledger)
        for team in range(len(lineup.teams))
    ]
    for places in list_fillings(lineup, [[each for _, each in team] for team in ranked]):
        if not _has_length(visit, inquiry, places):
            continue
        keys: list[object] = []
        if begins:  # Only a visit of several lengths is compared with itself.
            first = [resource_id for part, resource_id in places if part == 0]
            teams = zip(lineup.teams, ranked, strict=True)
            known = {each: key for team, order in teams if team.parts[0] == 0 for key, each in order}
            keys = [(known[each], begins.index(each)) for each in first]
        yield keys, Candidate(_place(inquiry, places), visit=inquiry.visit)


def _rank_team(
    inquiry: Inquiry, team: int, pool: Sequence[int], strategy: Strategy, ledger: Mapping[int, LedgerEntry]
) -> list[tuple[Any, int]]:
    """List who is free for a team with what the strategy goes by, the best first; whoever was chosen before others."""
    start, first = inquiry.starts[0], inquiry.visit.parts[inquiry.lineup.teams[team].parts[0]]
    free = [resource_id for resource_id in pool if contains(inquiry.team_starts(resource_id, team), start)]
    weigh = make_weight(inquiry, first, strategy, ledger)
    chosen = inquiry.visit.chosen
    return sorted((((each not in chosen, weigh(each)), each) for each in free), key=itemgetter(0))


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
    for each in list_lengths(replace(visit, chosen=frozenset())):
        filling = _fill_in_order(line_up(each), resource_ids)
        if filling is not None:
            return filling
    return None


def _fill_in_order(lineup: Lineup, resource_ids: Sequence[int]) -> Filling | None:
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
