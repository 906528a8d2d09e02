"""The minute nearest to one that is wanted, in periods that leave room to do something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from kernel.law.calendars import is_working_day
from kernel.law.clocks import Place
from kernel.law.hours import MessagePurpose, find_message_hours, find_next_instant
from scheduling.services.messages import working_time
from scheduling.services.messages.working_time import find_nearest, find_sending

DAY = (0, 1440)


@pytest.mark.parametrize(
    ("minute", "periods", "within", "expected"),
    [
        (600, [(540, 1080)], DAY, 600),
        (540, [(540, 1080)], DAY, 540),
        (1079, [(540, 1080)], DAY, 1079),
        (1080, [(540, 1080)], DAY, 1020),
        (500, [(540, 1080)], DAY, 540),
        (1200, [(540, 1080), (1300, 1400)], DAY, 1300),
        (1100, [(540, 1080), (1300, 1400)], DAY, 1020),
        (700, [(540, 560)], DAY, 540),
        (300, [(350, 800)], (0, 400), None),
        (300, [(340, 800)], (0, 400), 340),
        (300, [(0, 200)], (150, 400), None),
        (300, [(0, 250)], (150, 400), 210),
        (1000, [(900, 960), (1040, 1100)], DAY, 1040),
        (700, [(0, 100), (100, 820)], DAY, 700),
        (700, [], DAY, None),
    ],
)
def test_nearest_minute_leaves_room(minute, periods, within, expected):
    assert find_nearest(minute, periods, within) == expected


BOGOTA, MEXICO = "America/Bogota", "America/Mexico_City"


@pytest.fixture
def country(monkeypatch):
    def _set(code: str) -> None:
        monkeypatch.setattr(working_time, "current_tenant", lambda: SimpleNamespace(country=code))

    return _set


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("code", "zone", "wanted", "expected"),
    [
        ("CO", BOGOTA, "2026-11-27 06:59", "2026-11-27 07:00"),  # a Friday
        ("CO", BOGOTA, "2026-11-27 07:00", "2026-11-27 07:00"),
        ("CO", BOGOTA, "2026-11-27 18:59", "2026-11-27 18:59"),
        ("CO", BOGOTA, "2026-11-27 19:00", "2026-11-28 08:00"),
        ("CO", BOGOTA, "2026-11-28 14:59", "2026-11-28 14:59"),
        ("CO", BOGOTA, "2026-11-28 15:00", "2026-11-30 07:00"),  # over Sunday
        ("CO", BOGOTA, "2026-12-08 10:00", "2026-12-09 07:00"),  # Inmaculada Concepción, a Tuesday
        ("CO", BOGOTA, "2026-12-24 19:30", "2026-12-26 08:00"),  # over Christmas, a Friday
        ("MX", MEXICO, "2026-11-27 08:59", "2026-11-27 09:00"),
        ("MX", MEXICO, "2026-11-27 19:00", "2026-11-30 09:00"),  # no Saturday
        ("MX", MEXICO, "2026-12-25 12:00", "2026-12-28 09:00"),
        ("ZZ", MEXICO, "2026-11-28 12:00", "2026-11-30 09:00"),  # no law that we know: our own choice
    ],
)
def test_news_leave_when_the_law_of_the_place_lets_them(code, zone, wanted, expected):
    found = find_next_instant(MessagePurpose.MARKETING, at(wanted, zone), place=Place(code, zone))

    assert found == at(expected, zone)


def test_every_minute_of_a_month_agrees_with_the_words_of_the_law():
    """Colombia, Ley 2300: an oracle written from its words, over a month with a holiday (8 December)."""
    place = Place("CO", BOGOTA)
    instant, last = at("2026-12-01 00:00", BOGOTA), at("2026-12-31 00:00", BOGOTA)
    looked = 0
    while instant < last:
        local = instant.astimezone(ZoneInfo(BOGOTA))
        is_holiday = local.weekday() < 5 and not is_working_day(local.date(), country="CO")
        opens, closes = (8, 15) if local.weekday() == 5 else (7, 19)
        may = local.weekday() != 6 and not is_holiday and opens <= local.hour < closes
        assert (find_next_instant(MessagePurpose.MARKETING, instant, place=place) == instant) == may, local
        instant += timedelta(minutes=30)
        looked += 1

    assert looked == 30 * 48


def test_confirmations_and_reminders_are_not_bound_by_the_hours_of_news(country):
    country("CO")
    sunday = at("2026-11-29 12:00", BOGOTA)

    assert find_sending(sunday, timezone=BOGOTA) == sunday
    assert find_next_instant(MessagePurpose.MARKETING, sunday, place=Place("CO", BOGOTA)) > sunday
    assert find_message_hours(MessagePurpose.MARKETING, "CO").most_a_day == 1
