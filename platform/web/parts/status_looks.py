"""How a booking's status looks: never color alone, always an icon and a word."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from scheduling.enums import ACTIVE_STATUSES, BookingStatus
from tenants.context import current_tenant
from verticals.registry import get_vertical


@dataclass(frozen=True, slots=True)
class StatusLook:
    """Class of a block on the board, tone of a badge, Lucide icon and word."""

    css: str
    tone: str
    icon: str
    label: str | Promise


_LOOKS = {
    BookingStatus.HELD: ("state-held", "", "hourglass"),
    BookingStatus.PENDING_PAYMENT: ("state-pending", "", "credit-card"),
    BookingStatus.PENDING_APPROVAL: ("state-pending", "", "clock"),
    BookingStatus.CONFIRMED: ("state-confirmed", "info", "check"),
    BookingStatus.ARRIVED: ("state-arrived", "warn", "log-in"),
    BookingStatus.IN_PROGRESS: ("state-working", "good", "wrench"),
    BookingStatus.COMPLETED: ("state-done", "", "check-check"),
    BookingStatus.CANCELLED: ("state-gone", "", "ban"),
    BookingStatus.DECLINED: ("state-gone", "", "ban"),
    BookingStatus.EXPIRED: ("state-gone", "", "timer-off"),
    BookingStatus.NO_SHOW: ("state-missed", "bad", "x"),
}
ATTENDANCE_CONFIRMED = StatusLook("state-confirmed", "info", "user-check", gettext_lazy("Confirmed by the customer"))


def get_look(status: BookingStatus, *, is_attendance_confirmed: bool = False, pause: str = "") -> StatusLook:
    """Return the look of ``status``; a confirmed booking that the customer confirmed too has its own.

    So has one that stands in a pause, in the words of the trade: ``pause`` is its key.
    """
    if pause and status is BookingStatus.IN_PROGRESS:
        return get_pause_look(pause)
    if status is BookingStatus.CONFIRMED and is_attendance_confirmed:
        return ATTENDANCE_CONFIRMED
    css, tone, icon = _LOOKS[status]
    return StatusLook(css, tone, icon, status.label)


def get_pause_look(key: str) -> StatusLook:
    """Return the look of a pause; of one that the trade does not know any more, a plain one."""
    state = get_vertical(current_tenant().vertical).find_pause(key)
    label = gettext(state.label) if state else gettext("Paused")
    return StatusLook("state-arrived", "warn", state.icon if state else "pause", label)


def list_legend() -> tuple[StatusLook, ...]:
    """Return every look that a block of the board can have, for the legend beside it."""
    looks = [get_look(status) for status in ACTIVE_STATUSES]
    return (*looks[:4], ATTENDANCE_CONFIRMED, *looks[4:])
