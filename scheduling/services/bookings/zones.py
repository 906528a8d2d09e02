"""Bookings keep the wall time that was agreed when a country changes its clocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TypeVar

from django.db.models import QuerySet

from database.errors import TooBusy
from database.locks import lock_resources
from database.transactions import run_write
from kernel.instants import DAY_MINUTES, to_minutes
from scheduling.engine import Assignment, EngineInputError, RulePeriod, bucket_key
from scheduling.enums import BookingEvent, BookingStatus, OverrideKind
from scheduling.models import Allocation, Booking, CapacityRule, Resource, Session, TimeOff
from scheduling.selectors.bookings.drifts import ABSENCE_UNNOTED, LARGEST_SHIFT, UNNOTED, Drift, list_drifts
from scheduling.services.writing.agreed import (
    ABSENCE_NOTED,
    NOTED,
    find_agreed_minute,
    is_noted,
    keep_wall_time,
    keep_walls,
    note_absences,
    note_wall_time,
)
from scheduling.services.writing.allocations import set_expiry
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import expire_hold
from scheduling.services.writing.lanes import cut_pieces, insert_pieces
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.types import SYSTEM, RuleUse
from tenants.services.due_work import add_due_work

BATCH = 200
Row = TypeVar("Row", Booking, TimeOff)


class Outcome(StrEnum):
    """What became of a booking whose zone has other rules now."""

    MOVED = "moved"
    CLASHING = "moved, over what is taken"
    LEFT = "left where it is"
    LISTED = "would move"


@dataclass(frozen=True, slots=True)
class ZoneReport:
    """What was done in one tenant.

    Attributes:
        noted: How many bookings and absences were written by something that does not know wall times, an old
            process during an upgrade or before it.
        absences: How many absences moved, or would.
    """

    noted: int
    outcomes: tuple[tuple[Drift, Outcome], ...]
    absences: int = 0


def follow_zone_changes(*, now: datetime, is_dry_run: bool) -> ZoneReport:
    """Move the coming bookings of the tenant to the instants of their agreed wall times; safe to repeat.

    Whatever stops one leaves the others their turn: each is a transaction of its own, a group moves as one. Where
    the resources are taken at the new instant a booking lies over it, as if staff had put it there: whoever comes,
    comes at the hour that was agreed. A dry run writes nothing.
    """
    if is_dry_run:
        listed = tuple((drift, Outcome.LISTED) for drift in list_drifts(now=now))
        return ZoneReport(0, listed, absences=_follow_absences(now=now, is_dry_run=True))
    noted = _note_wall_times()
    absences = _follow_absences(now=now, is_dry_run=False)
    for booking_id in Booking.objects.filter(is_active=True, hold_expires_at__lte=now).values_list("pk", flat=True):
        expire_hold(booking_id, now)
    by_session: dict[int, Outcome] = {}
    outcomes: list[tuple[Drift, Outcome]] = []
    for drift in list_drifts(now=now):
        outcome = by_session.get(drift.session_id) if drift.session_id is not None else None
        if outcome is None:
            outcome = _follow(drift, now)
        if drift.session_id is not None:
            by_session[drift.session_id] = outcome
        outcomes.append((drift, outcome))
    return ZoneReport(noted, tuple(outcomes), absences)


def _note_wall_times() -> int:
    """Note what the clock shows, by the rules of now, where that was not done for the present instants."""

    def note_bookings(rows: Sequence[Booking]) -> int:
        for booking in rows:
            note_wall_time(booking, timezone=booking.location.timezone)
        # No history: nothing was agreed anew.
        return Booking.objects.bulk_update(rows, NOTED)

    def note_rows(rows: Sequence[TimeOff]) -> int:
        note_absences(rows)
        return TimeOff.objects.bulk_update(rows, ABSENCE_NOTED)

    bookings = Booking.objects.filter(UNNOTED).select_related("location")
    return _change_locked(bookings, note_bookings) + _change_locked(TimeOff.objects.filter(ABSENCE_UNNOTED), note_rows)


def _follow_absences(*, now: datetime, is_dry_run: bool) -> int:
    """Move the absences that have not ended; on the wall nothing changes, so that nobody is told."""

    def move(rows: Sequence[TimeOff]) -> int:
        moved = [row for row in rows if keep_walls(row)]
        if not is_dry_run:
            TimeOff.objects.bulk_update(moved, ["starts_at", "ends_at", *ABSENCE_NOTED])
        return len(moved)

    coming = TimeOff.objects.filter(ends_at__gt=now - LARGEST_SHIFT).exclude(ABSENCE_UNNOTED)
    return move(list(coming)) if is_dry_run else _change_locked(coming, move)


def _change_locked(rows: QuerySet[Row], change: Callable[[Sequence[Row]], int]) -> int:
    """Change rows in batches, each locked in the order of its ids and read then; return how many were changed.

    Each batch is a transaction of its own: who moves a booking meanwhile waits for one batch, and is waited for.
    """
    ids = list(rows.order_by("pk").values_list("pk", flat=True))

    def work(*, is_pessimistic: bool, first: int = 0) -> int:  # noqa: ARG001 - all is locked every time
        batch = rows.filter(pk__in=ids[first : first + BATCH]).order_by("pk")
        return change(list(batch.select_for_update(of=("self",))))

    return sum(run_write(partial(work, first=first)) for first in range(0, len(ids), BATCH))


def _follow(drift: Drift, now: datetime) -> Outcome:
    if drift.wanted_at is None:
        return Outcome.LEFT

    def work(*, is_pessimistic: bool) -> Outcome:  # noqa: ARG001 - there is nothing to pick: all is locked every time
        return _move(drift, now)

    try:
        return run_write(work)
    except (TooBusy, EngineInputError):
        return Outcome.LEFT


def _move(drift: Drift, now: datetime) -> Outcome:
    """Move a booking, or a group, with all that it takes."""
    owner = {"session_id": drift.session_id} if drift.session_id is not None else {"booking_id": drift.booking_id}
    taken = Allocation.objects.filter(**owner, is_active=True).order_by("pk")
    lock_resources(taken.values_list("resource_id", flat=True))
    own = {"session_id": drift.session_id} if drift.session_id is not None else {"pk": drift.booking_id}
    bookings = list(Booking.objects.select_for_update(of=("self",)).filter(**own, is_active=True).order_by("pk"))
    if not all(map(is_noted, bookings)):
        return Outcome.LEFT  # moved a moment ago by an old process: the next run notes where to
    shifts = {find_agreed_minute(booking) - to_minutes(booking.starts_at) for booking in bookings}
    if shifts <= {0}:
        return Outcome.MOVED  # by another run, or not there any more
    if len(shifts) > 1 or abs(min(shifts)) > DAY_MINUTES:
        return Outcome.LEFT  # a group that was agreed by several clocks
    shift = timedelta(minutes=shifts.pop())
    session = None
    if drift.session_id is not None:
        session = Session.objects.select_for_update().get(pk=drift.session_id)
        session.starts_at, session.ends_at = session.starts_at + shift, session.ends_at + shift
        session.save(update_fields=["starts_at", "ends_at"])
    is_clashing = _shift_allocations(list(taken), shift, session=session, booking=bookings[0])
    counters = Counters()
    for booking in bookings:
        _write(booking, counters, is_clashing=is_clashing, now=now)
    counters.write(is_override=True)
    return Outcome.CLASHING if is_clashing else Outcome.MOVED


def _shift_allocations(
    rows: Sequence[Allocation], shift: timedelta, *, session: Session | None, booking: Booking
) -> bool:
    """Take the same resources at the new time; tell whether one of them is not free there."""
    Allocation.objects.filter(pk__in=[row.pk for row in rows]).delete()
    capacities = dict(Resource.objects.filter(pk__in={row.resource_id for row in rows}).values_list("pk", "capacity"))
    is_clashing = False
    for row in rows:
        starts_at, ends_at = row.starts_at + shift, row.ends_at + shift
        if row.is_override:
            row.pk, row.starts_at, row.ends_at = None, starts_at, ends_at
            row.save(force_insert=True)
            continue
        unit = Assignment(
            row.resource_id, row.part_index, to_minutes(starts_at), to_minutes(ends_at), units=1, is_whole=False
        )
        pieces = cut_pieces((unit,), {row.resource_id: capacities[row.resource_id]}, is_forced=True)
        owner = booking if session is None else None
        insert_pieces(pieces, session=session, booking=owner, hold_expires_at=row.hold_expires_at)
        is_clashing = is_clashing or any(piece.lane_id is None for piece in pieces)
    return is_clashing


def _write(booking: Booking, counters: Counters, *, is_clashing: bool, now: datetime) -> None:
    before = booking.starts_at
    keep_wall_time(booking)
    booking.sequence += 1
    if is_clashing and not booking.override_kind:
        booking.override_kind = OverrideKind.CLOCK
    usage = _follow_usage(booking)
    counters.take_back(booking)
    booking.rule_usage = usage
    counters.add(booking)
    is_shortened = (
        booking.status == BookingStatus.PENDING_APPROVAL
        and booking.hold_expires_at is not None
        and booking.hold_expires_at > booking.starts_at
    )
    if is_shortened:  # a request waits no longer than to its start
        booking.hold_expires_at = booking.starts_at
    extra = {"previous_starts_at": before.isoformat(), "is_clashing": is_clashing}
    record(booking, kind=BookingEvent.CLOCK_CHANGED, by=SYSTEM, now=now, extra=extra)
    if is_shortened:
        set_expiry(booking)
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=booking.starts_at, now=now)


def _follow_usage(booking: Booking) -> list[RuleUse]:
    """Return what a booking uses of rules; hours are named by their instant, dates stay what they are."""
    uses = [RuleUse(*use) for use in booking.rule_usage]
    hourly = _list_hourly(use.rule_id for use in uses)
    bucket = bucket_key(RulePeriod.HOUR, booking.location.timezone, to_minutes(booking.starts_at))
    return [use._replace(bucket=bucket) if use.rule_id in hourly else use for use in uses]


def _list_hourly(rule_ids: Iterable[int]) -> Collection[int]:
    rules = CapacityRule.objects.filter(pk__in=list(rule_ids), period=RulePeriod.HOUR.value)
    return set(rules.values_list("pk", flat=True))
