"""What the clock on the wall shows: periods past midnight; bookable hours, latest starts, the times of rules.

A period of a day is kept **folded**, as (opens, closes), both on the clock of one day: closing at or before the opening
means on the next day. To reckon with it, it is **unfolded**: its end is past 1440 when it lies on the next day.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, contains, intersect, merge
from scheduling.engine.types import ALWAYS, BookablePeriod, RuleTimes, VisitSpec
from scheduling.engine.zone import EPOCH_WEEKDAY, list_stretches, to_day_number

DayWalls = Callable[[int], Iterable[Interval]]
"""The wall minutes, from midnight to before the next one, that a local date (days since 1970-01-01) allows."""


def unfold_period(opens: int, closes: int) -> Interval:
    """Return a folded period as minutes since the midnight of its own date, the end up to 2880."""
    return opens, closes if closes > opens else closes + DAY_MINUTES


def fold_period(period: Interval) -> Interval:
    """Return (opens, closes) of a period that begins on its date and lasts at most a day."""
    opens, closes = period
    return opens, closes if closes <= DAY_MINUTES else closes - DAY_MINUTES


def join_touching(periods: Iterable[Interval]) -> list[Interval]:
    """Put unfolded periods into order; those that touch are one, as long as that lasts no longer than a day."""
    joined: list[Interval] = []
    for opens, closes in sorted(periods):
        if joined and joined[-1][1] == opens and closes - joined[-1][0] <= DAY_MINUTES:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return joined


def move_days(periods: Iterable[Interval], days: int) -> list[Interval]:
    """Return periods as the clock of an earlier date counts them: ``days`` later; negative: of a later date."""
    return [(opens + days * DAY_MINUTES, closes + days * DAY_MINUTES) for opens, closes in periods]


def meets(period: Interval, others: Iterable[Interval]) -> bool:
    """Tell whether a period shares a minute with one of the others."""
    return any(start < period[1] and period[0] < end for start, end in others)


def lies_in(period: Interval, others: Iterable[Interval]) -> bool:
    """Tell whether a period lies within one of the others, or within several that touch."""
    return any(start <= period[0] and period[1] <= end for start, end in merge(others))


def find_night(pause: Interval, hours: Sequence[Interval]) -> Interval:
    """Return a break by the clock of the date whose hours it interrupts: one that was typed as 1:00 may be of a night.

    ``hours`` are those of the date; a break that none of them has stays as it is.
    """
    (late,) = move_days([pause], 1)
    begins = any(start <= pause[0] < end for start, end in hours)
    return late if not begins and lies_in(late, hours) else pause


def lasts_too_long(periods: Collection[Interval]) -> bool:
    """Tell whether the periods of a date end more than a day after the first of them begins."""
    return bool(periods) and max(end for _, end in periods) - min(start for start, _ in periods) > DAY_MINUTES


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
        start, end = unfold_period(opens, closes)
        by_weekday[weekday].append((start, min(end, DAY_MINUTES)))
        if end > DAY_MINUTES:
            by_weekday[(weekday + 1) % 7].append((0, end - DAY_MINUTES))
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
