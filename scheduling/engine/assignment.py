"""Which resources serve a visit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from kernel.intervals import contains
from scheduling.engine.answers import Assignment, Candidate, LedgerEntry
from scheduling.engine.enums import Strategy
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.matching import find_filling
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
    resources: the first part takes its best by the strategy, the next its best of
    the rest, and so on, always so that the remaining places can still be
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
    ranked = [
        rank_pool(
            inquiry,
            part,
            [
                resource_id
                for resource_id in part.pool
                if resource_id not in excluding and contains(inquiry.free_starts(resource_id, part), start_minute)
            ],
            strategy,
            ledger,
        )
        for part in visit.parts
    ]
    for places in _list_fillings(visit, ranked):
        yield Candidate(_place(inquiry, places))


def _place(inquiry: Inquiry, filling: Sequence[tuple[int, int]]) -> tuple[Assignment, ...]:
    return place_at(inquiry.visit, inquiry.starts[0], filling, inquiry.snapshot.resources, inquiry.units)


def _list_fillings(visit: VisitSpec, ranked: Sequence[Sequence[int]]) -> Iterator[list[tuple[int, int]]]:
    """Fill all places in lexicographic order of rank, never entering a dead end."""
    yield from _fill(visit, ranked, visit.places, [])


def _fill(
    visit: VisitSpec, ranked: Sequence[Sequence[int]], places: Sequence[int], filled: list[tuple[int, int]]
) -> Iterator[list[tuple[int, int]]]:
    if not _can_finish(visit, ranked, places, filled):
        return
    if len(filled) == len(places):
        yield list(filled)
        return
    for resource_id in _options(visit, ranked, places, filled, len(filled)):
        filled.append((places[len(filled)], resource_id))
        yield from _fill(visit, ranked, places, filled)
        filled.pop()


def _options(
    visit: VisitSpec,
    ranked: Sequence[Sequence[int]],
    places: Sequence[int],
    filled: Sequence[tuple[int, int]],
    place: int,
) -> list[int]:
    """List who can still take a place: unused in its line, and ranked after its own part's last."""
    index = places[place]
    line = visit.parts[index].line
    used = {resource_id for part_index, resource_id in filled if visit.parts[part_index].line == line}
    order = ranked[index]
    if filled and filled[-1][0] == index:
        order = order[order.index(filled[-1][1]) + 1 :]
    return [resource_id for resource_id in order if resource_id not in used]


def _can_finish(
    visit: VisitSpec, ranked: Sequence[Sequence[int]], places: Sequence[int], filled: Sequence[tuple[int, int]]
) -> bool:
    by_line: dict[int, list[list[int]]] = {}
    for place in range(len(filled), len(places)):
        options = _options(visit, ranked, places, filled, place)
        by_line.setdefault(visit.parts[places[place]].line, []).append(options)
    return all(find_filling(options) is not None for options in by_line.values())


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
    """Give each place of a visit one of as many resources: in the order given where that fits.

    None when they do not fill the places, in whatever order.
    """
    places = visit.places
    if len(places) != len(resource_ids):
        return None
    pools = [visit.parts[index].pool for index in places]
    filling: Sequence[int] | None = resource_ids
    if not all(each in pool for pool, each in zip(pools, resource_ids, strict=True)):
        filling = find_filling([[each for each in resource_ids if each in pool] for pool in pools])
    return None if filling is None else list(zip(places, filling, strict=True))


def fill_blindly(visit: VisitSpec) -> Filling | None:
    """Give each place the first of its pool that fits beside the others of its line, whatever they do then.

    None when a line needs more resources than its pools have.
    """
    filled: list[tuple[int, int]] = []
    for line in sorted({part.line for part in visit.parts}):
        places = [index for index in visit.places if visit.parts[index].line == line]
        filling = find_filling([visit.parts[index].pool for index in places])
        if filling is None:
            return None
        filled += zip(places, filling, strict=True)
    return filled
