"""What a service costs where it depends on who does it: the lowest and the highest price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


def range_prices(
    fillers: Iterable[tuple[int, int]], *, quantity: int, base: int | None, own: Mapping[int, int]
) -> tuple[int | None, int | None]:
    """Return the lowest and the highest price, by who fills the first requirement; of several the highest.

    Args:
        fillers: (resource id, location id) of whoever can.
        quantity: How many of them it takes, at one location.
        base: The price of whoever has none of their own; None: on request.
        own: Prices of single resources.
    """
    if base is None or not own:
        return base, base
    by_place: defaultdict[int, list[int]] = defaultdict(list)
    for resource_id, place in fillers:
        by_place[place].append(own.get(resource_id, base))
    able = [sorted(prices) for prices in by_place.values() if len(prices) >= quantity]
    if not able:
        return base, base
    return min(prices[quantity - 1] for prices in able), max(prices[-1] for prices in able)
