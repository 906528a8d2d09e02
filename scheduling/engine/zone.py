"""Wall time and instants, exactly and without a clock.

A zone is read once for each calendar year as a list of stretches with one
offset; after that everything is addition. `zoneinfo` is the source, so the
process decides which database it uses (ours: the locked `tzdata`, `config.zones`).
Offsets that were not whole minutes (before 1972) are rounded down.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kernel.instants import DAY_MINUTES
from scheduling.engine.errors import EngineInputError

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# 1970-01-01 was a Thursday.
EPOCH_WEEKDAY = 3
# Wide enough for every offset (-12 h … +14 h) and every clock change.
MARGIN_MINUTES = 2 * DAY_MINUTES
# Python's calendar ends at the years 1 and 9999; a year's room on both sides.
FIRST_DAY = 2 * 366 - EPOCH_ORDINAL
LAST_DAY = date.max.toordinal() - 2 * 366 - EPOCH_ORDINAL


class WallTime(NamedTuple):
    """What a clock on the wall shows: local date, minute of the day, and in a repeated hour which of the two (fold)."""

    on: date
    minute: int
    fold: int


class Stretch(NamedTuple):
    """Instants ``[start, end)`` with one UTC offset: wall = instant + offset."""

    start: int
    end: int
    offset: int


def to_day_number(on: date) -> int:
    """Count the days from 1970-01-01 to a date."""
    return on.toordinal() - EPOCH_ORDINAL


def to_date(day_number: int) -> date:
    """Turn days since 1970-01-01 into a date."""
    return date.fromordinal(day_number + EPOCH_ORDINAL)


def list_stretches(timezone: str, from_minute: int, to_minute: int) -> list[Stretch]:
    """List the stretches of a zone that cover ``[from, to)`` and two days on each side.

    Raises:
        EngineInputError: The zone is unknown, or the year is not 3 … 9997.
    """
    first_year = _year_of(from_minute - MARGIN_MINUTES)
    last_year = _year_of(to_minute + MARGIN_MINUTES)
    zone = _get_zone(timezone)
    stretches: list[Stretch] = []
    for year in range(first_year, last_year + 1):
        for stretch in _list_year(zone, year):
            if stretches and stretches[-1].offset == stretch.offset:
                stretches[-1] = Stretch(stretches[-1].start, stretch.end, stretch.offset)
            else:
                stretches.append(stretch)
    return stretches


def to_instant(stretches: list[Stretch], wall: int) -> int:
    """Resolve a wall time, as minutes since 1970-01-01T00:00 on the wall.

    RFC 5545 §3.3.5: a repeated time is its first occurrence; a missing one is
    read with the offset before the gap.
    """
    for index, stretch in enumerate(stretches):
        if wall - stretch.offset < stretch.end:
            if wall - stretch.offset >= stretch.start or index == 0:
                return wall - stretch.offset
            return wall - stretches[index - 1].offset
    return wall - stretches[-1].offset


def to_minute(timezone: str, on: date, wall_minute: int) -> int:
    """Turn a local date and wall time (0 … 2880) into an instant, by RFC 5545 §3.3.5."""
    wall = to_day_number(on) * DAY_MINUTES + wall_minute
    return to_instant(list_stretches(timezone, wall, wall), wall)


def to_wall(timezone: str, minute: int) -> WallTime:
    """Return what the clock of a zone shows at an instant; ``fold`` as in PEP 495: 1 is the second of two."""
    stretches = list_stretches(timezone, minute, minute)
    index = next(index for index, stretch in enumerate(stretches) if minute < stretch.end)
    wall = minute + stretches[index].offset
    is_repeated = index > 0 and wall - stretches[index - 1].offset < stretches[index - 1].end
    return WallTime(to_date(wall // DAY_MINUTES), wall % DAY_MINUTES, int(is_repeated))


def find_wall(timezone: str, wall: WallTime) -> int:
    """Find the instant at which the clock of a zone shows a wall time, by the rules that hold now.

    A wall time that is not repeated (any more) is the one there is; a missing one is read with the offset before
    the gap (RFC 5545 §3.3.5).
    """
    minutes = to_day_number(wall.on) * DAY_MINUTES + wall.minute
    stretches = list_stretches(timezone, minutes, minutes)
    found = [minutes - each.offset for each in stretches if each.start <= minutes - each.offset < each.end]
    return found[min(wall.fold, len(found) - 1)] if found else to_instant(stretches, minutes)


def list_midnights(timezone: str, from_on: date, days: int) -> list[int]:
    """List the instants at which so many local dates begin, and the end of the last."""
    first = to_day_number(from_on) * DAY_MINUTES
    walls = range(first, first + (days + 1) * DAY_MINUTES, DAY_MINUTES)
    stretches = list_stretches(timezone, walls[0], walls[-1])
    return [to_instant(stretches, wall) for wall in walls]


def offset_at(timezone: str, minute: int) -> int:
    """Return the UTC offset in minutes at an instant."""
    stretches = _list_year(_get_zone(timezone), _year_of(minute))
    return next(stretch.offset for stretch in stretches if minute < stretch.end)


def to_local_date(timezone: str, minute: int) -> date:
    """Return the local date of an instant."""
    return to_date((minute + offset_at(timezone, minute)) // DAY_MINUTES)


@lru_cache(maxsize=4096)
def _list_year(zone: ZoneInfo, year: int) -> tuple[Stretch, ...]:
    """List a zone's stretches in one UTC year; at most one change in a UTC day is seen.

    Kept by the zone itself and not by its name: whoever lets `zoneinfo` read its files anew gets their rules.
    """
    begins = to_day_number(date(year, 1, 1)) * DAY_MINUTES
    ends = to_day_number(date(year + 1, 1, 1)) * DAY_MINUTES
    stretches: list[Stretch] = []
    opened_at, offset = begins, _read_offset(zone, begins)
    for midnight in range(begins + DAY_MINUTES, ends + DAY_MINUTES, DAY_MINUTES):
        after = _read_offset(zone, midnight - 1)
        if after == offset:
            continue
        changed_at = _find_change(zone, midnight - DAY_MINUTES, midnight - 1, after)
        stretches.append(Stretch(opened_at, changed_at, offset))
        opened_at, offset = changed_at, after
    stretches.append(Stretch(opened_at, ends, offset))
    return tuple(stretches)


def _find_change(zone: ZoneInfo, low: int, high: int, after: int) -> int:
    """Find the first minute of ``[low, high]`` from which the offset is ``after``."""
    while low < high:
        middle = (low + high) // 2
        if _read_offset(zone, middle) == after:
            high = middle
        else:
            low = middle + 1
    return high


def _read_offset(zone: ZoneInfo, minute: int) -> int:
    # Not from a timestamp: those stop before 1970 on some systems.
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    offset = instant.astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(minutes=1)


def _year_of(minute: int) -> int:
    day_number = minute // DAY_MINUTES
    if not FIRST_DAY < day_number < LAST_DAY:
        raise EngineInputError(field="minute", code="out_of_range")
    return to_date(day_number).year


def _get_zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise EngineInputError(field="timezone", code="unknown_timezone") from error
