"""Who may do what to a booking, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduling.enums import ActorKind, BookingStatus
from scheduling.errors import CutoffPassed, LinkEnded, TransitionRefused
from scheduling.models import Booking
from scheduling.types import Actor, AgreedPolicy, BookingView
from tenants.enums import Ability
from tenants.policies import check_business_may, may_business

TRANSITIONS: Mapping[str, frozenset[BookingStatus]] = {
    BookingStatus.HELD: frozenset(
        {
            BookingStatus.PENDING_PAYMENT,
            BookingStatus.PENDING_APPROVAL,
            BookingStatus.CONFIRMED,
            BookingStatus.EXPIRED,
        }
    ),
    BookingStatus.PENDING_PAYMENT: frozenset(
        {
            BookingStatus.CONFIRMED,
            BookingStatus.PENDING_APPROVAL,
            BookingStatus.EXPIRED,
            BookingStatus.CANCELLED,
        }
    ),
    BookingStatus.PENDING_APPROVAL: frozenset(
        {BookingStatus.CONFIRMED, BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.CANCELLED}
    ),
    BookingStatus.CONFIRMED: frozenset(
        {
            BookingStatus.CONFIRMED,
            BookingStatus.ARRIVED,
            BookingStatus.IN_PROGRESS,
            BookingStatus.CANCELLED,
            BookingStatus.NO_SHOW,
        }
    ),
    BookingStatus.ARRIVED: frozenset({BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED, BookingStatus.CANCELLED}),
    BookingStatus.IN_PROGRESS: frozenset({BookingStatus.COMPLETED}),
    BookingStatus.NO_SHOW: frozenset({BookingStatus.ARRIVED}),
}
"""The table of steps; an expired hold may still be confirmed by its own token while its place is free."""

TAKEN_BACK: Mapping[str, frozenset[BookingStatus]] = {
    BookingStatus.ARRIVED: frozenset({BookingStatus.CONFIRMED, BookingStatus.NO_SHOW}),
    BookingStatus.IN_PROGRESS: frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED}),
    BookingStatus.COMPLETED: frozenset({BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS}),
    BookingStatus.NO_SHOW: frozenset({BookingStatus.CONFIRMED}),
    BookingStatus.CANCELLED: frozenset(
        {BookingStatus.PENDING_APPROVAL, BookingStatus.CONFIRMED, BookingStatus.ARRIVED}
    ),
    BookingStatus.DECLINED: frozenset({BookingStatus.PENDING_APPROVAL}),
}
"""What staff can undo, and where it leads back to: always to where the booking was before."""

LINK_LIFE = timedelta(days=30)
"""How long after its visit a booking's manage link leads to it."""

ASKABLE = (BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL)
"""Of what staff may ask for money first."""
MOVABLE_STATUSES = (BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL)
"""What takes another time by its customer, and becomes another visit."""
MOVABLE_BY_STAFF = (*MOVABLE_STATUSES, BookingStatus.PENDING_PAYMENT)
"""What takes another time by staff: what waits for its deposit waits for it at the new time, as long as before."""
RESIZABLE_STATUSES = (*MOVABLE_BY_STAFF, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS)
"""What staff makes longer or shorter."""


def check_new_bookings(by: Actor, *, is_test: bool = False) -> None:
    """Refuse a new booking where the state of the business takes none; ``is_test``: staff tries the customer's way.

    Raises:
        StatusForbids: It takes none.
        NotPublished: A stranger asks, and the page is a draft.
    """
    check_business_may(Ability.BOOK, is_staff=is_test or by.kind == ActorKind.STAFF)


def check_step(by: Actor, customers_may: Ability = Ability.CANCEL) -> None:
    """Refuse a step of a booking that the state of the business does not allow; the system's own always go on.

    Raises:
        StatusForbids: Staff takes no steps in this state, or customers may not do what ``customers_may`` names.
    """
    if by.kind != ActorKind.SYSTEM:
        is_staff = by.kind == ActorKind.STAFF
        check_business_may(Ability.STEP if is_staff else customers_may, is_staff=is_staff)


def check_transition(booking: Booking, status: BookingStatus) -> None:
    """Refuse a step that the table does not know.

    Raises:
        TransitionRefused: From where the booking stands, ``status`` cannot be reached.
    """
    if status not in TRANSITIONS.get(booking.status, frozenset()):
        raise refuse_step(booking)


def check_running(booking: Booking) -> None:
    """Refuse to pause or to go on with a visit that is not in progress.

    Raises:
        TransitionRefused: Work has not begun, or is over.
    """
    if booking.status != BookingStatus.IN_PROGRESS:
        raise refuse_step(booking)


