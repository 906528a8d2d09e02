"""The steps that staff takes with a booking; each raises `StatusForbids` where the business may take none."""

from __future__ import annotations

from datetime import datetime

from database.transactions import run_write, write_transaction
from kernel.instants import count_minutes
from scheduling.enums import Approval, BookingEvent, BookingStatus
from scheduling.errors import HoldExpired
from scheduling.errors.visits import PauseUnknown
from scheduling.models import Booking
from scheduling.policies import check_running, check_step, check_transition, refuse_step
from scheduling.selectors.bookings.deadlines import find_request_deadline
from scheduling.services.bookings.asking import waive_deposit
from scheduling.services.writing.allocations import set_expiry
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import is_expired
from scheduling.services.writing.inputs import clean_reason
from scheduling.services.writing.lookups import lock_booking
from scheduling.services.writing.releases import HOLD_DUE_KIND, release
from scheduling.types import Actor, AgreedPolicy
from tenants.context import current_tenant
from tenants.services.due_work import add_due_work, remove_due_work
from verticals.registry import get_vertical


@write_transaction()
def approve(*, booking_id: int, now: datetime, by: Actor) -> None:
    """Accept a request; again changes nothing.

    Raises:
        TransitionRefused: It does not wait for approval.
        HoldExpired: It waited too long.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status == BookingStatus.CONFIRMED:
        return
    if booking.status != BookingStatus.PENDING_APPROVAL:
        raise refuse_step(booking)
    _refuse_expired(booking, now)
    _confirm(booking, now=now)
    record(booking, kind=BookingEvent.CONFIRMED, by=by, now=now, extra={"was_requested": True})
    set_expiry(booking)
    remove_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk)


@write_transaction()
def accept_payment(
    *,
    booking_id: int,
    now: datetime,
    by: Actor,
    answer_by: datetime | None = None,
    waived_because: str | None = None,
    paid_minor: int = 0,
) -> None:
    """The deposit was paid: confirm, or ask staff where the policy as agreed wants approval.

    Again changes nothing. ``answer_by``: staff has to answer by then, since what is reserved is let go after.
    ``waived_because``: it was not paid, and the visit takes place without; None: it was.
    ``paid_minor``: so much of it was paid before the rest was waived.

    Raises:
        TransitionRefused: It does not wait for a payment.
        HoldExpired: It waited too long; the payment has to be given back or the place found again.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    why = waived_because or ""
    if booking.status in {BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL}:
        # What is reserved only until the visit is approved may be waived as well.
        if waived_because is not None and paid_minor < booking.deposit_minor:
            waive_deposit(booking, paid_minor=paid_minor)
            record(booking, kind=BookingEvent.DEPOSIT_WAIVED, by=by, now=now, reason=why)
        return
    if booking.status != BookingStatus.PENDING_PAYMENT:
        raise refuse_step(booking)
    _refuse_expired(booking, now)
    if waived_because is not None:
        waive_deposit(booking, paid_minor=paid_minor)
    if AgreedPolicy.read(booking.policy).approval == Approval.REQUEST:
        booking.status = BookingStatus.PENDING_APPROVAL
        deadline = find_request_deadline(booking, now=now)
        booking.hold_expires_at = deadline if answer_by is None else min(deadline, answer_by)
        record(booking, kind=BookingEvent.REQUESTED, by=by, now=now, reason=why)
        set_expiry(booking)
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=booking.hold_expires_at, now=now)
        return
    _confirm(booking, now=now)
    record(booking, kind=BookingEvent.CONFIRMED, by=by, now=now, reason=why)
    set_expiry(booking)
    remove_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk)


def decline(*, booking_id: int, now: datetime, by: Actor, reason: str = "") -> None:
    """Refuse a request: its place is free at once; again changes nothing.

    Raises:
        TransitionRefused: It does not wait for approval.
    """
    why = clean_reason(reason)
    check_step(by)

    def work(*, is_pessimistic: bool) -> None:  # noqa: ARG001 - there is nothing to pick
        booking = lock_booking(now=now, booking_id=booking_id)
        if booking.status == BookingStatus.DECLINED:
            return
        check_transition(booking, BookingStatus.DECLINED)
        booking.cancelled_reason = why
        release(booking, BookingStatus.DECLINED, by=by, now=now, reason=why)

    run_write(work)


