from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.environment import ROOT
from scheduling.enums import BookingStatus
from scheduling.types import Board, BoardBlock, BoardColumn, ResourceView
from web.workspace.board.layout import EntryKind, assign_lanes, lay_out_day

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
        customer_name="Ana Torres",
        service_name="Frenos",
        asset_label="Spark 2018",
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
        "state-confirmed hour-9 minute-45 hours-1 minutes-30 lane-0 lanes-1 tall",
    )


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
