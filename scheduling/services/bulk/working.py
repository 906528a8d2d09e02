"""What a worker does with a decision about many bookings: one after the other, each a transaction of its own.

A worker that is killed leaves whole bookings behind, and the next one goes on after them: what became of a booking, and
that it was done, are committed together.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.db.models import Q, QuerySet

from database.errors import TooBusy
from database.transactions import run_write
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.text import mark
from scheduling.enums import ActorKind, BookingStatus, BulkOutcome, BulkRowState, BulkState, OverrideKind
from scheduling.errors import BookingChanged, BookingNotFound, SlotInPast, SlotTaken, SlotUnavailable
from scheduling.models import BulkAct, BulkRow
from scheduling.services.aftercare.conversations import write_as_staff
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.services.bulk.steps import DUE_KIND
from scheduling.services.changes.applying import Kept, keep_in_place, undo_keeping
from scheduling.services.editions import share_edition
from scheduling.services.writing.events import describe_notice
from scheduling.services.writing.lookups import check_seen, read_booking
from scheduling.types import Actor, Notice
from tenants import hooks
from tenants.errors import RetryLater

TURN_SECONDS = 60
AT_ONCE, AT_ONCE_SECONDS = 25, 4
"""So many are done while whoever decided waits for the page."""
KEPT = "kept"
"""Where a row of a booking that stays has what that said before and since, each as `Kept`."""
MOST_TRIES = 3
"""So often a booking is tried whose new time is taken: another one of the same decision may still leave it."""

CANCELED_BY_CUSTOMER = mark("The customer canceled it meanwhile.")
CANCELED = mark("It was canceled meanwhile.")
CHANGED = mark("Somebody changed it meanwhile: look at it again.")
TAKEN = mark("Somebody took that time meanwhile.")
PAST = mark("That time has passed.")
GONE = mark("It is no longer there.")
REFUSED = mark("It can no longer be moved or canceled.")
BUSY = mark("Too many were booking at that moment: try it again.")

FAILURES: tuple[tuple[type[Exception], str, bool], ...] = (
    (BookingNotFound, GONE, False),
    (SlotInPast, PAST, False),
    (SlotTaken, TAKEN, True),
    (SlotUnavailable, TAKEN, True),
    (TooBusy, BUSY, True),
)
"""What is said of what stood in the way, and whether it may be another one of the same decision that makes room."""


def register() -> None:
    """Take on the work, and leave it out of copies."""
    hooks.register_due_handler(DUE_KIND, work_on, takes_long=True)
    for name in ("BulkAct", "BulkRow"):
        hooks.register_export_rules(
            [hooks.ExportRule(f"scheduling.{name}", left_out="what became of each booking is in its own history")]
        )


def work_on(act_id: int, now: datetime) -> None:  # noqa: ARG001 - each booking has its own moment
    """Do what is due of a decision; a handler of due work.

    Raises:
        RetryLater: There is more of it than one turn does.
    """
    ends = time.monotonic() + TURN_SECONDS
    while work_row(act_id, now=utc_now()):
        if time.monotonic() > ends:
            raise RetryLater(at=utc_now())


def work_at_once(*, act_id: int) -> None:
    """Do the first bookings while whoever decided waits; a worker does the others."""
    ends = time.monotonic() + AT_ONCE_SECONDS
    for _ in range(AT_ONCE):
        if not work_row(act_id, now=utc_now()) or time.monotonic() > ends:
            return


def work_row(act_id: int, *, now: datetime) -> bool:
    """Do, or undo, the next booking of a decision, and tell whether there may be more."""

    def work(*, is_pessimistic: bool) -> bool:  # noqa: ARG001 - the services inside look again with all locks
        # As everybody who books: the edition first, then what one works on, then what is booked.
        share_edition()
        act = BulkAct.objects.select_for_update().filter(pk=act_id).first()
        if act is None:
            return False
        by = Actor(kind=ActorKind.STAFF, user_id=act.by_id if act.state == BulkState.RUNNING else act.undone_by_id)
        if act.state == BulkState.RUNNING:
            row = _list_waiting(act).first()
            return _finish(act, BulkState.DONE, now) if row is None else _do(row, act, by=by, now=now)
        if act.state == BulkState.UNDOING:
            row = _list_done(act).first()
            return _finish(act, BulkState.UNDONE, now) if row is None else _undo(row, act, by=by, now=now)
        return False

    return run_write(work)


def _list_waiting(act: BulkAct) -> QuerySet[BulkRow]:
    return act.rows.filter(state=BulkRowState.WAITING).order_by("tries", "number")


def _list_done(act: BulkAct) -> QuerySet[BulkRow]:
    """List what can still be undone, the last one first; what could not has a try."""
    is_undoable = Q(outcome__in=(BulkOutcome.MOVE, BulkOutcome.CANCEL)) | Q(bundle__has_key=KEPT)
    rows = act.rows.filter(is_undoable, state=BulkRowState.DONE, tries__lt=MOST_TRIES)
    return rows.order_by("tries", "-number")


def _finish(act: BulkAct, state: BulkState, now: datetime) -> bool:
    act.state, act.finished_at = state, act.finished_at or now
    act.save(update_fields=["state", "finished_at"])
    return False


def _do(row: BulkRow, act: BulkAct, *, by: Actor, now: datetime) -> bool:
    """Do what was decided about a booking; note why not where it cannot be."""
    reason, is_again = _try(lambda: _perform(row, act, by=by, now=now), row.booking_id, now)
    row.reason = reason
    if not reason:
        row.state = BulkRowState.DONE
        row.done_sequence = read_booking(now=now, booking_id=row.booking_id).sequence
    else:
        row.tries += 1
        if not is_again or row.tries >= MOST_TRIES:
            row.state = BulkRowState.REFUSED
    row.save()
    return True


def _try(step: Callable[[], None], booking_id: int, now: datetime) -> tuple[str, bool]:
    """Take a step; return why it could not be taken (empty: it was), and whether it may be later."""
    try:
        step()
    except BookingChanged:
        return _say_change(booking_id, now), False
    except (Conflict, Forbidden, Invalid, NotFound, TooBusy) as error:
        return next(((text, again) for kind, text, again in FAILURES if isinstance(error, kind)), (REFUSED, False))
    return "", False


def _perform(row: BulkRow, act: BulkAct, *, by: Actor, now: datetime) -> None:
    extra = _describe(row, act)
    booking_id, sequence = row.booking_id, row.sequence
    match row.outcome:
        case BulkOutcome.MOVE:
            booking = read_booking(now=now, booking_id=booking_id)
            check_seen(booking, sequence)
            chosen = {booking.chosen_resource_id, *booking.chosen_beside_ids} - {None}
            is_there = not row.resource_ids or chosen <= set(row.resource_ids)
            move_booking(
                booking_id=booking_id,
                starts_at=row.starts_at or row.before_at,
                resource_ids=None if is_there else (),
                servers=tuple(row.resource_ids),
                extra=extra,
                seen=sequence,
                by=by,
                now=now,
            )
        case BulkOutcome.CANCEL:
            if read_booking(now=now, booking_id=booking_id).status == BookingStatus.CANCELLED:
                raise BookingChanged
            cancel_booking(booking_id=booking_id, reason=act.line, cause="", extra=extra, seen=sequence, by=by, now=now)
        case BulkOutcome.KEEP:
            check_seen(read_booking(now=now, booking_id=booking_id), sequence)
            reason = act.line or str(act.get_kind_display())
            before = keep_in_place(booking_id, reason=reason, by=by, now=now)
            row.bundle = {KEPT: [before, Kept(OverrideKind.STAFF, reason, by.user_id)]}
        case _:
            write_as_staff(booking_id=booking_id, text=act.line, seen_line_id=0, now=now, by=by)


def _say_change(booking_id: int, now: datetime) -> str:
    booking = read_booking(now=now, booking_id=booking_id)
    if booking.status != BookingStatus.CANCELLED:
        return CHANGED
    return CANCELED_BY_CUSTOMER if booking.cancelled_by == ActorKind.CUSTOMER else CANCELED


def _undo(row: BulkRow, act: BulkAct, *, by: Actor, now: datetime) -> bool:
    """Take back what was done to a booking; one that has changed since, or whose place is taken, stays."""
    reason, is_again = _try(lambda: _take_back(row, act, by=by, now=now), row.booking_id, now)
    row.reason = reason
    row.tries = row.tries + 1 if is_again else MOST_TRIES
    row.state = row.state if reason else BulkRowState.UNDONE
    row.save()
    return True


def _take_back(row: BulkRow, act: BulkAct, *, by: Actor, now: datetime) -> None:
    check_seen(read_booking(now=now, booking_id=row.booking_id), row.done_sequence)
    if row.outcome == BulkOutcome.KEEP:
        before, kept = (Kept(*each) for each in row.bundle[KEPT])
        undo_keeping(row.booking_id, kept=kept, before=before, by=by, now=now)
        return
    extra = _describe(row, act)
    if "bundle" in extra:  # told apart from what was done, again in one message
        extra["bundle"] = f"{extra['bundle']}u"
    if row.before_at <= now:  # a single visit may go back there, many at once are only a mistake
        raise SlotInPast(starts_at=row.before_at)
    if row.outcome == BulkOutcome.MOVE:
        undo_move(booking_id=row.booking_id, sequence=row.done_sequence or 0, extra=extra, now=now, by=by)
    else:
        undo_step(booking_id=row.booking_id, status=BookingStatus.CANCELLED, extra=extra, now=now, by=by)


def _describe(row: BulkRow, act: BulkAct) -> dict[str, object]:
    """Return what goes into the event of a booking."""
    line = act.line if row.outcome == BulkOutcome.MOVE and act.state == BulkState.RUNNING else ""
    return {**row.bundle, "bulk": act.pk, **describe_notice(Notice(is_told=act.is_told, line=line))}