@write_transaction()
def mark_arrived(*, booking_id: int, now: datetime, by: Actor) -> None:
    """The customer is here; again changes nothing."""
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status == BookingStatus.ARRIVED:
        return
    check_transition(booking, BookingStatus.ARRIVED)
    booking.status = BookingStatus.ARRIVED
    booking.arrived_at = now
    record(booking, kind=BookingEvent.ARRIVED, by=by, now=now)


@write_transaction()
def start_visit(*, booking_id: int, now: datetime, by: Actor) -> None:
    """Work has begun; again changes nothing."""
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status == BookingStatus.IN_PROGRESS:
        return
    check_transition(booking, BookingStatus.IN_PROGRESS)
    booking.status = BookingStatus.IN_PROGRESS
    booking.arrived_at = booking.arrived_at or now
    booking.started_at = now
    booking.paused_minutes = 0
    record(booking, kind=BookingEvent.STARTED, by=by, now=now)


@write_transaction()
def pause_visit(*, booking_id: int, now: datetime, by: Actor, state: str = "") -> None:
    """Work stands still, for one of the trade's reasons; again changes nothing, and another reason takes its place.

    ``state`` is the key of a pause of the vertical; empty: its usual one. How long it stands still counts from the
    first reason on.

    Raises:
        PauseUnknown: The trade has no such pause, or none at all.
        TransitionRefused: Work has not begun, or is over.
    """
    check_step(by)
    vertical = get_vertical(current_tenant().vertical)
    pause = vertical.find_pause(state) if state else next(iter(vertical.pauses), None)
    if pause is None:
        raise PauseUnknown
    booking = lock_booking(now=now, booking_id=booking_id)
    check_running(booking)
    if booking.pause_state == pause.key:
        return
    booking.pause_state = pause.key
    booking.paused_at = booking.paused_at or now
    record(booking, kind=BookingEvent.PAUSED, by=by, now=now, extra={"pause": pause.key})


@write_transaction()
def resume_visit(*, booking_id: int, now: datetime, by: Actor) -> None:
    """Work goes on; again changes nothing.

    Raises:
        TransitionRefused: Work has not begun, or is over.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    check_running(booking)
    if not booking.pause_state:
        return
    _end_pause(booking, now=now)
    record(booking, kind=BookingEvent.RESUMED, by=by, now=now)


@write_transaction()
def complete_visit(*, booking_id: int, now: datetime, by: Actor) -> None:
    """The visit is over; again changes nothing."""
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status == BookingStatus.COMPLETED:
        return
    check_transition(booking, BookingStatus.COMPLETED)
    booking.status = BookingStatus.COMPLETED
    booking.completed_at = now
    _end_pause(booking, now=now)
    record(booking, kind=BookingEvent.COMPLETED, by=by, now=now)


@write_transaction()
def mark_no_show(*, booking_id: int, now: datetime, by: Actor) -> None:
    """The customer did not come; only after the start, and again changes nothing.

    Raises:
        TransitionRefused: The visit has not begun yet, or is in another state.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status == BookingStatus.NO_SHOW:
        return
    check_transition(booking, BookingStatus.NO_SHOW)
    if now < booking.starts_at:
        raise refuse_step(booking)
    booking.status = BookingStatus.NO_SHOW
    record(booking, kind=BookingEvent.NO_SHOW, by=by, now=now)


def _end_pause(booking: Booking, *, now: datetime) -> None:
    """Count a pause, if the visit stands in one, among those that are over; the caller writes it."""
    if booking.paused_at is not None:
        booking.paused_minutes += max(0, count_minutes(booking.paused_at, now))
    booking.pause_state, booking.paused_at = "", None


def _confirm(booking: Booking, *, now: datetime) -> None:
    booking.status = BookingStatus.CONFIRMED
    booking.hold_expires_at = None
    booking.confirmed_at = now


def _refuse_expired(booking: Booking, now: datetime) -> None:
    if is_expired(booking, now):
        raise HoldExpired(starts_at=booking.starts_at)
