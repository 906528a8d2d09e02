"""Nothing becomes silently impossible: hours do not shrink under bookings that lie in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from kernel.instants import to_instant
from scheduling.engine.hours import expand_hours
from scheduling.engine.interval import subtract
from scheduling.errors import BookingsInTheWay
from scheduling.models import Resource
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.selectors.catalog.usage import Piece, list_coming_pieces

Uncovered = Mapping[tuple[int, int], int]
"""(booking, resource) → minutes that lie outside of working time."""


@contextmanager
def keeping_bookings(
    resource_ids: Collection[int], *, now: datetime, field: str = "", is_at_stake: bool = True
) -> Iterator[None]:
    """Refuse what the block writes when it leaves more of a coming booking outside of working time than before.

    What staff put outside on purpose may stay there. Two queries while nothing is booked;
    two more for each location otherwise.

    Raises:
        BookingsInTheWay: Says how many; the caller's transaction undoes what was written.
    """
    pieces = list_coming_pieces(resource_ids, now=now) if is_at_stake else []
    if not pieces:
        yield
        return
    before = _measure(pieces)
    yield
    after = _measure(pieces)
    worse = {
        booking_id for (booking_id, resource_id), minutes in after.items() if minutes > before[booking_id, resource_id]
    }
    if worse:
        raise BookingsInTheWay(count=len(worse), field=field)


def _measure(pieces: Sequence[Piece]) -> Uncovered:
    by_resource: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_resource[piece.resource_id].append(piece)
    places = dict(Resource.objects.filter(pk__in=by_resource).values_list("pk", "location_id"))
    first, last = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    from_on, to_on = to_instant(first).date() - timedelta(days=1), to_instant(last).date() + timedelta(days=1)
    outside: dict[tuple[int, int], int] = defaultdict(int)
    for location_id in set(places.values()):
        timetables = load_timetables(location_id=location_id, from_on=from_on, to_on=to_on)
        for resource_id, resource in timetables.resources.items():
            if resource_id in by_resource:
                holidays = timetables.places[location_id].holidays
                working = expand_hours(resource, holidays, first, last).working
                for piece in by_resource[resource_id]:
                    left = subtract([(piece.start, piece.end)], working)
                    outside[piece.booking_id, resource_id] += sum(end - start for start, end in left)
    return outside
