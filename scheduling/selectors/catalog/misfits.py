"""How well coming bookings fit what the business has set up: what changes of the catalog are judged by.

Two measures, before and after a change, tell which bookings it leaves worse off. What staff put
outside of hours on purpose is as far outside afterwards, and so untouched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from kernel.instants import to_instant, to_minutes
from kernel.intervals import subtract
from scheduling.engine import expand_hours, to_wall
from scheduling.enums import MisfitKind
from scheduling.models import AddOn, Allocation, Booking, BookingLine, Requirement, Resource, RuleTake, RuleUsage
from scheduling.selectors.catalog.services import read_pool
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.selectors.catalog.usage import list_coming
from scheduling.types import Pool

WEEK_DAYS = 7


class Key(NamedTuple):
    """A cause for which a booking does not fit; ``about_id`` is a resource, or a rule, or 0 for none."""

    booking_id: int
    kind: MisfitKind
    about_id: int


Measure = Mapping[Key, int]
"""How badly: minutes, units or things; what fits is missing."""


class _Piece(NamedTuple):
    booking_id: int
    resource_id: int
    start: int
    end: int
    lane: int | None


@dataclass(frozen=True, slots=True)
class _ResourceRow:
    """What matters of a resource; ``is_active``: neither it nor its location is archived."""

    is_active: bool
    capacity: int
    location_id: int
    type_id: int
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Visit:
    """Where a booking is, and when it starts on the clock there."""

    location_id: int
    weekday: int
    minute: int

    def starts_within(self, hours: Sequence[Sequence[int]], latest_start_minute: int | None) -> bool:
        """Tell whether a service may start then; a period that closes before it opens reaches into the next day."""
        if latest_start_minute is not None and self.minute > latest_start_minute:
            return False
        return not hours or any(self._is_in(*period) for period in hours)

    def _is_in(self, weekday: int, opens: int, closes: int) -> bool:
        if opens < closes:
            return self.weekday == weekday and opens <= self.minute < closes
        is_evening = self.weekday == weekday and self.minute >= opens
        return is_evening or (self.weekday == (weekday + 1) % WEEK_DAYS and self.minute < closes)


@dataclass(frozen=True, slots=True)
class _Need:
    """So many of a pool, as a requirement says it."""

    quantity: int
    pool: Pool


def measure_fit(booking_ids: Collection[int]) -> Measure:
    """Measure some bookings; ten queries, and one more for each location, whatever their number."""
    if not booking_ids:
        return {}
    found: dict[Key, int] = defaultdict(int)
    pieces = _load_pieces(booking_ids)
    resources = _load_resources({piece.resource_id for piece in pieces})
    visits = _load_visits(booking_ids)
    standing: list[_Piece] = []
    for piece in pieces:
        row = resources[piece.resource_id]
        if not row.is_active or row.location_id != visits[piece.booking_id].location_id:
            found[Key(piece.booking_id, MisfitKind.GONE, piece.resource_id)] = 1
            continue
        standing.append(piece)
        if piece.lane is not None and piece.lane > row.capacity:
            found[Key(piece.booking_id, MisfitKind.CAPACITY, piece.resource_id)] = 1
    for piece, minutes in _list_outside(standing, resources):
        found[Key(piece.booking_id, MisfitKind.HOURS, piece.resource_id)] += minutes
    for booking_id, kind, amount in _list_wanting(visits, standing, resources):
        found[Key(booking_id, kind, 0)] += amount
    return {key: amount for key, amount in found.items() if amount}


def find_worse(before: Measure, after: Measure) -> frozenset[Key]:
    """Return the causes that a change added or made worse."""
    return frozenset(key for key, amount in after.items() if amount > before.get(key, 0))


def measure_limit(rule_id: int, *, now: datetime) -> Measure:
    """Measure which coming bookings are more than a rule allows: those that were made last; at most three queries.

    Of a rule for the same time those that found no lane.
    """
    beside = RuleTake.objects.filter(rule=rule_id, lane__isnull=True, booking__in=list_coming(now))
    found = {Key(each, MisfitKind.OVER_LIMIT, rule_id): 1 for each in beside.values_list("booking_id", flat=True)}
    full = {
        row.bucket: row.used - row.rule.limit
        for row in RuleUsage.objects.filter(rule=rule_id, rule__is_active=True).select_related("rule")
        if row.used > row.rule.limit
    }
    if not full:
        return found
    # PostgreSQL compares without order: what it finds too much, the loop leaves out.
    counted = list_coming(now).filter(rule_usage__contains=[[rule_id]]).order_by("-created_at", "-pk")
    for booking_id, usage in counted.values_list("pk", "rule_usage"):
        for each_id, bucket, amount in usage:
            if each_id == rule_id and full.get(bucket, 0) > 0:
                full[bucket] -= amount
                found[Key(booking_id, MisfitKind.OVER_LIMIT, rule_id)] = amount
    return found


def _load_visits(booking_ids: Collection[int]) -> Mapping[int, _Visit]:
    rows = Booking.objects.filter(pk__in=booking_ids).values_list(
        "pk", "location_id", "location__timezone", "starts_at"
    )
    visits: dict[int, _Visit] = {}
    for booking_id, location_id, timezone, starts_at in rows:
        wall = to_wall(timezone, to_minutes(starts_at))
        visits[booking_id] = _Visit(location_id, wall.on.weekday(), wall.minute)
    return visits


def _load_pieces(booking_ids: Collection[int]) -> list[_Piece]:
    active = Allocation.objects.filter(is_active=True)
    return [
        _Piece(*row)
        for path in ("booking", "session__bookings")
        for row in active.filter(**{f"{path}__in": booking_ids}).values_list(
            f"{path}__pk", "resource_id", "starts_minute", "ends_minute", "lane__number"
        )
    ]


def _load_resources(resource_ids: Collection[int]) -> Mapping[int, _ResourceRow]:
    columns = ("pk", "is_active", "location__is_active", "capacity", "location_id", "resource_type_id", "skills")
    return {
        resource_id: _ResourceRow(is_active and is_open, capacity, location_id, type_id, frozenset(skills))
        for resource_id, is_active, is_open, capacity, location_id, type_id, skills in Resource.objects.filter(
            pk__in=resource_ids
        ).values_list(*columns)
    }


def _list_outside(pieces: Collection[_Piece], resources: Mapping[int, _ResourceRow]) -> Iterator[tuple[_Piece, int]]:
    """List how many minutes of each piece lie outside of working time."""
    if not pieces:
        return
    by_resource: dict[int, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        by_resource[piece.resource_id].append(piece)
    first, last = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    from_on, to_on = to_instant(first).date() - timedelta(days=1), to_instant(last).date() + timedelta(days=1)
    for location_id in sorted({resources[each].location_id for each in by_resource}):
        timetables = load_timetables(location_id=location_id, from_on=from_on, to_on=to_on)
        holidays = timetables.places[location_id].holidays
        for resource_id, resource in timetables.resources.items():
            if resource_id in by_resource:
                working = expand_hours(resource, holidays, first, last).working
                for piece in by_resource[resource_id]:
                    left = subtract([(piece.start, piece.end)], working)
                    yield piece, sum(end - start for start, end in left)


def _list_wanting(
    visits: Mapping[int, _Visit], pieces: Collection[_Piece], resources: Mapping[int, _ResourceRow]
) -> Iterator[tuple[int, MisfitKind, int]]:
    """List of each line what is archived of it, how many of what it requires are missing, and a start out of time."""
    taken: dict[int, set[int]] = defaultdict(set)
    for piece in pieces:
        taken[piece.booking_id].add(piece.resource_id)
    lines = list(
        BookingLine.objects.filter(booking__in=visits).values_list(
            "booking_id",
            "service_id",
            "service__is_active",
            "add_ons",
            "position",
            "service__bookable_hours",
            "service__latest_start_minute",
        )
    )
    needs = _load_needs({service_id for _, service_id, *_ in lines})
    ended = _list_ended_add_ons(each["id"] for _, _, _, add_ons, *_ in lines for each in add_ons)
    for booking_id, service_id, is_active, add_ons, position, hours, latest in lines:
        if position == 0 and not visits[booking_id].starts_within(hours, latest):
            yield booking_id, MisfitKind.START, 1
        yield booking_id, MisfitKind.ENDED, (not is_active) + sum(each["id"] in ended for each in add_ons)
        for need in needs.get(service_id, ()):
            has = sum(
                need.pool.has(each, resources[each].type_id, resources[each].skills) for each in taken[booking_id]
            )
            yield booking_id, MisfitKind.LACKING, max(0, need.quantity - has)


def _list_ended_add_ons(add_on_ids: Iterable[int]) -> frozenset[int]:
    return frozenset(AddOn.objects.filter(pk__in=set(add_on_ids), is_active=False).values_list("pk", flat=True))


def _load_needs(service_ids: Collection[int]) -> Mapping[int, list[_Need]]:
    needs: dict[int, list[_Need]] = defaultdict(list)
    for row in Requirement.objects.filter(service__in=service_ids).prefetch_related("named"):
        needs[row.service_id].append(_Need(row.quantity, read_pool(row)))
    return needs
