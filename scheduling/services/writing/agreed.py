"""The time of a booking: the instant, and what the clock on the wall shows then, as it was agreed."""

from __future__ import annotations

from kernel.instants import to_instant, to_minutes
from scheduling.engine import WallTime, find_wall, to_wall
from scheduling.models import Booking


def agree_on(booking: Booking, *, start_minute: int, end_minute: int, timezone: str) -> None:
    """Give a booking its time, on the clock of its location; the one place that does."""
    booking.starts_at, booking.ends_at = to_instant(start_minute), to_instant(end_minute)
    note_wall_time(booking, timezone=timezone)


def note_wall_time(booking: Booking, *, timezone: str) -> None:
    """Note what the clock of a zone shows at the start of a booking."""
    wall = to_wall(timezone, to_minutes(booking.starts_at))
    booking.agreed_on, booking.agreed_minute, booking.agreed_fold = wall
    booking.agreed_timezone = timezone


def find_agreed_minute(booking: Booking) -> int:
    """Return the instant of the agreed wall time, by the rules of its zone as they are now.

    Raises:
        EngineInputError: The zone is not known (any more).
    """
    wall = WallTime(booking.agreed_on, booking.agreed_minute, booking.agreed_fold)
    return find_wall(booking.agreed_timezone, wall)


def keep_wall_time(booking: Booking) -> None:
    """Move the instants of a booking to where its agreed wall time is now."""
    length = booking.ends_at - booking.starts_at
    booking.starts_at = to_instant(find_agreed_minute(booking))
    booking.ends_at = booking.starts_at + length
