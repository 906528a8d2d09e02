from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.environment import ROOT
from scheduling.enums import BookingStatus
from scheduling.types import Board, BoardBlock, BoardColumn, ResourceView
from web.workspace.board.layout import SCALES, USUAL_HEIGHT, EntryKind, assign_lanes, count_late, lay_out_day

MEXICO = "America/Mexico_City"
MADRID = "Europe/Madrid"
DAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, *, on: date = DAY, timezone: str = MEXICO) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def block(booking_id: int, start: datetime, end: datetime, status: str = "confirmed") -> BoardBlock:
    return BoardBlock(
        booking_id=booking_id,
        reference=f"REF{booking_id}",
        starts_at=start,
        ends_at=end,
        visit_starts_at=start,
        visit_ends_at=end,
        customer_name="Ana Torres",
        customer_phone="+525512345678",
        service_name="Frenos",
        asset_label="Spark 2018",
        asset_identifier="ABC-123-D",
        status=BookingStatus(status),
        is_attendance_confirmed=False,
        source="page",
        party_size=1,
        arrival_mode="",
        is_override=False,
    )


def board(*blocks: BoardBlock, working=None, breaks=(), on: date = DAY, timezone: str = MEXICO) -> Board:
    resource = ResourceView(1, "Carlos Ruiz", "Mecánico", 1, "", True)
    hours = ((at(8, on=on, timezone=timezone), at(18, on=on, timezone=timezone)),) if working is None else working
    return Board(on=on, timezone=timezone, columns=(BoardColumn(resource, hours, breaks, blocks, 50),))


def entries(day, kind: EntryKind):
    return [entry for entry in day.columns[0].entries if entry.kind is kind]


def test_block_stands_at_its_local_minute():
    day = lay_out_day(board(block(1, at(9, 45), at(11, 15))), now=at(7))

    (entry,) = entries(day, EntryKind.BOOKING)
    assert (day.window_css, entry.css) == (
        "from-8 span-10",
        "state-confirmed hour-9 minute-45 hours-1 minutes-30 lane-0 lanes-1 tall roomy",
    )


@pytest.mark.parametrize(
    ("minutes", "size"),
    [
        (25, "short"),
        (30, "short"),
        (39, "short"),
        (40, ""),
        (45, ""),
        (54, ""),
        (60, "tall"),
        (72, "tall"),
        (75, "tall roomy"),
        (240, "tall roomy"),
    ],
)
def test_text_is_set_by_the_height_of_the_block(minutes, size):
    day = lay_out_day(board(block(1, at(9), at(9) + timedelta(minutes=minutes))), now=at(7))

    (entry,) = entries(day, EntryKind.BOOKING)
    assert (day.scale, entry.css.partition("lanes-1")[2].strip()) == ("", size)


@pytest.mark.parametrize(
    ("shortest", "scale", "sizes"),
    [
        (22, "", ["short", "short"]),
        (20, "fine", ["short", ""]),
        (15, "fine", ["short", ""]),
        (10, "finest", ["short", "tall"]),
        (5, "finest", ["slim short", "tall"]),
    ],
)
def test_day_with_short_visits_is_drawn_larger(shortest, scale, sizes):
    visits = [
        block(number, at(8 + number), at(8 + number) + timedelta(minutes=each))
        for number, each in ((1, shortest), (2, 30))
    ]

    day = lay_out_day(board(*visits), now=at(7))

    found = [entry.css.partition("lanes-1")[2].strip() for entry in entries(day, EntryKind.BOOKING)]
    assert (day.window_css, found) == (f"from-8 span-10 {scale}".strip(), sizes)


def test_stylesheet_has_the_heights_that_the_layout_reckons_with():
    text = (ROOT / "platform" / "web" / "static" / "css" / "board.css").read_text()
    found = re.findall(r"\.board(?:\.(\w+))? \{\s+--hour-height: ([\d.]+)rem", text)

    heights = {name: float(rem) * 16 for name, rem in found}
    assert heights == {"": USUAL_HEIGHT} | {css: height for _, css, height in SCALES}


