"""The day board: a column for each resource, in five queries for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from kernel.instants import to_instant, to_minutes
from kernel.intervals import clip, merge, subtract
from scheduling.engine import Resource, expand_hours, to_minute
from scheduling.enums import BookingSource, BookingStatus
from scheduling.errors import LocationNotFound
from scheduling.models import Allocation, Booking
from scheduling.policies import find_delay, find_pause
from scheduling.selectors.bookings.views import list_views
from scheduling.selectors.catalog.services import list_locations, list_resources
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.types import Board, BoardBlock, BoardColumn, BookingView, LocationView, Period, ResourceView
from tenants.context import current_tenant
from verticals.registry import get_vertical

Owner = tuple[str, int]
"""("booking" or "session", its id)."""

AWAITED = (
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
)
"""Who comes, came or was to come; a hold, or what is still to be paid, is no visit yet."""
LOOK_AHEAD_DAYS = 60
"""How far a closed day looks for the next open one."""


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
    is_open = any(column.working or column.blocks for column in columns)
    next_open_on = None if is_open or not columns else _find_open_day(place, on)
    return Board(on=on, timezone=place.timezone, columns=columns, next_open_on=next_open_on)


def list_blocks(
    *, resource_id: int, from_on: date, to_on: date, timezone: str, now: datetime
) -> dict[date, list[BoardBlock]]:
    """Return a resource's blocks of some local dates, both included, by the date on which they begin; two queries."""
    first, last = to_minute(timezone, from_on, 0), to_minute(timezone, to_on + timedelta(days=1), 0)
    found: dict[date, list[BoardBlock]] = {}
    for block in _load_blocks([resource_id], first, last, now).get(resource_id, ()):
        found.setdefault(block.starts_at.astimezone(ZoneInfo(timezone)).date(), []).append(block)
    return found


def list_day_visits(
    *,
    on: date,
    timezone: str,
    now: datetime,
    location_id: int | None = None,
    resource_ids: Collection[int] | None = None,
) -> tuple[BookingView, ...]:
    """Return the visits that take place on a local date, in the order of time; as many queries for one as for many.

    Without ``location_id`` those of all places, without ``resource_ids`` whatever they take that day.
    """
    first = to_instant(to_minute(timezone, on, 0))
    last = to_instant(to_minute(timezone, on + timedelta(days=1), 0))
    found = Booking.objects.filter(
        Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
        status__in=AWAITED,
        ends_at__gt=first,
        starts_at__lt=last,
    )
    if location_id is not None:
        found = found.filter(location_id=location_id)
    if resource_ids is not None:
        taken = Allocation.objects.filter(
            resource_id__in=resource_ids, is_active=True, ends_at__gt=first, starts_at__lt=last
        )
        found = found.filter(
            Q(pk__in=taken.filter(booking_id__isnull=False).values("booking_id"))
            | Q(session_id__in=taken.filter(session_id__isnull=False).values("session_id"))
        )
    views = list_views(list(found.values_list("pk", flat=True)))
    return tuple(sorted(views, key=lambda view: (view.starts_at, view.id)))


def _find_open_day(place: LocationView, after: date) -> date | None:
    """Return the first local date after ``after`` on which anybody works; one query."""
    last_on = after + timedelta(days=LOOK_AHEAD_DAYS)
    timetables = load_timetables(location_id=place.id, from_on=after, to_on=last_on)
    first, last = (to_minute(place.timezone, on, 0) for on in (after + timedelta(days=1), last_on))
    holidays = timetables.places[place.id].holidays
    openings = (
        start
        for resource in timetables.resources.values()
        for start, end in clip(expand_hours(resource, holidays, first, last).working, first, last)
    )
    opens_at = min(openings, default=None)
    return None if opens_at is None else to_instant(opens_at).astimezone(ZoneInfo(place.timezone)).date()


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
        capacity=resource.capacity,
        open_minutes=minutes,
        taken_minutes=busy,
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
    identify = _get_identifier()
    parts: dict[tuple[int, int, Owner], list[Allocation]] = {}
    for row in rows:
        parts.setdefault((row.resource_id, row.part_index, _owner_of(row)), []).append(row)
    blocks: dict[int, list[BoardBlock]] = {}
    for (resource_id, _part_index, owner), pieces in parts.items():
        blocks.setdefault(resource_id, []).extend(
            _make_block(booking, pieces, identify(booking.asset_data)) for booking in bookings.get(owner, ())
        )
    return blocks


def _get_identifier() -> Callable[[Mapping[str, str]], str]:
    """Return what reads a plate, or what the trade has instead, from a booking's own copy of the asset."""
    asset = get_vertical(current_tenant().vertical).asset
    return asset.identifier if asset else lambda _values: ""


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


def _make_block(booking: Booking, pieces: list[Allocation], asset_identifier: str) -> BoardBlock:
    return BoardBlock(
        booking_id=booking.pk,
        reference=booking.reference,
        starts_at=max(min(piece.starts_at for piece in pieces), booking.starts_at),
        ends_at=min(max(piece.ends_at for piece in pieces), booking.ends_at),
        visit_starts_at=booking.starts_at,
        visit_ends_at=booking.ends_at,
        customer_name=booking.customer_name,
        customer_phone=booking.customer_phone,
        service_name=booking.service.name,
        asset_label=booking.asset_label,
        asset_identifier=asset_identifier,
        status=BookingStatus(booking.status),
        is_attendance_confirmed=booking.attendance_confirmed_at is not None,
        source=BookingSource(booking.source),
        party_size=booking.party_size,
        arrival_mode=booking.arrival_mode,
        is_override=any(piece.is_override for piece in pieces),
        pause=find_pause(booking),
        announced_minutes=find_delay(booking),
        is_reachable=bool(booking.customer_phone or booking.customer_email) and not booking.is_sample,
        is_last=max(piece.ends_at for piece in pieces) >= booking.ends_at,
        is_group=booking.session_id is not None,
        sequence=booking.sequence,
    )


def _to_periods(intervals: Iterable[tuple[int, int]]) -> tuple[Period, ...]:
    return tuple((to_instant(start), to_instant(end)) for start, end in intervals)
