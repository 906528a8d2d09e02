"""What a page offers is what the service does: buttons and checks agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from scheduling import policies
from scheduling.enums import ACTIVE_STATUSES, ActorKind, BookingStatus
from scheduling.errors import CutoffPassed, TransitionRefused
from scheduling.models import Booking
from scheduling.types import Actor
from tenants import context
from tenants.enums import TenantStatus

CUSTOMER = Actor(kind=ActorKind.CUSTOMER)
STARTS_AT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
CUTOFF = timedelta(minutes=120)
INSTANTS = [STARTS_AT - CUTOFF + timedelta(minutes=minutes) for minutes in (-1, 0, 1)]
HELD_UNTIL = [None, STARTS_AT - CUTOFF]


@pytest.fixture(autouse=True)
def open_business():
    """A business in a state that allows everything; what each state allows is tested in its own room."""
    token = context._current.set(SimpleNamespace(status=TenantStatus.ACTIVE))
    yield
    context._current.reset(token)


def make_booking(status, hold_expires_at):
    return Booking(
        status=status,
        is_active=status in ACTIVE_STATUSES,
        starts_at=STARTS_AT,
        hold_expires_at=hold_expires_at,
        policy={"move_cutoff_minutes": 120, "cancel_cutoff_minutes": 120},
    )


def view(booking):
    return SimpleNamespace(
        status=booking.status,
        hold_expires_at=booking.hold_expires_at,
        move_until=policies.find_move_limit(booking),
        cancel_until=policies.find_cancel_limit(booking),
    )


def passes(check, booking, now):
    try:
        check(booking, by=CUSTOMER, now=now)
    except (CutoffPassed, TransitionRefused):
        return False
    return True


@pytest.mark.parametrize("hold_expires_at", HELD_UNTIL)
@pytest.mark.parametrize("now", INSTANTS)
@pytest.mark.parametrize("status", BookingStatus)
def test_buttons_agree_with_checks(status, now, hold_expires_at):
    booking = make_booking(status, hold_expires_at)

    shown = (
        policies.may_customer_move(view(booking), now=now),
        policies.may_customer_cancel(view(booking), now=now),
    )

    assert shown == (passes(policies.check_move, booking, now), passes(policies.check_cancel, booking, now))


def test_a_booking_that_waits_for_payment_is_cancelled_but_not_moved():
    waiting = view(make_booking(BookingStatus.PENDING_PAYMENT, STARTS_AT))
    now = STARTS_AT - timedelta(days=1)

    assert policies.may_customer_move(waiting, now=now) is False
    assert policies.may_customer_cancel(waiting, now=now) is True


def test_staff_moves_what_waits_for_payment_until_it_waited_too_long():
    waiting = make_booking(BookingStatus.PENDING_PAYMENT, STARTS_AT)
    staff = Actor(ActorKind.STAFF)

    policies.check_move(waiting, by=staff, now=STARTS_AT - timedelta(seconds=1))
    for check, by, now in (
        (policies.check_move, staff, STARTS_AT),
        (policies.check_resize, staff, STARTS_AT),
        (policies.check_change, staff, STARTS_AT - timedelta(days=1)),
        (policies.check_move, Actor(ActorKind.CUSTOMER), STARTS_AT - timedelta(days=30)),
    ):
        with pytest.raises(TransitionRefused):
            check(waiting, by=by, now=now)
