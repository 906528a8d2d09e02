"""Where things stand on the day board: from instants to hours, minutes and lanes. Pure.

The policy for styles is ``style-src 'self'``, so a block cannot carry its position in a ``style``
attribute, and the board must be right without JavaScript. Positions are therefore classes of
the stylesheet ``css/clock.css``: ``hour-9 minute-45`` (starts at 9:45), ``hours-1 minutes-30`` (takes
1 h 30 min), ``lane-0 lanes-2`` (the first of two lanes), ``from-8 span-10`` (the board starts at 8 and
shows ten hours).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kernel.instants import DAY_MINUTES
from kernel.intervals import subtract
from scheduling.types import Board, BoardBlock, BoardColumn, Period, ResourceView
from web.parts.status_looks import StatusLook, get_look

MINUTES_PER_HOUR = 60
DEFAULT_HOURS = (8, 18)
SHORT_MINUTES = 40
TALL_MINUTES = 60
MAX_LANES = 4
"""More visits at once than this in one column are counted, not drawn side by side."""

Span = tuple[int, int]
"""Minutes of the local day, half-open."""


class EntryKind(StrEnum):
    """What a rectangle in a column is."""

    BOOKING = "booking"
    BREAK = "break"
    OFF = "off"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Entry:
    """A rectangle in a column; ``count`` says how many visits a `EntryKind.MORE` stands for."""

    kind: EntryKind
    start: int
    end: int
    css: str = ""
    block: BoardBlock | None = None
    look: StatusLook | None = None
    count: int = 0

    @property
    def minutes(self) -> int:
        """Return the length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A resource's day, ready to draw; entries in order of time."""

    resource: ResourceView
    load_percent: int
    entries: tuple[Entry, ...]

    @property
    def load(self) -> int:
        """Return the load for a bar that ends at 100."""
        return min(max(self.load_percent, 0), 100)

    @property
    def has_bookings(self) -> bool:
        """Tell whether anybody comes."""
        return any(entry.kind is EntryKind.BOOKING for entry in self.entries)


@dataclass(frozen=True, slots=True)
class BoardDay:
    """The whole board, ready to draw.

    Attributes:
        now_minute: Minute of the local day, None on other days or outside the hours shown.
    """

    on: date
    timezone: str
    first_hour: int
    last_hour: int
    columns: tuple[DayColumn, ...]
    now_minute: int | None

    @property
    def hours(self) -> tuple[datetime, ...]:
        """Return the hours to label, as local instants, without the first: its label would be cut off."""
        midnight = datetime(self.on.year, self.on.month, self.on.day, tzinfo=ZoneInfo(self.timezone))
        return tuple(midnight.replace(hour=hour) for hour in range(self.first_hour + 1, self.last_hour))

    @property
    def window_css(self) -> str:
        """Return the classes for the first hour and the number of hours."""
        return f"from-{self.first_hour} span-{self.last_hour - self.first_hour}"

    @property
    def now_css(self) -> str:
        """Return the classes of the line that says what time it is."""
        return "" if self.now_minute is None else start_css(self.now_minute)


def lay_out_day(board: Board, *, now: datetime) -> BoardDay:
    """Turn a board into rectangles on the local clock of its time zone.

    What began the day before or ends the day after is cut at midnight. On the two days a year when the
    clock changes, a block is as long as the clock says.
    """
    zone = ZoneInfo(board.timezone)
    first_hour, last_hour = _find_hours(board, zone)
    columns = tuple(
        _lay_out_column(column, board.on, zone, (first_hour * 60, last_hour * 60)) for column in board.columns
    )
    local_now = now.astimezone(zone)
    minute = local_now.hour * MINUTES_PER_HOUR + local_now.minute
    is_shown = local_now.date() == board.on and first_hour * 60 <= minute < last_hour * 60
    return BoardDay(
        on=board.on,
        timezone=board.timezone,
        first_hour=first_hour,
        last_hour=last_hour,
        columns=columns,
        now_minute=minute if is_shown else None,
    )


def start_css(minute: int) -> str:
    """Return the classes for a minute of the day."""
    return f"hour-{minute // MINUTES_PER_HOUR} minute-{minute % MINUTES_PER_HOUR}"


def length_css(minutes: int) -> str:
    """Return the classes for a length."""
    return f"hours-{minutes // MINUTES_PER_HOUR} minutes-{minutes % MINUTES_PER_HOUR}"


