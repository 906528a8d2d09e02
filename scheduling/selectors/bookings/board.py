"""The day board: a column for each resource, in five queries for any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Q

from kernel.instants import to_instant, to_minutes
from kernel.intervals import clip, merge, subtract
from scheduling.engine import Resource, expand_hours, to_minute
from scheduling.enums import BookingSource, BookingStatus
from scheduling.errors import LocationNotFound
from scheduling.models import Allocation, Booking
from scheduling.selectors.catalog.services import list_locations, list_resources
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.types import Board, BoardBlock, BoardColumn, Period, ResourceView

Owner = tuple[str, int]
"""("booking" or "session", its id)."""


def get_board(*, on: date, now: datetime, location_id: int | None = None) -> Board:
    """Return the board of a local date at a location (default: the first).

    Holds that ended are left out. A block is the column's part of the visit, without buffers.

    Raises:
        LocationNotFound: There is no such location.
    """
    places = [place for place in list_locations() if location_id in {None, place.id}]
    if not places:
        raise LocationNotFound
    place = places[0]
    first = to_minute(place.timezone, on, 0)
    last = to_minute(place.timezone, on + timedelta(days=1), 0)
    timetables = load_timetables(location_id=place.id, from_on=on, to_on=on)
    resources = list_resources(location_id=place.id)
    blocks = _load_blocks([resource.id for resource in resources], first, last, now)
    holidays = timetables.places[place.id].holidays
    columns = tuple(
        _make_column(resource, timetables.resources[resource.id], holidays, (first, last), blocks)
        for resource in resources
        if resource.id in timetables.resources
    )
    return Board(on=on, timezone=place.timezone, columns=columns)


def _make_column(
    view: ResourceView,
    resource: Resource,
    holidays: frozenset[date],
    day: tuple[int, int],
    blocks: Mapping[int, list[BoardBlock]],
) -> BoardColumn:
    hours = expand_hours(resource, holidays, *day)
    working, periods = clip(hours.working, *day), clip(merge(hours.periods), *day)
    own = tuple(blocks.get(view.id, ()))
    minutes = sum(end - start for start, end in working) * resource.capacity
    busy = sum(
        max(0, min(to_minutes(block.ends_at), day[1]) - max(to_minutes(block.starts_at), day[0])) for block in own
    )
    return BoardColumn(
        resource=view,
        working=_to_periods(working),
        breaks=_to_periods(subtract(periods, working)),
        blocks=own,
        load_percent=min(999, round(100 * busy / minutes)) if minutes else (100 if own else 0),
    )


def _load_blocks(resource_ids: list[int], first: int, last: int, now: datetime) -> dict[int, list[BoardBlock]]:
    rows = list(
        Allocation.objects.filter(
            Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
            resource_id__in=resource_ids,
            is_active=True,
            ends_at__gt=to_instant(first),
            starts_at__lt=to_instant(last),
        ).order_by("starts_at", "pk")
    )
    bookings = _load_bookings(rows, now)
    parts: dict[tuple[int, int, Owner], list[Allocation]] = {}
    for row in rows:
        parts.setdefault((row.resource_id, row.part_index, _owner_of(row)), []).append(row)
    blocks: dict[int, list[BoardBlock]] = {}
    for (resource_id, _part_index, owner), pieces in parts.items():
        blocks.setdefault(resource_id, []).extend(_make_block(booking, pieces) for booking in bookings.get(owner, ()))
    return blocks


def _owner_of(row: Allocation) -> Owner:
    """Return whose place a row is: a booking's own, or that of a group's session."""
    return ("booking", row.booking_id) if row.booking_id is not None else ("session", row.session_id or 0)


def _load_bookings(rows: Iterable[Allocation], now: datetime) -> dict[Owner, list[Booking]]:
    """Load the bookings behind the rows, by booking or session; one query."""
    rows = list(rows)
    found = Booking.objects.filter(
        Q(pk__in={row.booking_id for row in rows if row.booking_id})
        | Q(session_id__in={row.session_id for row in rows if row.session_id}),
        Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
        is_active=True,
    )
    by_owner: dict[Owner, list[Booking]] = {}
    for booking in found.select_related("service").order_by("pk"):
        owner: Owner = ("booking", booking.pk) if booking.session_id is None else ("session", booking.session_id)
        by_owner.setdefault(owner, []).append(booking)
    return by_owner


def _make_block(booking: Booking, pieces: list[Allocation]) -> BoardBlock:
    return BoardBlock(
        booking_id=booking.pk,
        reference=booking.reference,
        starts_at=max(min(piece.starts_at for piece in pieces), booking.starts_at),
        ends_at=min(max(piece.ends_at for piece in pieces), booking.ends_at),
        customer_name=booking.customer_name,
        service_name=booking.service.name,
        asset_label=booking.asset_label,
        status=BookingStatus(booking.status),
        is_attendance_confirmed=booking.attendance_confirmed_at is not None,
        source=BookingSource(booking.source),
        party_size=booking.party_size,
        arrival_mode=booking.arrival_mode,
        is_override=any(piece.is_override for piece in pieces),
    )


def _to_periods(intervals: Iterable[tuple[int, int]]) -> tuple[Period, ...]:
    return tuple((to_instant(start), to_instant(end)) for start, end in intervals)
