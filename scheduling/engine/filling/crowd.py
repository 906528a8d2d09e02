"""Whether a crowd can take all places of a visit, where nobody may take two that are rivals.

People are told apart by the places they can take alone, so the work grows with the kinds of places (a part has one or
two) and not with who could take which. What counting refuses (Hall's condition, P. Hall, 1935) is not searched.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple


class Places(NamedTuple):
    """``number`` equal places; one person takes one at most of ``rivals`` (indices, its own too).

    ``people`` are those who could take one of them, each at most one.
    """

    number: int
    people: Collection[int]
    rivals: Collection[int]


def can_take_all(places: Sequence[Places], wanted: Collection[int]) -> bool:
    """Tell whether all places can be taken, each of ``wanted`` having one."""
    masks: dict[int, int] = dict.fromkeys(wanted, 0)
    for index, kind in enumerate(places):
        for each in kind.people:
            masks[each] = masks.get(each, 0) | 1 << index
    return _Crowd(places, masks, set(wanted)).can_take_all()


class _Crowd:
    """People one after the other: first those who need a place, then the others, the least useful first.

    Sets of kinds of places are bit masks.
    """

    def __init__(self, places: Sequence[Places], masks: dict[int, int], wanted: Collection[int]) -> None:
        self._needs = tuple(kind.number for kind in places)
        self._rivals = [sum(1 << other for other in kind.rivals) for kind in places]
        self._places = places
        first = sorted((masks[each] for each in wanted), key=int.bit_count)
        self._wanted = len(first)
        self._line = [*first, *self._list_others(mask for each, mask in masks.items() if each not in wanted)]
        self._sets: dict[int, list[int]] = {}
        self._able_each = [self._count_able(1 << index) for index in range(len(places))]
        self._able: dict[int, list[int]] = {}
        self._dead: set[tuple[int, tuple[int, ...]]] = set()

    def can_take_all(self) -> bool:
        if self._wanted > sum(self._needs) or not all(self._line[: self._wanted]):
            return False
        if not self._wanted and self._can_dive():
            return True
        cliques = list(_list_largest((1 << len(self._needs)) - 1, self._rivals))
        if not all(map(self._can_fill, cliques)):
            return False
        self._able = {clique: self._count_able(clique) for clique in cliques}
        return self._search(0, self._needs)

    def _list_others(self, masks: Iterable[int]) -> Iterator[int]:
        """Yield everybody else, of those who can do the same no more than there are places for."""
        for mask, people in sorted(Counter(masks).items(), key=lambda kind: (kind[0].bit_count(), kind[0])):
            yield from [mask] * min(people, sum(self._needs[index] for index in _list_bits(mask)))

    def _can_dive(self) -> bool:
        """Tell whether it works out when each takes what looks best; nothing is tried again."""
        needs = self._needs
        for position, mask in enumerate(self._line):
            left = mask & _mask_open(needs)
            if left:
                needs = _take(needs, self._sort_sets(self._list_sets(left), position, needs)[0])
        return not any(needs)

    def _can_fill(self, clique: int) -> bool:
        """Tell whether the places of rivals can be taken, as if there were no others."""
        pools = [self._places[index].people for index in _list_bits(clique) for _ in range(self._needs[index])]
        return find_filling(pools) is not None

    def _count_able(self, clique: int) -> list[int]:
        """Return for each position in the line how many from there on can take one of the places of rivals."""
        able = accumulate((bool(mask & clique) for mask in reversed(self._line)), initial=0)
        return list(able)[::-1]

    def _search(self, position: int, needs: tuple[int, ...]) -> bool:
        if position >= self._wanted and not any(needs):
            return True
        key = position, needs
        if key in self._dead or position == len(self._line) or self._is_short(position, needs):
            return False
        left = self._line[position] & _mask_open(needs)
        sets = self._list_sets(left) if left or position >= self._wanted else []
        if position < self._wanted - 1:
            # Who needs a place may have to leave others to the next of them.
            sets = list(_list_subsets(sets))
        if any(self._search(position + 1, _take(needs, each)) for each in self._sort_sets(sets, position, needs)):
            return True
        self._dead.add(key)
        return False

    def _is_short(self, position: int, needs: tuple[int, ...]) -> bool:
        """Tell whether fewer are left than places that only they can take, each of them one."""
        if self._wanted - position > sum(needs):
            return True
        if any(need > able[position] for need, able in zip(needs, self._able_each, strict=True)):
            return True
        return any(
            sum(needs[index] for index in _list_bits(clique)) > able[position] for clique, able in self._able.items()
        )

    def _sort_sets(self, sets: list[int], position: int, needs: Sequence[int]) -> list[int]:
        """Sort sets by how badly their places need somebody: what is open by who is left."""
        if len(sets) <= 1:
            return sets
        weights = [need / (1 + able[position + 1]) for need, able in zip(needs, self._able_each, strict=True)]
        return sorted(sets, key=lambda each: -sum(weights[index] for index in _list_bits(each)))

    def _list_sets(self, mask: int) -> list[int]:
        """List the largest sets of kinds among ``mask`` of which none are rivals."""
        if mask not in self._sets:
            self._sets[mask] = list(_list_largest(mask, [~rivals for rivals in self._rivals]))
        return self._sets[mask]


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


def _list_largest(mask: int, near: Sequence[int], taken: int = 0, passed: int = 0) -> Iterator[int]:
    """Yield the largest subsets of a mask of which each two are near (C. Bron and J. Kerbosch, 1973)."""
    if not mask and not passed:
        yield taken
    # Whatever is near the pivot is found with it.
    pivot = max(_list_bits(mask | passed), key=lambda index: (mask & near[index]).bit_count(), default=0)
    for index in _list_bits(mask & ~(near[pivot] & ~(1 << pivot))):
        bit = 1 << index
        yield from _list_largest(mask & near[index] & ~bit, near, taken | bit, passed & near[index] & ~bit)
        mask, passed = mask & ~bit, passed | bit


def _list_subsets(sets: Sequence[int]) -> Iterator[int]:
    """Yield the sets and all that is in them but nothing, each once, the largest of each set first."""
    known = {0}
    for each in sets:
        subset = each
        while subset:
            if subset not in known:
                known.add(subset)
                yield subset
            subset = (subset - 1) & each


def _list_bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


def _mask_open(needs: Sequence[int]) -> int:
    return sum(1 << index for index, need in enumerate(needs) if need)


def _take(needs: tuple[int, ...], taken: int) -> tuple[int, ...]:
    return tuple(need - (taken >> index & 1) for index, need in enumerate(needs))
