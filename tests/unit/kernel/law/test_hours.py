"""When people may be written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel.law.clocks import Place
from kernel.law.hours import (
    MessagePurpose,
    find_last_instant,
    find_message_hours,
    find_next_instant,
    list_message_hours,
    read_message_hours,
)

SERVICE, MARKETING, COLLECTION = MessagePurpose.SERVICE, MessagePurpose.MARKETING, MessagePurpose.COLLECTION
BOGOTA = Place("CO", "America/Bogota")
MEXICO = Place("MX", "America/Mexico_City")
MADRID = Place("ES", "Europe/Madrid")
SANTIAGO = Place("CL", "America/Santiago")
ROW = """
[[rules]]
places = [""]
purpose = "{}"
windows = ["Mon-Sun 08:00-12:00", "Sun 13:00-21:00"]
on_holidays = true
binding = false
source = "own choice"
confidence = "H"
"""
TABLE = "reviewed_on = 2026-11-25" + "".join(ROW.format(each) for each in MessagePurpose)


def at(place: Place, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(place.timezone))


@pytest.mark.parametrize(
    ("purpose", "place", "wanted", "following", "before"),
    [
        # Our own choice: from 8 to 21 on each day.
        (SERVICE, MEXICO, "2026-12-24 12:00", "2026-12-24 12:00", "2026-12-24 12:00"),
        (SERVICE, MEXICO, "2026-12-24 08:00", "2026-12-24 08:00", "2026-12-24 08:00"),
        (SERVICE, MEXICO, "2026-12-24 07:59", "2026-12-24 08:00", "2026-12-23 20:59"),
        (SERVICE, MEXICO, "2026-12-24 20:59", "2026-12-24 20:59", "2026-12-24 20:59"),
        (SERVICE, MEXICO, "2026-12-24 21:00", "2026-12-25 08:00", "2026-12-24 20:59"),
        # Marketing: working days.
        (MARKETING, MEXICO, "2026-12-24 19:00", "2026-12-28 09:00", "2026-12-24 18:59"),
        (MARKETING, MEXICO, "2026-12-27 12:00", "2026-12-28 09:00", "2026-12-24 18:59"),
        (COLLECTION, MEXICO, "2026-12-25 12:00", "2026-12-28 09:00", "2026-12-24 18:59"),
        # Ley 2300: Saturdays until 15, never on holidays; what somebody booked is exempt from it.
        (MARKETING, BOGOTA, "2026-12-04 19:00", "2026-12-05 08:00", "2026-12-04 18:59"),
        (MARKETING, BOGOTA, "2026-12-05 15:00", "2026-12-07 07:00", "2026-12-05 14:59"),
        (COLLECTION, BOGOTA, "2026-12-08 10:00", "2026-12-09 07:00", "2026-12-07 18:59"),
        (SERVICE, BOGOTA, "2026-12-08 10:00", "2026-12-08 10:00", "2026-12-08 10:00"),
        # Nights with 23 and with 25 hours.
        (SERVICE, MADRID, "2027-03-28 03:30", "2027-03-28 08:00", "2027-03-27 20:59"),
        (SERVICE, MADRID, "2026-10-25 02:30", "2026-10-25 08:00", "2026-10-24 20:59"),
        (SERVICE, SANTIAGO, "2026-09-05 23:30", "2026-09-06 08:00", "2026-09-05 20:59"),
    ],
)
def test_a_message_goes_when_nobody_is_disturbed(
    purpose: MessagePurpose, place: Place, wanted: str, following: str, before: str
) -> None:
    assert find_next_instant(purpose, at(place, wanted), place=place) == at(place, following)
    assert find_last_instant(purpose, at(place, wanted), place=place) == at(place, before)


def test_seconds_are_kept_while_it_is_allowed() -> None:
    wanted = datetime(2026, 12, 24, 18, 0, 42, tzinfo=UTC)

    assert find_next_instant(SERVICE, wanted, place=MEXICO) == wanted
    assert find_last_instant(SERVICE, wanted, place=MEXICO) == wanted


def test_a_minute_of_each_hour_of_a_year_agrees_with_the_table() -> None:
    zone = ZoneInfo(BOGOTA.timezone)
    instant, end = datetime(2026, 1, 1, 5, 30, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)
    allowed = 0
    while instant < end:
        may = find_next_instant(MARKETING, instant, place=BOGOTA) == instant
        wall = instant.astimezone(zone)
        opens, closes = (7, 19) if wall.weekday() < 5 else (8, 15)
        if may:
            assert wall.weekday() < 6
            assert opens <= wall.hour < closes
        allowed += may
        instant += timedelta(hours=1)

    # 261 days from Monday to Friday, of which 19 are holidays, and 52 Saturdays, of which none is one.
    assert allowed == (261 - 19) * 12 + 52 * 7


def test_the_table_says_what_binds() -> None:
    colombia = find_message_hours(MARKETING, "CO")

    assert (colombia.binding, colombia.most_a_day, colombia.on_holidays) == (True, 1, False)
    assert not find_message_hours(SERVICE, "CO").binding
    assert {country for country, _ in list_message_hours()} == {"", "CO"}


def test_two_windows_of_a_day() -> None:
    week = read_message_hours(TABLE)["", SERVICE].windows

    assert [len(day) for day in week] == [1, 1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('purpose = "marketing"', 'purpose = "spam"', "spam"),
        ('purpose = "marketing"', 'purpose = "service"', "service comes twice"),
        ('places = [""]\npurpose = "marketing"', 'places = ["CO"]\npurpose = "marketing"', "no row holds everywhere"),
        ("Mon-Sun", "Mon-Sum", "is no window"),
        ("Sun 13", "Sun at 13", "is no window"),
        ("08:00-12:00", "12:00-08:00", "ends before it begins"),
        ("Mon-Sun", "Sun-Mon", "ends before it begins"),
        ("13:00-21:00", "11:00-21:00", "two windows of a day meet"),
        ('source = "own choice"', 'source = ""', "how sure we are"),
        ('confidence = "H"', 'confidence = "?"', "how sure we are"),
        ("on_holidays = true", "", "not a table of hours"),
        ("binding = false", "binding = false\nday = 1", "not a table of hours"),
    ],
)
def test_a_wrong_table_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_message_hours(TABLE.replace(old, new))


def test_nothing_is_ever_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    table = read_message_hours(TABLE.replace('"Mon-Sun 08:00-12:00", "Sun 13:00-21:00"', ""))
    monkeypatch.setattr("kernel.law.hours.list_message_hours", lambda: table)

    with pytest.raises(ValueError, match="nothing may be sent"):
        find_next_instant(SERVICE, datetime(2026, 12, 24, tzinfo=UTC), place=MEXICO)
    with pytest.raises(ValueError, match="nothing could be sent"):
        find_last_instant(SERVICE, datetime(2026, 12, 24, tzinfo=UTC), place=MEXICO)
