"""Where things stand on the day board: from instants to hours, minutes and lanes. Pure.

The policy for styles is ``style-src 'self'``, so a block cannot carry its position in a ``style``
attribute, and the board must be right without JavaScript. Positions are therefore classes of
the stylesheet ``css/clock.css``: ``hour-9 minute-45`` (starts at 9:45), ``hours-1 minutes-30`` (takes
1 h 30 min), ``lane-0 lanes-2`` (the first of two lanes), ``from-8 span-10`` (the board starts at 8 and
shows ten hours). The sizes of a block (``slim``, ``short``, ``tall``, ``roomy``) say how its text is set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise
from zoneinfo import ZoneInfo

from kernel.instants import DAY_MINUTES
from kernel.intervals import subtract
from scheduling.enums import BookingStatus
from scheduling.types import Board, BoardBlock, BoardColumn, Period, ResourceView
from web.formats import is_same
from web.parts.status_looks import StatusLook, get_look

MINUTES_PER_HOUR = 60
DEFAULT_HOURS = (8, 18)
SCALES = ((15, "finest", 144), (22, "fine", 96))
"""A day with a visit shorter than so many minutes is drawn larger: its class, and the height of an hour.

Every visit has a line of text then and can be hit with a finger, 24 pixels, down to ten minutes.
"""
USUAL_HEIGHT = 66
"""Of an hour, in pixels at the usual size of text, as in ``css/board.css``."""
SIZES = ((16, "slim short"), (44, "short"), (60, ""), (80, "tall"))
"""Classes of a block that is less than so many pixels high; the others are `LARGEST`."""
LARGEST = "tall roomy"
NEARLY_FULL, FULL = 78, 94
"""Percent of the hours from which a day is yellow, and red."""
ANNOUNCED = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS})
"""Whose delay is told until the visit is over."""
GRACE = timedelta(minutes=5)
"""Nobody is late before."""
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
    """A rectangle in a column; ``count`` says how many visits a `EntryKind.MORE` stands for.

    ``late_minutes``: so long ago somebody was to come who has not, or a visit was to end which goes on; else 0.
    """

    kind: EntryKind
    start: int
    end: int
    css: str = ""
    block: BoardBlock | None = None
    look: StatusLook | None = None
    count: int = 0
    late_minutes: int = 0

    @property
    def about(self) -> str:
        """Return what the visit is about; nothing where that is the customer, who is named anyway."""
        if self.block is None or is_same(self.block.asset_label, self.block.customer_name):
            return ""
        return self.block.asset_label

    @property
    def plate(self) -> str:
        """Return what identifies the asset, unless its label or the customer's name says it already."""
        if self.block is None:
            return ""
        known = (self.block.asset_label, self.block.customer_name)
        identifier = self.block.asset_identifier
        return "" if any(is_same(identifier, each) for each in known) else identifier

    @property
    def minutes(self) -> int:
        """Return the length."""
        return self.end - self.start

    @property
    def visit_minutes(self) -> int:
        """Return how long the whole visit lasts, of which the rectangle may be a part."""
        return 0 if self.block is None else self.block.visit_minutes


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A resource's day, ready to draw; entries in order of time.

    Attributes:
        free_minutes: Working time that nobody has taken and that is still to come; None on a day off.
        is_over: All working time has passed.
        capacity: So many visits at once.
        open_minutes: Working time of the day, as often as it serves at once.
        taken_minutes: What visits take of it.
    """

    resource: ResourceView
    load_percent: int
    entries: tuple[Entry, ...]
    free_minutes: int | None = None
    is_over: bool = False
    capacity: int = 1
    open_minutes: int = 0
    taken_minutes: int = 0

    @property
    def tone(self) -> str:
        """Return how full it is: ``good``, ``warn`` from `NEARLY_FULL`, ``bad`` from `FULL`."""
        return find_tone(self.load_percent)

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
        next_open_on: On a day when nobody works, the next one when somebody does; else None.
        is_closed: Nobody works and nobody comes.
        scale: Class of a day that is drawn larger, for its short visits.
    """

    on: date
    timezone: str
    first_hour: int
    last_hour: int
    columns: tuple[DayColumn, ...]
    now_minute: int | None
    is_closed: bool = False
    next_open_on: date | None = None
    scale: str = ""

    @property
    def hours(self) -> tuple[datetime, ...]:
        """Return the hours to label, as local instants."""
        midnight = datetime(self.on.year, self.on.month, self.on.day, tzinfo=ZoneInfo(self.timezone))
        return tuple(midnight.replace(hour=hour) for hour in range(self.first_hour, self.last_hour))

    @property
    def window_css(self) -> str:
        """Return the classes for the first hour, the number of hours and their height."""
        return f"from-{self.first_hour} span-{self.last_hour - self.first_hour} {self.scale}".rstrip()

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
    scale, height = _find_scale(board, zone)
    frame = _Frame(board.on, zone, (first_hour * 60, last_hour * 60), height, now)
    columns = tuple(_lay_out_column(column, frame) for column in board.columns)
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
        is_closed=bool(columns) and not any(column.working or column.blocks for column in board.columns),
        next_open_on=board.next_open_on,
        scale=scale,
    )


