"""Where a booking stands, in words for its customer that are true at every moment of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.types import BookingView
from web.formats import Formats, end_sentence, name_time, to_local

WAITING = frozenset({BookingStatus.HELD, BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL})
COMING = WAITING - {BookingStatus.HELD} | {BookingStatus.CONFIRMED}
GOOD, WAIT, GONE = "", "wait", "gone"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says on top.

    Attributes:
        icon: Name in Lucide.
        tone: Class of the seal: empty, "wait" or "gone".
        text: A sentence below; may be empty.
    """

    icon: str
    tone: str
    title: str
    text: str = ""


def find_status(booking: BookingView, now: datetime) -> BookingStatus:
    """Return the status that counts: what waits and was kept until a moment that has passed, is over."""
    limit = booking.hold_expires_at
    if booking.status in WAITING and limit is not None and limit <= now:
        return BookingStatus.EXPIRED
    return booking.status


def is_coming(booking: BookingView, now: datetime) -> bool:
    """Tell whether the visit is still to come and takes place, if it is confirmed."""
    return find_status(booking, now) in COMING and now < booking.starts_at


def is_unpaid(booking: BookingView, now: datetime) -> bool:
    """Tell whether a deposit is still waited for."""
    return booking.status == BookingStatus.PENDING_PAYMENT and is_coming(booking, now)


def is_called_off(booking: BookingView, now: datetime) -> bool:
    """Tell whether there is, or was, no visit at the booking's time."""
    return find_status(booking, now) in CALLED_OFF


def describe_standing(booking: BookingView, now: datetime, formats: Formats, *, kept: str = "") -> Standing:
    """Say where a booking stands, with dates and times as ``formats`` writes them.

    ``kept`` tells what to do about its deposit until ``%(time)s``; empty: it is paid at the business.
    """
    zone = booking.timezone
    status = find_status(booking, now)
    if status == BookingStatus.CONFIRMED:
        return _describe_confirmed(booking, now)
    if status == BookingStatus.PENDING_PAYMENT and booking.hold_expires_at is not None:
        kept = kept or gettext("Pay the deposit at the business. The time is kept for you until %(time)s")
        text = end_sentence(kept % {"time": formats.format_date_time(booking.hold_expires_at, zone)})
        title = gettext("Waiting for your card") if booking.agreed.is_on_card else gettext("Waiting for payment")
        return Standing("wallet", WAIT, title, text)
    if status == BookingStatus.PENDING_APPROVAL and booking.answer_by is not None:
        by = to_local(booking.answer_by, zone).date()
        text = gettext("We answer by %(day)s at %(time)s; until then the time is kept for you.")
        text %= {"day": formats.format_day(by), "time": name_time(formats, booking.answer_by, zone)}
        return Standing("hourglass", WAIT, gettext("Request sent"), text)
    return {
        BookingStatus.PENDING_APPROVAL: Standing("hourglass", WAIT, gettext("Request sent")),
        BookingStatus.HELD: Standing("hourglass", WAIT, gettext("Not sent yet")),
        BookingStatus.ARRIVED: Standing("check", GOOD, gettext("We know that you are here")),
        BookingStatus.IN_PROGRESS: Standing("clock", GOOD, gettext("Your visit is under way")),
        BookingStatus.COMPLETED: Standing("check-check", GOOD, gettext("Thank you for your visit")),
        BookingStatus.NO_SHOW: Standing("x", GONE, gettext("We could not see you")),
        BookingStatus.CANCELLED: Standing("x", GONE, gettext("Appointment canceled")),
        BookingStatus.DECLINED: Standing("x", GONE, gettext("Request not accepted")),
        BookingStatus.EXPIRED: Standing("x", GONE, gettext("Request expired")),
    }.get(status, Standing("wallet", WAIT, gettext("Waiting for payment")))


def _describe_confirmed(booking: BookingView, now: datetime) -> Standing:
    """Nobody may have noted yet that the visit began, or that it is over."""
    if now < booking.starts_at:
        return Standing("check", GOOD, gettext("Appointment confirmed"))
    if now < booking.ends_at:
        return Standing("clock", GOOD, gettext("It is time for your appointment"))
    return Standing("check", GOOD, gettext("The time of your appointment is over"))


def warn_of_last_change(booking: BookingView, starts_at: datetime, now: datetime) -> str:
    """Say what the customer can no longer do online once it is moved to ``starts_at``; empty: nothing is lost."""
    move_until = starts_at - (booking.starts_at - booking.move_until)
    cancel_until = starts_at - (booking.starts_at - booking.cancel_until)
    is_last_move, is_last_cancel = move_until < now, cancel_until < now
    if is_last_move and is_last_cancel:
        return gettext("This time is so soon that you will not be able to change or cancel it online.")
    if is_last_move:
        return gettext("This time is so soon that you will not be able to change it online.")
    return gettext("This time is so soon that you will not be able to cancel it online.") if is_last_cancel else ""
