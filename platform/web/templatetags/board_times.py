"""Times on the day board, where the place of a block already says morning or afternoon."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django import template

from web.templatetags.formats import get_current_formats

register = template.Library()

HOURS_PER_HALF = 12
MINUTES_PER_HOUR = 60


class Entry(Protocol):
    """A rectangle on the board, from and to a minute of the local day: `web.workspace.board.layout.Entry`."""

    @property
    def start(self) -> int:
        """Return the first minute."""

    @property
    def end(self) -> int:
        """Return the minute after the last one."""


@register.filter
def brief_times(entry: Entry) -> str:
    """``{{ entry|brief_times }}``: "9:45–10:45", on the 12- or 24-hour clock, without "a.m."."""
    return f"{_brief(entry.start)}–{_brief(entry.end)}"


@register.filter
def hour_label(hour: datetime, timezone: str) -> str:
    """``{{ hour|hour_label:timezone }}``: a full hour: "9 a.m.", "15:00"."""
    formats = get_current_formats()
    text = formats.format_time(hour, timezone)
    return text if formats.is_24_hours else text.replace(":00", "")


@register.filter
def brief_minute(minute: int) -> str:
    """``{{ minute|brief_minute }}``: a minute of the day: "4:08"."""
    return _brief(minute)


@register.simple_tag
def clock_hours() -> int:
    """``{% clock_hours %}``: 12 or 24, for the script that moves blocks."""
    return 24 if get_current_formats().is_24_hours else HOURS_PER_HALF


def _brief(minute: int) -> str:
    hours, minutes = divmod(minute, MINUTES_PER_HOUR)
    shown = hours if get_current_formats().is_24_hours else (hours % HOURS_PER_HALF or HOURS_PER_HALF)
    return f"{shown}:{minutes:02d}"
