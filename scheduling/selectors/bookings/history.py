"""What happened to a booking, from the history that each change writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from kernel.instants import to_instant
from scheduling.engine import Assignment, EngineInputError, WallTime, find_wall
from scheduling.enums import BookingStatus
from scheduling.models import Allocation, Booking
from scheduling.policies import TAKEN_BACK
from scheduling.selectors.bookings.corrections import CORRECTABLE
from scheduling.types import Change

AGREED = 4
"""Columns of the time that was agreed."""


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A change of status or of time.

    Attributes:
        user_id: Who of the staff did it; None for customers and for the system.
        moved_from: The start before, when the step moved the booking.
        reason: What somebody typed, word for word; mostly empty.
        undone: The status that the step took back.
        cause: Of `CancelCause`, of a cancellation by staff.
        changes: What was corrected.
        pause: The pause into which the step put the visit; empty: it ended one. None: neither.
        late_minutes: So far behind the business said to be with the step; None: it said nothing.
    """

    at: datetime
    status: BookingStatus
    is_status_new: bool
    starts_at: datetime
    moved_from: datetime | None
    user_id: int | None
    reason: str
    undone: BookingStatus | None = None
    cause: str = ""
    changes: tuple[Change, ...] = ()
    pause: str | None = None
    late_minutes: int | None = None


def was_confirmed(*, booking_id: int) -> bool:
    """Tell whether a booking was confirmed at any time, whatever it is now. One query."""
    return bool(Booking.history.filter(id=booking_id, status=BookingStatus.CONFIRMED).exists())


def list_history(*, booking_id: int) -> tuple[HistoryStep, ...]:
    """List the changes of status and time, and corrections, oldest first. One query.

    Times are those that were agreed: when a country changes its clocks, nobody has moved the booking.
    """
    return list_histories([booking_id]).get(booking_id, ())


def list_histories(booking_ids: Collection[int]) -> dict[int, tuple[HistoryStep, ...]]:
    """Return the same of several bookings, by id. One query."""
    rows = (
        Booking.history.filter(id__in=booking_ids)
        .order_by("id", "history_date", "history_id")
        .values_list(
            "id",
            "history_date",
            "status",
            "starts_at",
            "history_user_id",
            "history_change_reason",
            "cancelled_cause",
            "agreed_timezone",
            "agreed_on",
            "agreed_minute",
            "agreed_fold",
            "pause_state",
            "late_minutes",
            *CORRECTABLE,
        )
    )
    return {booking_id: _list_steps(group) for booking_id, group in groupby(rows, key=itemgetter(0))}


def _list_steps(rows: Iterable[tuple[Any, ...]]) -> tuple[HistoryStep, ...]:
    steps: list[HistoryStep] = []
    last_status, last_start, last_pause, last_late = "", None, "", 0
    last_shown: tuple[Any, ...] = ()
    for _, at, status, instant, user_id, reason, cause, *more in rows:
        agreed, (pause, late), shown = more[:AGREED], more[AGREED : AGREED + 2], more[AGREED + 2 :]
        starts_at = _find_start(instant, *agreed)
        # What a hold is filled in with is no correction.
        changes = _list_changes(last_shown, shown) if status == last_status else ()
        is_moved = last_start is not None and starts_at != last_start
        paused = pause if status == last_status and pause != last_pause else None
        delayed = late if status == last_status and late != last_late else None
        if status != last_status or is_moved or changes or paused is not None or delayed is not None:
            steps.append(
                HistoryStep(
                    at=at,
                    status=BookingStatus(status),
                    is_status_new=status != last_status,
                    starts_at=starts_at,
                    moved_from=last_start if is_moved else None,
                    user_id=user_id,
                    reason=reason,
                    undone=BookingStatus(last_status) if _is_back(last_status, status) else None,
                    cause=cause if status == BookingStatus.CANCELLED and status != last_status else "",
                    changes=changes,
                    pause=paused,
                    late_minutes=delayed,
                )
            )
        last_status, last_start, last_shown = status, starts_at, tuple(shown)
        last_pause, last_late = pause, late
    return tuple(steps)


def _find_start(instant: datetime, timezone: str, on: date, minute: int, fold: int) -> datetime:
    """Return when the wall time that was agreed is, by the rules of now; the instant where none was noted."""
    with suppress(EngineInputError):
        return to_instant(find_wall(timezone, WallTime(on, minute, fold))) if timezone else instant
    return instant


@dataclass(frozen=True, slots=True)
class Past:
    """A booking as it was at a step, as far as a later one changed that."""

    status: BookingStatus
    hold_expires_at: datetime | None
    arrived_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastStep:
    """The step that a booking stands on.

    Attributes:
        before: How it was before that step; None: there was none.
        undone: What was taken back last, if nothing has happened since.
    """

    status: BookingStatus
    before: Past | None
    undone: BookingStatus | None


def find_last_step(*, booking_id: int) -> LastStep | None:
    """Return the step that can be undone; what was undone itself counts no more. One query."""
    rows = Booking.history.filter(id=booking_id).order_by("history_date", "history_id").values_list(*Past.__slots__)
    steps: list[Past] = []
    undone: BookingStatus | None = None
    for status, *times in rows:
        now = Past(BookingStatus(status), *times)
        if len(steps) > 1 and steps[-2].status == now.status and _is_back(steps[-1].status, now.status):
            undone = steps.pop().status
            steps[-1] = now
        elif steps and steps[-1].status == now.status:
            steps[-1] = now
        else:
            undone = None
            steps.append(now)
    if not steps:
        return None
    return LastStep(steps[-1].status, steps[-2] if len(steps) > 1 else None, undone)


def is_taken_since(
    *, booking_id: int, assignments: Sequence[Assignment], now: datetime, sequence: int | None = None
) -> bool:
    """Tell whether an active booking in the way of one that left came there after that one left.

    It left with the move that gave it ``sequence``; None: when it ended. Whoever was made, moved or restored since
    then has a ``sequence`` that its history did not know before.
    """
    steps = Booking.history.filter(id=booking_id)
    there = steps.filter(is_active=True) if sequence is None else steps.filter(sequence__lt=sequence)
    last = there.order_by("history_id").values_list("history_id", flat=True).last() or 0
    is_there = Q()
    for each in assignments:
        is_there |= Q(
            resource_id=each.resource_id,
            starts_minute__lt=each.occupied_end_minute,
            ends_minute__gt=each.occupied_start_minute,
        )
    taken = Allocation.objects.filter(is_there, is_active=True)
    owners = Q(pk__in=taken.values("booking_id")) | Q(session_id__in=taken.values("session_id"))
    in_the_way = Booking.objects.filter(owners, is_active=True).exclude(pk=booking_id)
    in_the_way = in_the_way.exclude(hold_expires_at__lte=now)
    ended = steps.filter(history_id__gt=last).order_by("history_id").values("history_id")[:1]
    before = Booking.history.filter(id=OuterRef("pk"), sequence=OuterRef("sequence"), is_active=True)
    return in_the_way.exclude(Exists(before.filter(history_id__lt=Subquery(ended)))).exists()


def _list_changes(before: Sequence[Any], after: Sequence[Any]) -> tuple[Change, ...]:
    pairs = zip(CORRECTABLE, before, after, strict=True)
    return tuple(Change(name, old, new) for name, old, new in pairs if old != new)


def _is_back(before: str, after: str) -> bool:
    """Tell whether a booking went back: no step of the table leads there."""
    return after in TAKEN_BACK.get(before, frozenset())