def assign_lanes(spans: Sequence[Span]) -> tuple[tuple[int, int, int], ...]:
    """Return (lane, lanes, group) for each of ``spans``, which are sorted by start.

    Spans that overlap, directly or through others, form a group and share its number of lanes.
    """
    lanes: list[int] = []
    groups: list[int] = []
    sizes: list[int] = []
    ends: list[int] = []
    for start, end in spans:
        if not ends or start >= max(ends):
            ends = []
            sizes.append(0)
        lane = next((index for index, busy_until in enumerate(ends) if busy_until <= start), len(ends))
        ends[lane : lane + 1] = [end]
        sizes[-1] = max(sizes[-1], len(ends))
        lanes.append(lane)
        groups.append(len(sizes) - 1)
    return tuple((lane, sizes[group], group) for lane, group in zip(lanes, groups, strict=True))


def _find_hours(board: Board, zone: ZoneInfo) -> tuple[int, int]:
    periods = [
        period
        for column in board.columns
        for period in (*column.working, *((block.starts_at, block.ends_at) for block in column.blocks))
    ]
    spans = [span for span in (_cut(period, board.on, zone) for period in periods) if span]
    if not spans:
        return DEFAULT_HOURS
    first = min(start for start, _ in spans) // MINUTES_PER_HOUR
    last = -(-max(end for _, end in spans) // MINUTES_PER_HOUR)
    return first, max(last, first + 1)


def _cut(period: Period, on: date, zone: ZoneInfo) -> Span | None:
    start, end = (_minute_of(at, on, zone) for at in period)
    start, end = max(start, 0), min(end, DAY_MINUTES)
    return (start, end) if end > start else None


def _minute_of(at: datetime, on: date, zone: ZoneInfo) -> int:
    local = at.astimezone(zone).replace(tzinfo=None)
    midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - the wall clock, not an instant
    return int((local - midnight) / timedelta(minutes=1))


def _lay_out_column(column: BoardColumn, on: date, zone: ZoneInfo, window: Span) -> DayColumn:
    breaks = [span for span in (_cut(period, on, zone) for period in column.breaks) if span]
    working = [span for span in (_cut(period, on, zone) for period in column.working) if span]
    off = subtract([window], sorted((*working, *breaks)))
    entries = [
        *(_make_band(EntryKind.BREAK, span) for span in breaks),
        *(_make_band(EntryKind.OFF, span) for span in off),
        *_make_bookings(column.blocks, on, zone),
    ]
    entries.sort(key=lambda entry: (entry.start, entry.kind is EntryKind.BOOKING))
    return DayColumn(resource=column.resource, load_percent=column.load_percent, entries=tuple(entries))


def _make_band(kind: EntryKind, span: Span) -> Entry:
    start, end = span
    return Entry(kind=kind, start=start, end=end, css=f"{start_css(start)} {length_css(end - start)}")


def _make_bookings(blocks: Sequence[BoardBlock], on: date, zone: ZoneInfo) -> list[Entry]:
    cut = [(span, block) for block in blocks if (span := _cut((block.starts_at, block.ends_at), on, zone))]
    cut.sort(key=lambda pair: (pair[0], pair[1].booking_id))
    entries: list[Entry] = []
    more: dict[int, Entry] = {}
    for (span, block), (lane, lanes, group) in zip(cut, assign_lanes([span for span, _ in cut]), strict=True):
        start, end = span
        spills = lanes > MAX_LANES and lane >= MAX_LANES - 1
        place = "spill" if spills else f"lane-{lane} lanes-{min(lanes, MAX_LANES)}"
        size = " short" if end - start < SHORT_MINUTES else " tall" if end - start >= TALL_MINUTES else ""
        look = get_look(block.status, is_attendance_confirmed=block.is_attendance_confirmed)
        css = f"{look.css} {start_css(start)} {length_css(end - start)} {place}{size}"
        entries.append(Entry(EntryKind.BOOKING, start, end, css, block, look))
        if spills:
            known = more.get(group, Entry(EntryKind.MORE, start, end))
            more[group] = replace(known, end=max(known.end, end), count=known.count + 1)
    for entry in more.values():
        css = f"{start_css(entry.start)} {length_css(entry.minutes)} lane-{MAX_LANES - 1} lanes-{MAX_LANES}"
        entries.append(replace(entry, css=css))
    return entries
