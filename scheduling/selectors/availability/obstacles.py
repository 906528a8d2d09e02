"""What keeps staff from a time: who has whom until when, not only that it is taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from kernel.instants import DAY_MINUTES, to_instant, to_minutes
from scheduling.engine import Reason, ReasonCode, VisitSpec, explain, unbind
from scheduling.enums import BookingStatus
from scheduling.models import Allocation, Booking
from scheduling.selectors.availability.explanations import view_reasons
from scheduling.selectors.availability.free_times import find_moving
from scheduling.selectors.availability.lengths import check_fits, check_length
from scheduling.selectors.availability.occupancy import load_snapshots
from scheduling.selectors.availability.plans import Plan, keep_places, load_plan
from scheduling.types import Obstacle, SlotRequest, TakenBy

AHEAD_DAYS = 14
"""How far the answer looks for the end of each cause."""
TAKEN_CODES = frozenset({ReasonCode.BUSY, ReasonCode.SESSION_FULL, ReasonCode.OVER_CAPACITY})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """When a resource would be needed, in minutes since 1970-01-01T00:00Z; ``[first, last)`` is with buffers."""

    starts: int
    ends: int
    first: int
    last: int


def find_obstacles(
    *, request: SlotRequest, now: datetime, moving_booking_id: int | None = None, is_length_new: bool = False
) -> tuple[Obstacle, ...]:
    """List every cause why staff cannot have a start, with the bookings behind it; empty when it is free.

    Grid, notice and booking window bind customers alone, so they are no cause. With several
    locations, the causes of the first that offers the service. ``is_length_new``: the visit is to have the wish's own
    length, and has another one; where it names all who serve it now, each of them stays in their part.

    Raises:
        ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid, SetupInvalid: As `load_plan`; or it cannot
            last so long.
        BookingNotFound: There is no booking ``moving_booking_id``.
    """
    if is_length_new:
        check_length(request.wish.length_minutes)
    moving = None if moving_booking_id is None else find_moving(moving_booking_id)
    on, minute = request.starts_at.date(), to_minutes(request.starts_at)
    loaded = load_plan(
        wish=request.wish,
        from_on=on - timedelta(days=1),
        to_on=on + timedelta(days=AHEAD_DAYS + 1),
        is_party_free=True,
        is_agreed=moving is not None,
    )
    if is_length_new and request.wish.length_minutes is not None:
        check_fits(loaded, request.wish.length_minutes)
        if moving_booking_id is not None:
            loaded = _keep_servers(loaded, moving_booking_id)
    plan = replace(loaded, visits={each: _free(visit) for each, visit in loaded.visits.items()})
    starts = dict.fromkeys(plan.visits, (minute, minute + AHEAD_DAYS * DAY_MINUTES))
    answers: list[tuple[Obstacle, ...]] = []
    for location_id, snapshot in load_snapshots(plan=plan, starts=starts, now=now, moving=moving).items():
        visit = plan.visits[location_id]
        found = explain(snapshot, visit, minute, request.wish.party_size)
        if found.is_offered:
            return ()
        if not answers:
            views = view_reasons(found, plan, location_id)
            taken = _list_taken(visit, minute, found.reasons, now=now, moving_booking_id=moving_booking_id)
            answers.append(
                tuple(Obstacle(view, taken.get(reason, ())) for view, reason in zip(views, found.reasons, strict=True))
            )
    return answers[0]


def _keep_servers(plan: Plan, booking_id: int) -> Plan:
    """Return the plan for those who serve a booking, each in their part, where just these are asked for."""
    rows = Allocation.objects.filter(booking_id=booking_id, is_active=True)
    filling = set(rows.values_list("part_index", "resource_id"))
    is_theirs = {resource_id for _, resource_id in filling} == set(plan.wish.resource_ids)
    return (keep_places(plan, filling) if is_theirs else None) or plan


def _free(visit: VisitSpec) -> VisitSpec:
    return unbind(visit, is_any_minute=True)


def _list_taken(
    visit: VisitSpec,
    minute: int,
    reasons: Collection[Reason],
    *,
    now: datetime,
    moving_booking_id: int | None,
) -> Mapping[Reason, tuple[TakenBy, ...]]:
    """Find the bookings behind each reason that names a resource; two queries, or none."""
    wanted = {
        reason: _find_wanted(visit, minute, reason.part_index or 0) for reason in reasons if reason.code in TAKEN_CODES
    }
    pieces = [
        piece
        for piece in _load_pieces(wanted, now=now)
        if moving_booking_id is None or piece.booking_id != moving_booking_id
    ]
    bookings = _load_bookings(pieces, now=now)
    return {
        reason: tuple(
            _view(booking, piece, needed)
            for piece in pieces
            if piece.resource_id == reason.resource_id
            and to_minutes(piece.starts_at) < needed.last
            and needed.first < to_minutes(piece.ends_at)
            for booking in bookings.get((piece.booking_id, piece.session_id), ())[:1]
        )
        for reason, needed in wanted.items()
    }


def _find_wanted(visit: VisitSpec, minute: int, part_index: int) -> _Wanted:
    part = visit.parts[part_index]
    starts = minute + part.starts_after_minutes
    ends = starts + part.duration_minutes
    return _Wanted(starts, ends, starts - part.buffer_before_minutes, ends + part.buffer_after_minutes)


def _load_pieces(wanted: Mapping[Reason, _Wanted], *, now: datetime) -> list[Allocation]:
    if not wanted:
        return []
    return list(
        Allocation.objects.filter(
            Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
            resource_id__in={reason.resource_id for reason in wanted},
            is_active=True,
            starts_at__lt=to_instant(max(each.last for each in wanted.values())),
            ends_at__gt=to_instant(min(each.first for each in wanted.values())),
        ).order_by("starts_at", "pk")
    )


def _load_bookings(
    pieces: Collection[Allocation], *, now: datetime
) -> Mapping[tuple[int | None, int | None], list[Booking]]:
    """Load the bookings behind the pieces, by the two keys of a piece."""
    if not pieces:
        return {}
    rows = Booking.objects.filter(
        Q(pk__in={each.booking_id for each in pieces if each.booking_id})
        | Q(session_id__in={each.session_id for each in pieces if each.session_id}),
        Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
        is_active=True,
    )
    found: dict[tuple[int | None, int | None], list[Booking]] = {}
    for booking in rows.select_related("service").order_by("pk"):
        key = (booking.pk, None) if booking.session_id is None else (None, booking.session_id)
        found.setdefault(key, []).append(booking)
    return found


def _view(booking: Booking, piece: Allocation, needed: _Wanted) -> TakenBy:
    starts_at, ends_at = max(piece.starts_at, booking.starts_at), min(piece.ends_at, booking.ends_at)
    is_group = booking.session_id is not None
    is_met = to_minutes(starts_at) < needed.ends and needed.starts < to_minutes(ends_at)
    return TakenBy(
        booking_id=booking.pk,
        customer_name="" if is_group else booking.customer_name,
        service_name=booking.service.name,
        starts_at=starts_at,
        ends_at=ends_at,
        hold_expires_at=booking.hold_expires_at if booking.status == BookingStatus.HELD else None,
        is_margin=not is_met,
    )
