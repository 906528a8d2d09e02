"""What fits somebody who waits, and until when an offer is theirs."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.instants import to_minutes
from scheduling.engine import Turn, Waiter, find_offer_end, find_turn, is_over

ZONE = "America/Mexico_City"
TUESDAY = date(2026, 12, 1)
WEEK = Waiter(from_on=TUESDAY, to_on=date(2026, 12, 4))


def at(text: str, zone: str = ZONE) -> int:
    return to_minutes(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("now", "start", "notice", "until"),
    [
        ("2026-12-01T10:00", "2026-12-02T10:00", 0, "2026-12-01T10:30"),
        ("2026-12-01T20:59", "2026-12-02T10:00", 0, "2026-12-01T21:29"),
        ("2026-12-01T21:00", "2026-12-02T10:00", 0, "2026-12-02T09:00"),
        ("2026-12-02T03:00", "2026-12-02T10:00", 0, "2026-12-02T09:00"),
        ("2026-12-02T08:50", "2026-12-02T12:00", 0, "2026-12-02T09:20"),
        ("2026-12-02T09:00", "2026-12-02T12:00", 0, "2026-12-02T09:30"),
        ("2026-12-01T22:00", "2026-12-02T08:00", 60, "2026-12-02T07:00"),
        ("2026-12-01T10:00", "2026-12-01T12:00", 115, "2026-12-01T10:05"),
        ("2026-12-01T10:00", "2026-12-01T12:00", 116, None),
        ("2026-12-01T10:00", "2026-12-01T10:00", 0, None),
        ("2026-12-01T10:00", "2026-12-01T09:00", 0, None),
    ],
)
def test_an_offer_lasts_half_an_hour_by_day_and_until_nine_at_night(now, start, notice, until):
    found = find_offer_end(ZONE, at(now), at(start), notice)

    assert found == (None if until is None else at(until))


def test_a_night_in_which_the_clock_changes_ends_at_nine_on_the_wall():
    zone = "Europe/Madrid"

    found = find_offer_end(zone, at("2026-03-28T22:00", zone), at("2026-03-30T10:00", zone), 0)

    assert found == at("2026-03-29T09:00", zone) == at("2026-03-28T22:00", zone) + 10 * 60


@pytest.mark.parametrize(
    ("waiter", "start"),
    [
        (WEEK, "2026-12-01T09:00"),
        (Waiter(TUESDAY, date(2026, 12, 4), weekdays=frozenset({2})), "2026-12-02T09:00"),
        (Waiter(TUESDAY, date(2026, 12, 4), from_minute=960, to_minute=1020), "2026-12-01T16:00"),
        (Waiter(TUESDAY, date(2026, 12, 4), passed=frozenset({at("2026-12-01T09:00")})), "2026-12-01T10:00"),
        (Waiter(TUESDAY, date(2026, 12, 4), shortest_notice_minutes=24 * 60), "2026-12-02T09:00"),
        (Waiter(date(2026, 12, 5), date(2026, 12, 6)), None),
    ],
)
def test_the_first_start_that_fits_is_their_turn(waiter, start):
    now = at("2026-12-01T08:00")
    clocks = ("01T09:00", "01T10:00", "01T16:00", "01T17:00", "02T09:00")
    starts = [at(f"2026-12-{each}") for each in clocks]

    found = find_turn(waiter, ZONE, starts, now)

    if start is None:
        assert found is None
        return
    until = find_offer_end(ZONE, now, at(start), waiter.shortest_notice_minutes)
    assert until is not None
    assert found == Turn(at(start), until)


@pytest.mark.parametrize(
    ("now", "is_late"),
    [("2026-12-04T23:59", False), ("2026-12-05T00:00", True), ("2026-12-01T00:00", False)],
)
def test_a_wish_is_over_after_its_last_moment(now, is_late):
    assert is_over(WEEK, ZONE, at(now)) is is_late


def test_a_wish_for_the_morning_that_needs_notice_is_over_before_it():
    waiter = Waiter(TUESDAY, TUESDAY, from_minute=540, to_minute=720, shortest_notice_minutes=120)

    assert [is_over(waiter, ZONE, at(f"2026-12-01T{clock}")) for clock in ("09:59", "10:00")] == [False, True]
