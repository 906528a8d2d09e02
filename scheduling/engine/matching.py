"""Who can fill which place, when pools overlap."""

from collections.abc import Collection, Sequence


def find_filling(places: Sequence[Collection[int]]) -> list[int] | None:
    """Give each place its own resource (a perfect matching); None when that is impossible.

    ``places`` holds for each place the resources that could fill it. Kuhn's
    augmenting paths (H. W. Kuhn, 1955): exact, where taking the first that is free is not.
    """
    place_of: dict[int, int] = {}
    for place in range(len(places)):
        if not _augment(places, place, place_of, set()):
            return None
    filling = {place: resource_id for resource_id, place in place_of.items()}
    return [filling[place] for place in range(len(places))]


def _augment(places: Sequence[Collection[int]], place: int, place_of: dict[int, int], seen: set[int]) -> bool:
    for resource_id in places[place]:
        if resource_id in seen:
            continue
        seen.add(resource_id)
        if resource_id not in place_of or _augment(places, place_of[resource_id], place_of, seen):
            place_of[resource_id] = place
            return True
    return False
