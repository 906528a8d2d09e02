"""The deposit of a booking that staff makes: asked for by a link, or left out for a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kernel.text import mark
from scheduling.enums import Approval, BookingStatus
from scheduling.errors import RequestInvalid
from scheduling.models import Booking
from scheduling.selectors.bookings.deadlines import find_deposit_deadline
from scheduling.services.writing.customers import Known
from scheduling.services.writing.inputs import clean_reason
from scheduling.services.writing.records import settle_deposit
from scheduling.types import DepositChoice

NO_TIME = mark("It begins too soon to ask for the deposit first. Book it without the deposit, and say why.")
OVER = mark("Choose a time that is still to come.")
BETWEEN = " · "


def clean_choice(choice: DepositChoice, *, now: datetime) -> DepositChoice:
    """Return what staff decides about a deposit, with its reason as it is kept.

    Raises:
        RequestInvalid: No reason, or one that cannot be kept; or it would have to be paid before now. By field:
            ``deposit_reason``, ``pay_by``.
    """
    if choice.is_asked:
        if choice.pay_by is not None and choice.pay_by <= now:
            raise RequestInvalid(errors={"pay_by": (OVER,)})
        return choice
    try:
        return replace(choice, reason=clean_reason(choice.reason, is_required=True))
    except RequestInvalid as error:
        raise RequestInvalid(errors={"deposit_reason": error.errors["reason"]}) from error


def settle_by_staff(booking: Booking, known: Known, choice: DepositChoice, *, now: datetime) -> str:
    """Let a booking of staff wait for its deposit, or take place without; return why it is left out.

    Nothing is due: nothing changes, and there is nothing to say. Staff needs no approval, before or after it is paid.

    Raises:
        RequestInvalid: The visit has begun, and nobody could pay before.
    """
    settle_deposit(booking, known, now=now)
    if not booking.deposit_minor:
        return ""
    if not choice.is_asked:
        waive_deposit(booking)
        return choice.reason
    if booking.starts_at <= now:
        raise RequestInvalid(errors={"deposit": (NO_TIME,)})
    booking.policy = booking.policy | {"approval": Approval.INSTANT.value}
    booking.status, booking.confirmed_at = BookingStatus.PENDING_PAYMENT, None
    usual = find_deposit_deadline(booking, now=now)
    booking.hold_expires_at = usual if choice.pay_by is None else min(choice.pay_by, booking.starts_at)
    return ""


def waive_deposit(booking: Booking, *, paid_minor: int = 0) -> None:
    """Let a booking take place without the deposit that would be due; it keeps how much that was. Not saved here.

    ``paid_minor``: so much of it was paid before, and stays its deposit.
    """
    paid = min(paid_minor, booking.deposit_minor)
    booking.policy = booking.policy | {"deposit_waived_minor": booking.deposit_minor - paid}
    booking.deposit_minor = paid


def join_reasons(*reasons: str) -> str:
    """Return all that staff gave as reasons for one booking, as its history keeps them."""
    return BETWEEN.join(dict.fromkeys(filter(None, reasons)))
