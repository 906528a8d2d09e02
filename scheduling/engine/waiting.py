"""Who waits for a place, what fits them, and how long a place is theirs to take.

Minutes are instants since 1970-01-01T00:00Z, wall minutes those since local midnight.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.instants import DAY_MINUTES
from scheduling.engine.zone import to_local_date, to_minute, to_wall

OFFER_MINUTES = 30
"""How long an offer is somebody's by day."""
SHORTEST_OFFER_MINUTES = 5
"""With less time to answer than this, nothing is offered: nobody would read it."""
NIGHT_FROM, NIGHT_TO = 21 * 60, 9 * 60
"""On the clock of the place: what is offered in between may be answered until it ends."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """When somebody who waits can come.

    Attributes:
        from_on: First local date, ``to_on`` the last one.
        weekdays: 0 for Monday; none: all.
        from_minute: Wall minute of the earliest start; ``to_minute`` is past the latest one. None: any.
        shortest_notice_minutes: How long before a start they have to know.
        passed: Starts that they had and did not take, as minutes: they are not offered again.
    """

    from_on: date
    to_on: date
    weekdays: frozenset[int] = frozenset()
    from_minute: int | None = None
    to_minute: int | None = None
    shortest_notice_minutes: int = 0
    passed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """A place that is somebody's turn: ``until_minute`` is when the offer ends."""

    start_minute: int
    until_minute: int


def find_offer_end(timezone: str, now_minute: int, start_minute: int, notice_minutes: int) -> int | None:
    """Return until when a start may be answered that is offered now; None: there is no time to answer.

    By day it is `OFFER_MINUTES`; at night until the night ends, and at least as long as by day. Never past the
    start minus the notice that somebody needs.
    """
    end = now_minute + OFFER_MINUTES
    wall = to_wall(timezone, now_minute)
    if not NIGHT_TO <= wall.minute < NIGHT_FROM:
        today = to_local_date(timezone, now_minute)
        days = 1 if wall.minute >= NIGHT_FROM else 0
        end = max(end, to_minute(timezone, today, days * DAY_MINUTES + NIGHT_TO))
    end = min(end, start_minute - notice_minutes)
    return end if end - now_minute >= SHORTEST_OFFER_MINUTES else None


def find_fitting(waiter: Waiter, timezone: str, starts: Sequence[int]) -> int | None:
    """Return the first of the free starts, which are in order, at which somebody can come, however soon it is."""
    return next(_list_fitting(waiter, timezone, starts), None)


def find_turn(waiter: Waiter, timezone: str, starts: Sequence[int], now_minute: int) -> Turn | None:
    """Return the first of the free starts, which are in order, that somebody can be offered now."""
    for start in _list_fitting(waiter, timezone, starts):
        until = find_offer_end(timezone, now_minute, start, waiter.shortest_notice_minutes)
        if until is not None:
            return Turn(start, until)
    return None


def _list_fitting(waiter: Waiter, timezone: str, starts: Sequence[int]) -> Iterator[int]:
    # The dates by their two ends: most starts of a window lie on others.
    first = bisect_left(starts, to_minute(timezone, waiter.from_on, 0))
    last = bisect_left(starts, to_minute(timezone, waiter.to_on, DAY_MINUTES))
    return (start for start in starts[first:last] if _suits(waiter, timezone, start))


def _suits(waiter: Waiter, timezone: str, start_minute: int) -> bool:
    """Tell whether weekday and hour of a start on their dates suit somebody, and they did not have it already."""
    if start_minute in waiter.passed:
        return False
    if waiter.weekdays and to_local_date(timezone, start_minute).weekday() not in waiter.weekdays:
        return False
    if waiter.from_minute is None or waiter.to_minute is None:
        return True
    return waiter.from_minute <= to_wall(timezone, start_minute).minute < waiter.to_minute


def is_over(waiter: Waiter, timezone: str, now_minute: int) -> bool:
    """Tell whether nothing can come any more: the last moment that they named has passed."""
    last = DAY_MINUTES if waiter.to_minute is None else waiter.to_minute
    return to_minute(timezone, waiter.to_on, last) - waiter.shortest_notice_minutes <= now_minute