def find_tone(percent: int) -> str:
    """Return ``good``, ``warn`` or ``bad`` for how full something is; the page says it in words as well."""
    if percent >= FULL:
        return "bad"
    return "warn" if percent >= NEARLY_FULL else "good"


def count_late(block: BoardBlock, now: datetime) -> int:
    """Return for how many minutes somebody is late who has not come, or a visit overruns which goes on; else 0.

    The whole visit counts, of which the block may be a part. What the business has said to be behind counts at once.
    """
    ends = {BookingStatus.CONFIRMED: block.visit_starts_at, BookingStatus.IN_PROGRESS: block.visit_ends_at}
    due = ends.get(block.status)
    announced = block.announced_minutes if block.status in ANNOUNCED else 0
    if due is None or now - due < GRACE or now - due > timedelta(days=1):
        return announced
    return max(announced, (now - due) // timedelta(minutes=1))


def start_css(minute: int) -> str:
    """Return the classes for a minute of the day."""
    return f"hour-{minute // MINUTES_PER_HOUR} minute-{minute % MINUTES_PER_HOUR}"


def length_css(minutes: int) -> str:
    """Return the classes for a length."""
    return f"hours-{minutes // MINUTES_PER_HOUR} minutes-{minutes % MINUTES_PER_HOUR}"


def assign_lanes(spans: Sequence[Span]) -> tuple[tuple[int, int, int], ...]:
    """Return (lane, lanes, group) for each of ``spans``, which are sorted by start.

    Spans that overlap, directly or through others, form a group and share its number of lanes. Each
    takes the first lane that is free; what is busy and what is free lie in heaps, so that a day of
    a thousand visits at once costs no more than one of a thousand in a row.
    """
    lanes: list[int] = []
    groups: list[int] = []
    sizes: list[int] = []
    busy: list[tuple[int, int]] = []
    free: list[int] = []
    group_end = 0
    for start, end in spans:
        if not sizes or start >= group_end:
            busy, free, group_end = [], [], end
            sizes.append(0)
        while busy and busy[0][0] <= start:
            heappush(free, heappop(busy)[1])
        lane = heappop(free) if free else len(busy)
        heappush(busy, (end, lane))
        group_end = max(group_end, end)
        sizes[-1] = max(sizes[-1], lane + 1)
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


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all columns have in common; ``hour_height`` in pixels at the usual size of text."""

    on: date
    zone: ZoneInfo
    window: Span
    hour_height: int
    now: datetime

    def cut(self, period: Period) -> Span | None:
        """Return what lies on the day."""
        return _cut(period, self.on, self.zone)


def _find_scale(board: Board, zone: ZoneInfo) -> tuple[str, int]:
    """Return the class and the height of an hour that the shortest visit asks for."""
    periods = ((block.starts_at, block.ends_at) for column in board.columns for block in column.blocks)
    spans = (_cut(period, board.on, zone) for period in periods)
    shortest = min((end - start for start, end in filter(None, spans)), default=DAY_MINUTES)
    return next(((css, height) for below, css, height in SCALES if shortest < below), ("", USUAL_HEIGHT))


def _lay_out_column(column: BoardColumn, frame: _Frame) -> DayColumn:
    breaks = [span for span in map(frame.cut, column.breaks) if span]
    working = [span for span in map(frame.cut, column.working) if span]
    off = subtract([frame.window], sorted((*working, *breaks)))
    entries = [
        *(_make_band(EntryKind.BREAK, span) for span in breaks),
        *(_make_band(EntryKind.OFF, span) for span in off),
        *_make_bookings(column.blocks, frame),
    ]
    entries.sort(key=lambda entry: (entry.start, entry.kind is EntryKind.BOOKING))
    return DayColumn(
        resource=column.resource,
        load_percent=column.load_percent,
        entries=tuple(entries),
        free_minutes=_count_free(column, frame.now) if working else None,
        is_over=bool(working) and all(closes <= frame.now for _, closes in column.working),
        capacity=column.capacity,
        open_minutes=column.open_minutes,
        taken_minutes=column.taken_minutes,
    )


def _count_free(column: BoardColumn, now: datetime) -> int:
    """Count the minutes of working time still to come in which another visit would find the resource free."""
    changes: dict[datetime, int] = {}
    for block in column.blocks:
        changes[block.starts_at] = changes.get(block.starts_at, 0) + 1
        changes[block.ends_at] = changes.get(block.ends_at, 0) - 1
    free, taken = timedelta(), 0
    instants = sorted({*changes, *(at for period in column.working for at in period), now})
    for start, end in pairwise(instants):
        taken += changes.get(start, 0)
        is_working = any(opens <= start < closes for opens, closes in column.working)
        if is_working and start >= now and taken < column.capacity:
            free += end - start
    return int(free / timedelta(minutes=1))


def _make_band(kind: EntryKind, span: Span) -> Entry:
    start, end = span
    return Entry(kind=kind, start=start, end=end, css=f"{start_css(start)} {length_css(end - start)}")


def _make_bookings(blocks: Sequence[BoardBlock], frame: _Frame) -> list[Entry]:
    cut = [(span, block) for block in blocks if (span := frame.cut((block.starts_at, block.ends_at)))]
    cut.sort(key=lambda pair: (pair[0], pair[1].booking_id))
    entries: list[Entry] = []
    more: dict[int, Entry] = {}
    for (span, block), (lane, lanes, group) in zip(cut, assign_lanes([span for span, _ in cut]), strict=True):
        start, end = span
        spills = lanes > MAX_LANES and lane >= MAX_LANES - 1
        place = "spill" if spills else f"lane-{lane} lanes-{min(lanes, MAX_LANES)}"
        pixels = (end - start) * frame.hour_height / MINUTES_PER_HOUR
        size = next((css for below, css in SIZES if pixels < below), LARGEST)
        look = get_look(block.status, is_attendance_confirmed=block.is_attendance_confirmed, pause=block.pause)
        late = count_late(block, frame.now)
        parts = (look.css, start_css(start), length_css(end - start), place, size, "late" if late else "")
        css = " ".join(part for part in parts if part)
        entries.append(Entry(EntryKind.BOOKING, start, end, css, block, look, late_minutes=late))
        if spills:
            known = more.get(group, Entry(EntryKind.MORE, start, end))
            more[group] = replace(known, end=max(known.end, end), count=known.count + 1)
    for entry in more.values():
        css = f"{start_css(entry.start)} {length_css(entry.minutes)} lane-{MAX_LANES - 1} lanes-{MAX_LANES}"
        entries.append(replace(entry, css=css))
    return entries
