"""Starts by what the clock on the wall shows: bookable hours, latest starts, and the times of rules."""

from collections.abc import Callable, Iterable, Sequence

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, contains, intersect, merge
from scheduling.engine.hours import EPOCH_WEEKDAY
from scheduling.engine.types import ALWAYS, BookablePeriod, RuleTimes, VisitSpec
from scheduling.engine.zone import list_stretches, to_day_number

DayWalls = Callable[[int], Iterable[Interval]]
"""The wall minutes, from midnight to before the next one, that a local date (days since 1970-01-01) allows."""


def lay_walls(timezone: str, from_minute: int, to_minute: int, list_day: DayWalls) -> list[Interval]:
    """List the instants of ``[from, to)`` at which the clock shows what its own date allows.

    The wall time of the instant itself is compared, so that a repeated hour is inside twice, or not at all.
    """
    laid: list[Interval] = []
    for stretch in list_stretches(timezone, from_minute, to_minute):
        first, last = max(stretch.start, from_minute), min(stretch.end, to_minute)
        if first >= last:
            continue
        for day in range((first + stretch.offset) // DAY_MINUTES, (last - 1 + stretch.offset) // DAY_MINUTES + 1):
            midnight = day * DAY_MINUTES - stretch.offset
            for opens, closes in list_day(day):
                piece = max(first, midnight + opens), min(last, midnight + closes)
                if piece[0] < piece[1]:
                    laid.append(piece)
    return merge(laid)


def list_bookable(periods: Sequence[BookablePeriod], timezone: str, starts: Interval) -> list[Interval]:
    """List the starts that lie in bookable hours."""
    by_weekday: list[list[Interval]] = [[] for _ in range(7)]
    for weekday, opens, closes in periods:
        by_weekday[weekday].append((opens, closes if closes > opens else DAY_MINUTES))
        if closes <= opens:
            by_weekday[(weekday + 1) % 7].append((0, closes))
    return lay_walls(timezone, *starts, lambda day: by_weekday[(day + EPOCH_WEEKDAY) % 7])


def list_before_latest(latest_minute: int, timezone: str, starts: Interval) -> list[Interval]:
    """List the starts at or before a wall minute of their own date."""
    walls = [(0, latest_minute + 1)]
    return lay_walls(timezone, *starts, lambda _day: walls)


def bind_starts(visit: VisitSpec, timezone: str, starts: Sequence[Interval]) -> list[Interval]:
    """Keep those of some starts, sorted, that bookable hours and the latest start allow."""
    kept = list(starts)
    for periods in visit.bookable:
        if kept:
            kept = intersect(kept, list_bookable(periods, timezone, (kept[0][0], kept[-1][1])))
    if kept and visit.latest_start_minute is not None:
        kept = intersect(kept, list_before_latest(visit.latest_start_minute, timezone, (kept[0][0], kept[-1][1])))
    return kept


def list_counted(times: RuleTimes, timezone: str, starts: Interval) -> list[Interval]:
    """List the starts that a rule counts and limits."""
    if times == ALWAYS:
        return [starts]
    first = None if times.valid_from is None else to_day_number(times.valid_from)
    last = None if times.valid_to is None else to_day_number(times.valid_to)
    walls = _list_between(times)

    def list_day(day: int) -> Iterable[Interval]:
        is_valid = (first is None or first <= day) and (last is None or day <= last)
        return walls if is_valid and (not times.weekdays or (day + EPOCH_WEEKDAY) % 7 in times.weekdays) else ()

    return lay_walls(timezone, *starts, list_day)


def is_counted(times: RuleTimes, timezone: str, start_minute: int) -> bool:
    """Tell whether a rule counts and limits a start."""
    return contains(list_counted(times, timezone, (start_minute, start_minute + 1)), start_minute)


def _list_between(times: RuleTimes) -> list[Interval]:
    begins, ends = times.from_minute, times.to_minute
    if begins is None or ends is None:
        return [(0, DAY_MINUTES)]
    return [(begins, ends)] if begins < ends else [(0, ends), (begins, DAY_MINUTES)]
