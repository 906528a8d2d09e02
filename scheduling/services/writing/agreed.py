"""The time of a booking or an absence: the instants, and what the clock on the wall shows then, as it was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kernel.instants import MINUTE, to_instant, to_minutes
from kernel.iso import parse_date
from scheduling.engine import EngineInputError, WallTime, find_wall, to_wall
from scheduling.models import Booking, Resource, TimeOff

NOTED = ("agreed_on", "agreed_minute", "agreed_fold", "agreed_timezone", "agreed_at")
ABSENCE_NOTED = ("agreed_timezone", "agreed_walls", "agreed_from", "agreed_to")


def agree_on(booking: Booking, *, start_minute: int, end_minute: int, timezone: str) -> None:
    """Give a booking its time, on the clock of its location; the one place that does."""
    booking.starts_at, booking.ends_at = to_instant(start_minute), to_instant(end_minute)
    booking.is_sole = False
    note_wall_time(booking, timezone=timezone)


def note_wall_time(booking: Booking, *, timezone: str) -> None:
    """Note what the clock of a zone shows at the start of a booking."""
    wall = to_wall(timezone, to_minutes(booking.starts_at))
    booking.agreed_on, booking.agreed_minute, booking.agreed_fold = wall
    booking.agreed_timezone = timezone
    booking.agreed_at = booking.starts_at


def is_noted(booking: Booking) -> bool:
    """Tell whether the agreed wall time is of where the booking is now."""
    return bool(booking.agreed_timezone) and booking.agreed_at in {None, booking.starts_at}


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
    booking.agreed_at = booking.starts_at
    booking.is_sole = False


def note_absences(rows: Sequence[TimeOff]) -> None:
    """Note what the clocks of their resources show at the start and the end of absences; not saved."""
    resources = Resource.objects.select_related("location").in_bulk({row.resource_id for row in rows})
    for row in rows:
        resource = resources[row.resource_id]
        row.agreed_timezone = resource.timezone or resource.location.timezone
        walls = [to_wall(row.agreed_timezone, to_minutes(at)) for at in (row.starts_at, row.ends_at)]
        row.agreed_walls = [[wall.on.isoformat(), wall.minute, wall.fold] for wall in walls]
        row.agreed_from, row.agreed_to = row.starts_at, row.ends_at


def keep_walls(row: TimeOff) -> bool:
    """Move the instants of an absence to where its agreed wall times are now; tell whether they are others.

    Where nobody knows its zone any more it stays.
    """
    try:
        period = find_agreed_period(row)
    except EngineInputError:
        return False
    if period == (row.starts_at, row.ends_at):
        return False
    row.starts_at, row.ends_at = row.agreed_from, row.agreed_to = period
    return True


def find_agreed_period(row: TimeOff) -> tuple[datetime, datetime]:
    """Return the instants of an absence's agreed wall times, by the rules of its zone as they are now.

    Raises:
        EngineInputError: The zone is not known (any more).
    """
    walls = [WallTime(parse_date(on), minute, fold) for on, minute, fold in row.agreed_walls]
    # Shifted, for an absence may begin in the middle of a minute.
    starts_at, ends_at = (
        at + (to_instant(find_wall(row.agreed_timezone, wall)) - to_instant(to_minutes(at)))
        for at, wall in zip((row.starts_at, row.ends_at), walls, strict=True)
    )
    return starts_at, max(ends_at, starts_at + MINUTE)
