"""Nothing becomes silently impossible: hours do not shrink under bookings that lie in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from database.locks import lock_resources
from kernel.instants import to_instant, to_minutes
from kernel.intervals import subtract
from scheduling.engine import expand_hours
from scheduling.errors import BookingsInTheWay
from scheduling.models import Resource
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.selectors.catalog.usage import Piece, list_coming_pieces

ZONE_REACH = timedelta(hours=15)
"""A local date begins and ends at most so far from UTC's."""
DAY_REACH = timedelta(days=2)
"""Hours that begin on a date end at most on the next one."""
Uncovered = Mapping[tuple[int, int], int]
"""(booking, resource) → minutes that lie outside of working time."""


@contextmanager
def keeping_bookings(
    resource_ids: Collection[int],
    *,
    now: datetime,
    field: str = "",
    days: tuple[date, date] | None = None,
    is_at_stake: bool = True,
) -> Iterator[None]:
    """Refuse what the block writes when it leaves more of a coming booking outside of working time than before.

    What staff put outside on purpose may stay there. ``days`` are the first and last local date
    that the block can touch. The resources are locked: whoever books one now is counted. Three
    queries while nothing is booked; two more for each location otherwise.

    Raises:
        BookingsInTheWay: Says how many; the caller's transaction undoes what was written.
    """
    pieces = _list_pieces(resource_ids, days, now=now) if is_at_stake else []
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


def list_followers(location_id: int | None) -> list[int]:
    """List the active resources of a location, or of all: what holds there may hold for them."""
    resources = Resource.objects.filter(is_active=True)
    if location_id is not None:
        resources = resources.filter(location_id=location_id)
    return list(resources.values_list("pk", flat=True))


def _list_pieces(resource_ids: Collection[int], days: tuple[date, date] | None, *, now: datetime) -> list[Piece]:
    lock_resources(resource_ids)
    pieces = list_coming_pieces(resource_ids, now=now)
    if days is None:
        return pieces
    first = to_minutes(datetime.combine(days[0], time(), tzinfo=UTC) - ZONE_REACH)
    last = to_minutes(datetime.combine(days[1], time(), tzinfo=UTC) + DAY_REACH + ZONE_REACH)
    return [piece for piece in pieces if piece.start < last and piece.end > first]


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