@pytest.mark.parametrize(
    ("label", "identifier", "shown"),
    [
        ("Spark 2018", "ABC-123-D", ("Spark 2018", "ABC-123-D")),
        ("Ana Torres", "ANA TORRES", ("", "")),
        (" ana  TORRES", "Ana Torres", ("", "")),
        ("Emma Torres", "EMMA TORRES", ("Emma Torres", "")),
        ("", "ABC-123-D", ("", "ABC-123-D")),
        ("", "", ("", "")),
    ],
)
def test_block_names_nobody_twice(label, identifier, shown):
    visit = replace(block(1, at(9), at(10)), asset_label=label, asset_identifier=identifier)

    (entry,) = entries(lay_out_day(board(visit), now=at(7)), EntryKind.BOOKING)

    assert (entry.about, entry.plate) == shown


def test_band_is_about_nothing():
    (band,) = entries(lay_out_day(board(breaks=((at(18), at(19)),)), now=at(7)), EntryKind.BREAK)

    assert (band.about, band.plate) == ("", "")


@pytest.mark.parametrize(
    ("now", "capacity", "free"),
    [
        (at(7), 1, 10 * 60 - 135),
        (at(7), 2, 10 * 60 - 15),
        (at(10), 1, 8 * 60 - 75),
        (at(9, 30), 1, 8 * 60 + 30 - 105),
        (at(17, 30), 1, 30),
        (at(18), 1, 0),
    ],
)
def test_free_time_is_what_is_still_to_come(now, capacity, free):
    day = board(block(1, at(9), at(10)), block(2, at(9, 45), at(10)), block(3, at(11), at(12, 15)))
    day = replace(day, columns=(replace(day.columns[0], capacity=capacity),))

    (column,) = lay_out_day(day, now=now).columns

    assert (column.free_minutes, column.is_over) == (free, now == at(18))


def test_day_off_has_no_free_time_and_is_not_over():
    (column,) = lay_out_day(board(block(1, at(9), at(10)), working=()), now=at(20)).columns

    assert (column.free_minutes, column.is_over) == (None, False)


def test_day_is_closed_when_nobody_works_and_nobody_comes():
    closed = replace(board(working=()), next_open_on=date(2026, 11, 24))

    days = [lay_out_day(each, now=at(7)) for each in (closed, board(), board(block(1, at(9), at(10)), working=()))]

    assert [(day.is_closed, day.next_open_on) for day in days] == [
        (True, date(2026, 11, 24)),
        (False, None),
        (False, None),
    ]
    assert not lay_out_day(Board(on=DAY, timezone=MEXICO, columns=()), now=at(7)).is_closed


def test_every_hour_of_the_day_has_its_label():
    assert [hour.hour for hour in lay_out_day(board(), now=at(7)).hours] == list(range(8, 18))


def test_hours_grow_with_early_and_late_visits():
    day = lay_out_day(board(block(1, at(6, 30), at(7)), block(2, at(19), at(20, 15))), now=at(12))

    assert (day.first_hour, day.last_hour) == (6, 21)


def test_visit_over_midnight_is_cut():
    start, end = at(23), datetime(2026, 11, 24, 9, tzinfo=UTC)

    day = lay_out_day(board(block(1, start, end), working=()), now=at(12))

    (entry,) = entries(day, EntryKind.BOOKING)
    assert (entry.start, entry.end, day.last_hour) == (23 * 60, 24 * 60, 24)


def test_visit_of_another_day_is_not_drawn():
    day = lay_out_day(board(block(1, at(9, on=date(2026, 11, 22)), at(10, on=date(2026, 11, 22)))), now=at(12))

    assert entries(day, EntryKind.BOOKING) == []


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 29), (8, 18)), (date(2026, 10, 25), (8, 18))])
def test_clock_change_keeps_wall_clock(on, hours):
    start, end = at(9, on=on, timezone=MADRID), at(10, on=on, timezone=MADRID)

    day = lay_out_day(board(block(1, start, end), on=on, timezone=MADRID), now=start)

    (entry,) = entries(day, EntryKind.BOOKING)
    assert ((day.first_hour, day.last_hour), entry.start, entry.end) == (hours, 540, 600)


def test_breaks_and_closed_hours_are_bands():
    working = ((at(9), at(13)), (at(14), at(17)))

    day = lay_out_day(board(block(1, at(8), at(9)), working=working, breaks=((at(13), at(14)),)), now=at(12))

    bands = [(entry.kind, entry.start, entry.end) for entry in day.columns[0].entries if entry.block is None]
    assert bands == [(EntryKind.OFF, 480, 540), (EntryKind.BREAK, 780, 840)]


