"""Cancelling a booking of a series together with those after it, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import starmap

from django.db.models import QuerySet

from database.locks import lock_resources
from database.transactions import LostRace, run_write
from scheduling.enums import ActorKind, BookingStatus
from scheduling.errors import CutoffPassed, TransitionRefused
from scheduling.models import Booking
from scheduling.policies import check_cancel
from scheduling.selectors.bookings.series import list_of_series
from scheduling.services.bookings.cancellations import end_booking, read_why
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.editions import share_edition
from scheduling.services.writing.allocations import list_resources_together
from scheduling.services.writing.counters import Counters, lock_counters
from scheduling.services.writing.events import bundle_events
from scheduling.services.writing.lookups import lock_booking, read_booking
from scheduling.types import Actor, RuleUse


def cancel_following(
    *,
    now: datetime,
    by: Actor,
    reason: str = "",
    cause: str = "",
    token: str | None = None,
    booking_id: int | None = None,
) -> tuple[int, ...]:
    """Cancel a booking and those of its series that come after it; return which, by start. Again it changes nothing.

    What cannot be cancelled stays: visits that are over, and for a customer those whose cut-off as agreed has passed.
    Customers end what is told to the same contacts alone. Whoever reads of several of them gets one message. A booking
    of no series is cancelled by itself.

    Raises:
        StatusForbids, CutoffPassed, TransitionRefused, RequestInvalid: It may not be cancelled itself.
        TokenUnknown, BookingNotFound: There is none.
    """
    why = read_why(reason, cause, by=by)

    def work(*, is_pessimistic: bool) -> tuple[int, ...]:  # noqa: ARG001 - whoever ends several locks every time
        seen = read_booking(now=now, booking_id=booking_id, token=token)
        rows = list_of_series(seen, is_customers=by.kind == ActorKind.CUSTOMER)
        locked = _lock_together(rows)
        own = lock_booking(now=now, booking_id=booking_id, token=token)
        if own.status == BookingStatus.CANCELLED:
            return ()
        check_cancel(own, by=by, now=now)
        after = [each for each in locked if _sort_key(each) > _sort_key(own) and _may_end(each, by=by, now=now)]
        ending, counters = [own, *after], Counters()
        bundles = _bundle(ending)
        for each in sorted(ending, key=_settling_key):
            end_booking(each, why, by=by, now=now, counters=counters, extra=bundles[each.pk])
        counters.write()
        return tuple(each.pk for each in sorted(ending, key=_sort_key))

    return run_write(work)


def restore_following(*, booking_id: int, now: datetime, by: Actor) -> None:
    """Take back that a booking was cancelled together with others of its series: all stand again, or none does.

    Again it changes nothing. A booking that was cancelled by itself comes back by itself.

    Raises:
        StatusForbids, TransitionRefused, BookingNotFound: As `undo_step`.
        SlotTaken, SlotUnavailable: Somebody has one of the places now; all of them stay cancelled.
    """

    def work(*, is_pessimistic: bool) -> None:  # noqa: ARG001 - whoever places several locks every time
        share_edition()
        seen = read_booking(now=now, booking_id=booking_id)
        ended = list_of_series(seen, is_customers=False).filter(
            status=BookingStatus.CANCELLED, cancelled_at=seen.cancelled_at
        )
        # Of one that stands again already, the step itself says so.
        together = _lock_together(ended) or [seen]
        lock_counters(use for each in together for use in starmap(RuleUse, each.rule_usage))
        bundles = _bundle(together)
        for each in sorted(together, key=_settling_key):
            undo_step(booking_id=each.pk, status=BookingStatus.CANCELLED, now=now, by=by, extra=bundles[each.pk])

    run_write(work)


def _lock_together(rows: QuerySet[Booking]) -> list[Booking]:
    """Lock bookings as everybody does who settles several: what they take, then their rows, in the order of ids.

    What they take comes first: whoever moves one of them, or joins their groups, holds that already.
    Groups and counters follow, see `_settling_key`.

    Raises:
        LostRace: One of them has changed meanwhile.
    """
    seen = list(rows.order_by("pk"))
    lock_resources(list_resources_together(seen))
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if [(each.pk, each.sequence) for each in locked] != [(each.pk, each.sequence) for each in seen]:
        raise LostRace
    return locked


def _may_end(booking: Booking, *, by: Actor, now: datetime) -> bool:
    try:
        check_cancel(booking, by=by, now=now)
    except (CutoffPassed, TransitionRefused):
        return False
    return True


def _bundle(bookings: Iterable[Booking]) -> Mapping[int, Mapping[str, object]]:
    return bundle_events({each.pk: each.customer_email or each.customer_phone for each in bookings})


def _sort_key(booking: Booking) -> tuple[datetime, int]:
    return booking.starts_at, booking.pk


def _settling_key(booking: Booking) -> tuple[int, int]:
    """Sort groups in the order of their ids: two that settle several of them at once do not wait in a circle."""
    return booking.session_id or 0, booking.pk