def refuse_step(booking: Booking) -> TransitionRefused:
    """Return the refusal of a step that is not possible where the booking stands."""
    return TransitionRefused(status=BookingStatus(booking.status).label)


def check_link(booking: Booking, *, now: datetime) -> None:
    """Refuse a manage link whose visit is long over: it lies in mailboxes that others may read one day.

    What counts is the end as the booking has it now: a booking that was moved keeps its link as long
    as the new visit wants it, one that was cancelled or declined as long as the visit would have had it.

    Raises:
        LinkEnded: The visit ended `LINK_LIFE` ago or more.
    """
    if now >= booking.ends_at + LINK_LIFE:
        raise LinkEnded(days=LINK_LIFE.days)


def find_pause(booking: Booking) -> str:
    """Return the key of the pause in which a visit stands; empty: it stands in none."""
    return booking.pause_state if booking.status == BookingStatus.IN_PROGRESS else ""


def find_delay(booking: Booking) -> int:
    """Return how many minutes the business has said to be behind; 0 once the visit has got another time."""
    return booking.late_minutes if booking.late_for == booking.starts_at else 0


def find_move_limit(booking: Booking) -> datetime:
    """Return until when a customer may move the booking, by the policy as agreed."""
    return booking.starts_at - AgreedPolicy.read(booking.policy).notice_to_move


def find_cancel_limit(booking: Booking) -> datetime:
    """Return until when a customer may cancel the booking, by the policy as agreed."""
    return booking.starts_at - AgreedPolicy.read(booking.policy).notice_to_cancel


def check_move(booking: Booking, *, by: Actor, now: datetime) -> None:
    """Refuse a customer's move after the cut-off; staff may always.

    Raises:
        StatusForbids: The state of the business does not allow it.
        CutoffPassed: It is too late.
        TransitionRefused: Only a confirmed booking, or one that still waits for approval, moves; by staff, one that
            waits for its deposit as well.
    """
    check_step(by, Ability.MOVE)
    if booking.is_active and booking.hold_expires_at is not None and booking.hold_expires_at <= now:
        raise TransitionRefused(status=BookingStatus.EXPIRED.label)
    if booking.status not in (MOVABLE_BY_STAFF if by.kind == ActorKind.STAFF else MOVABLE_STATUSES):
        raise refuse_step(booking)
    if by.kind == ActorKind.CUSTOMER and now > find_move_limit(booking):
        raise CutoffPassed(until=find_move_limit(booking))


def check_change(booking: Booking, *, by: Actor, now: datetime) -> None:
    """Refuse that a booking becomes another visit while its deposit is waited for, or as `check_move` does.

    Raises:
        StatusForbids, CutoffPassed, TransitionRefused: As `check_move`.
    """
    check_move(booking, by=by, now=now)
    if booking.status not in MOVABLE_STATUSES:
        raise refuse_step(booking)


def check_resize(booking: Booking, *, by: Actor, now: datetime) -> None:
    """Refuse that staff changes the end of a visit which is over; one that has begun may take longer.

    Raises:
        StatusForbids, TransitionRefused: As `check_move`.
    """
    if booking.status in RESIZABLE_STATUSES and booking.status not in MOVABLE_BY_STAFF:
        check_step(by)
    else:
        check_move(booking, by=by, now=now)


def check_cancel(booking: Booking, *, by: Actor, now: datetime) -> None:
    """Refuse a customer's cancellation after the cut-off; staff may always.

    Raises:
        StatusForbids: The state of the business does not allow it.
        CutoffPassed: It is too late.
        TransitionRefused: The booking is over or cancelled already.
    """
    check_step(by)
    check_transition(booking, BookingStatus.CANCELLED)
    if by.kind == ActorKind.CUSTOMER and now > find_cancel_limit(booking):
        raise CutoffPassed(until=find_cancel_limit(booking))


def may_customer_move(booking: BookingView, *, now: datetime) -> bool:
    """Tell whether `check_move` lets the customer: a button that would be refused is not shown."""
    has_ended = booking.hold_expires_at is not None and booking.hold_expires_at <= now
    is_possible = booking.status in MOVABLE_STATUSES and not has_ended and now <= booking.move_until
    return is_possible and may_business(Ability.MOVE)


def may_customer_cancel(booking: BookingView, *, now: datetime) -> bool:
    """Tell whether `check_cancel` lets the customer: a button that would be refused is not shown."""
    return BookingStatus.CANCELLED in TRANSITIONS.get(booking.status, frozenset()) and now <= booking.cancel_until
