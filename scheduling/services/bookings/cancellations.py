"""Cancelling a booking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from database.transactions import run_write
from kernel.text import mark
from scheduling.enums import ActorKind, BookingStatus, CancelCause
from scheduling.errors import RequestInvalid
from scheduling.models import Booking
from scheduling.policies import check_cancel
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.inputs import clean_reason
from scheduling.services.writing.lookups import check_seen, lock_booking
from scheduling.services.writing.releases import release
from scheduling.types import Actor

CAUSE_UNKNOWN = mark("Choose one of the options.")


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is cancelled: the text that the customer reads, and the cause, which stays in the business."""

    reason: str
    cause: str


def cancel_booking(
    *,
    now: datetime,
    by: Actor,
    reason: str = "",
    cause: str = "",
    token: str | None = None,
    booking_id: int | None = None,
    extra: Mapping[str, object] | None = None,
    seen: int | None = None,
) -> None:
    """Cancel a booking: its place is free at once. Cancelling it again changes nothing.

    Customers may until the cut-off as agreed; staff may always and say why: a ``reason``, which the customer
    reads, or a ``cause`` (of `CancelCause`), which stays in the business, or both. ``extra`` goes into its event.
    ``seen`` is the number (``sequence``) that somebody had looked at: whoever changed it since wins.

    Raises:
        BookingChanged: It stands elsewhere than was seen.
        StatusForbids, CutoffPassed, TransitionRefused, RequestInvalid: It may not be cancelled.
        TokenUnknown, BookingNotFound: There is none.
    """
    why = read_why(reason, cause, by=by)

    def work(*, is_pessimistic: bool) -> None:  # noqa: ARG001 - there is nothing to pick
        booking = lock_booking(now=now, booking_id=booking_id, token=token)
        if booking.status == BookingStatus.CANCELLED:
            return
        check_seen(booking, seen)
        check_cancel(booking, by=by, now=now)
        end_booking(booking, why, by=by, now=now, extra=extra)

    run_write(work)


def read_why(reason: str, cause: str, *, by: Actor) -> Why:
    """Clean why somebody cancels.

    Raises:
        RequestInvalid: The cause is unknown, or staff says nothing.
    """
    if cause and cause not in CancelCause.values:
        raise RequestInvalid(errors={"cause": (CAUSE_UNKNOWN,)})
    return Why(clean_reason(reason, is_required=by.kind == ActorKind.STAFF and not cause), cause)


def end_booking(
    booking: Booking,
    why: Why,
    *,
    by: Actor,
    now: datetime,
    counters: Counters | None = None,
    extra: Mapping[str, object] | None = None,
) -> None:
    """Cancel a locked booking that may be cancelled; of several the caller writes ``counters`` last."""
    booking.cancelled_at = now
    booking.cancelled_by = by.kind
    booking.cancelled_reason = why.reason
    booking.cancelled_cause = why.cause
    booking.sequence += 1
    release(booking, BookingStatus.CANCELLED, by=by, now=now, counters=counters, reason=why.reason, extra=extra)