def test_empty_board_shows_ordinary_hours():
    day = lay_out_day(Board(on=DAY, timezone=MEXICO, columns=()), now=at(12))

    assert (day.columns, day.first_hour, day.last_hour, day.now_minute) == ((), 8, 18, 720)


@pytest.mark.parametrize(
    ("now", "minute"), [(at(11, 21), 681), (at(7, 59), None), (at(11, on=date(2026, 11, 24)), None)]
)
def test_now_line_only_inside_the_shown_day(now, minute):
    assert lay_out_day(board(), now=now).now_minute == minute


def test_lanes_are_shared_by_those_that_overlap():
    assert assign_lanes([(0, 60), (30, 90), (60, 120), (200, 260)]) == (
        (0, 2, 0),
        (1, 2, 0),
        (0, 2, 0),
        (0, 1, 1),
    )


def test_crowd_is_counted_not_drawn():
    crowd = [block(number, at(9), at(10)) for number in range(1, 21)]

    day = lay_out_day(board(*crowd), now=at(7))

    bookings = entries(day, EntryKind.BOOKING)
    (more,) = entries(day, EntryKind.MORE)
    assert (len(bookings), sum("spill" in entry.css for entry in bookings), more.count) == (20, 17, 17)


def test_stylesheet_has_every_position():
    text = (ROOT / "platform" / "web" / "static" / "css" / "clock.css").read_text()
    found = set(re.findall(r"\.([a-z]+-\d+)\{", text))

    wanted = {f"{name}-{hour}" for name in ("hour", "hours") for hour in range(25)}
    wanted |= {f"{name}-{minute}" for name in ("minute", "minutes") for minute in range(60)}
    wanted |= {f"from-{hour}" for hour in range(24)} | {f"span-{hours}" for hours in range(1, 25)}
    wanted |= {f"lane-{lane}" for lane in range(4)} | {f"lanes-{lanes}" for lanes in range(1, 5)}
    assert found == wanted


class CountedMinute(int):
    """A minute that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: int) -> bool:
        CountedMinute.compared += 1
        return int(self) < int(other)

    def __le__(self, other: int) -> bool:
        CountedMinute.compared += 1
        return int(self) <= int(other)

    def __gt__(self, other: int) -> bool:
        CountedMinute.compared += 1
        return int(self) > int(other)

    def __ge__(self, other: int) -> bool:
        CountedMinute.compared += 1
        return int(self) >= int(other)

    def __eq__(self, other: object) -> bool:
        CountedMinute.compared += 1
        return int(self) == other

    __hash__ = int.__hash__


def count_comparisons(spans: list[tuple[int, int]]) -> int:
    CountedMinute.compared = 0
    assign_lanes([(CountedMinute(start), CountedMinute(end)) for start, end in spans])
    return CountedMinute.compared


@pytest.mark.parametrize(
    "make", [lambda number: (0, 45), lambda number: (number, number + 5000)], ids=["same", "chain"]
)
def test_visits_at_once_cost_as_much_as_visits_in_a_row(make):
    few, many = (count_comparisons([make(number) for number in range(count)]) for count in (250, 1000))

    assert few > 0
    assert many < 4 * few * 1.5  # the quadratic way took sixteen times as many


def test_lanes_are_those_of_the_plain_way():
    def plainly(spans):
        lanes, groups, sizes, ends = [], [], [], []
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

    rng = random.Random(7)
    for _ in range(500):
        starts = sorted(rng.randint(0, 30) for _ in range(rng.randint(0, 12)))
        spans = [(start, start + rng.randint(1, 10)) for start in starts]
        spans.sort()
        assert assign_lanes(spans) == plainly(spans)


@pytest.mark.parametrize(
    ("status", "now", "late"),
    [
        ("in_progress", at(10, 30), 0),
        ("in_progress", at(11, 10), 10),
        ("confirmed", at(9, 20), 20),
        ("arrived", at(9, 20), 0),
    ],
)
def test_the_whole_visit_says_whether_it_is_late(status, now, late):
    parts = [(at(9), at(10)), (at(10, 15), at(11))]
    blocks = [replace(block(1, *part, status), visit_starts_at=at(9), visit_ends_at=at(11)) for part in parts]

    assert [count_late(each, now) for each in blocks] == [late, late]
