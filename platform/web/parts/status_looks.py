"""How a booking's status looks: never color alone, always an icon and a word."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from scheduling.enums import BookingStatus


@dataclass(frozen=True, slots=True)
class StatusLook:
    """Class of a block on the board, tone of a badge, Lucide icon and word."""

    css: str
    tone: str
    icon: str
    label: str | Promise


_LOOKS = {
    BookingStatus.HELD: ("s-held", "", "hourglass"),
    BookingStatus.PENDING_PAYMENT: ("s-pend", "", "credit-card"),
    BookingStatus.PENDING_APPROVAL: ("s-pend", "", "clock"),
    BookingStatus.CONFIRMED: ("s-conf", "info", "check"),
    BookingStatus.ARRIVED: ("s-here", "warn", "log-in"),
    BookingStatus.IN_PROGRESS: ("s-work", "ok", "wrench"),
    BookingStatus.COMPLETED: ("s-done", "", "check-check"),
    BookingStatus.CANCELLED: ("s-gone", "", "ban"),
    BookingStatus.DECLINED: ("s-gone", "", "ban"),
    BookingStatus.EXPIRED: ("s-gone", "", "timer-off"),
    BookingStatus.NO_SHOW: ("s-nosh", "bad", "x"),
}
ATTENDANCE_CONFIRMED = StatusLook("s-conf", "info", "user-check", gettext_lazy("Confirmed by the customer"))

LEGEND = (
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
)


def get_look(status: str, *, is_attendance_confirmed: bool = False) -> StatusLook:
    """Return the look of ``status``; a confirmed booking that the customer confirmed too has its own."""
    known = BookingStatus(status)
    if known is BookingStatus.CONFIRMED and is_attendance_confirmed:
        return ATTENDANCE_CONFIRMED
    css, tone, icon = _LOOKS[known]
    return StatusLook(css, tone, icon, known.label)


def list_legend() -> tuple[StatusLook, ...]:
    """Return the looks that the legend under the board explains."""
    return tuple(get_look(status) for status in LEGEND)
