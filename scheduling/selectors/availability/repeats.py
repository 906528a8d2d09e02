"""Whether the same visit is free again on later dates, looked at before any of them is booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.instants import to_instant
from scheduling.engine import to_minute
from scheduling.enums import DayState
from scheduling.selectors.availability.free_times import LONGEST_WINDOW_DAYS, get_availability
from scheduling.types import AvailabilityQuery, SlotRequest


@dataclass(frozen=True, slots=True)
class RepeatDate:
    """One later date.

    Attributes:
        asked_at: At the wall time of the first visit.
        starts_at: That time where it is free, else the nearest that is on this date; None: none is.
        state: Whether the date has free times, and if not, why.
    """

    asked_at: datetime
    starts_at: datetime | None
    state: DayState

    @property
    def is_free(self) -> bool:
        """Tell whether the time itself is free."""
        return self.starts_at == self.asked_at


def look_at_repeats(
    *, request: SlotRequest, every_weeks: int, count: int, timezone: str, now: datetime
) -> tuple[RepeatDate, ...]:
    """Return ``count`` dates after the request's, every so many weeks, at the same wall time in ``timezone``.

    Each date by itself: what an earlier one of them would take of a limit is seen when they are booked. Of two free
    times as near, the earlier is named. One query or a few for each two months.

    Raises:
        As `get_availability`.
    """
    first = request.starts_at.astimezone(ZoneInfo(timezone))
    minute = first.hour * 60 + first.minute
    dates = [first.date() + timedelta(weeks=every_weeks * number) for number in range(1, count + 1)]
    found: list[RepeatDate] = []
    for window in _cut(dates):
        if found and found[-1].state == DayState.TOO_FAR:
            # Nothing after it can be booked yet: it is not looked for.
            found += [RepeatDate(to_instant(to_minute(timezone, on, minute)), None, DayState.TOO_FAR) for on in window]
            continue
        query = AvailabilityQuery(request.wish, from_on=window[0], to_on=window[-1], timezone=timezone)
        days = {day.on: day for day in get_availability(query=query, now=now).days}
        for on in window:
            asked_at = to_instant(to_minute(timezone, on, minute))
            free = [slot.starts_at for slot in days[on].slots]
            _, nearest = min(((abs(at - asked_at), at) for at in free), default=(None, None))
            found.append(RepeatDate(asked_at, nearest, days[on].state))
    return tuple(found)


def _cut(dates: Sequence[date]) -> Iterator[Sequence[date]]:
    """Cut dates in order into windows that can be asked for at once."""
    begin = 0
    for at, on in enumerate(dates):
        if (on - dates[begin]).days >= LONGEST_WINDOW_DAYS:
            yield dates[begin:at]
            begin = at
    if dates:
        yield dates[begin:]
