"""From resources that are known already to what they are taken for."""

from collections.abc import Iterable, Mapping, Sequence

from scheduling.engine.answers import Assignment
from scheduling.engine.matching import find_filling
from scheduling.engine.types import Resource, VisitSpec

Filling = Sequence[tuple[int, int]]
"""(part index, resource id) for each place of a visit."""


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
