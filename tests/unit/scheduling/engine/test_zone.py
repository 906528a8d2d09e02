from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.engine import EngineInputError, WallTime, find_wall, to_local_date, to_minute, to_wall
from scheduling.engine.zone import Stretch, to_instant


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() // 60)


@pytest.mark.parametrize(
    ("zone", "on", "wall", "expected"),
    [
        ("Europe/Madrid", date(2026, 1, 14), 9 * 60, "2026-01-14T08:00"),
        ("Europe/Madrid", date(2026, 3, 29), 2 * 60 + 30, "2026-03-29T01:30"),  # missing: the old offset
        ("Europe/Madrid", date(2026, 10, 25), 2 * 60 + 30, "2026-10-25T00:30"),  # twice: the first
        ("Europe/Madrid", date(2026, 3, 28), 1440, "2026-03-28T23:00"),
        ("America/Santiago", date(2026, 9, 6), 0, "2026-09-06T04:00"),  # midnight does not exist
        ("America/Santiago", date(2026, 4, 4), 23 * 60 + 30, "2026-04-05T02:30"),  # 23:30 twice
        ("Australia/Lord_Howe", date(2026, 4, 5), 1 * 60 + 45, "2026-04-04T14:45"),
        ("Asia/Kathmandu", date(2026, 5, 1), 0, "2026-04-30T18:15"),
        ("America/St_Johns", date(2006, 10, 29), 0, "2006-10-29T02:30"),  # 00:00 twice, at 00:01 back to 23:01
        ("Pacific/Apia", date(2011, 12, 30), 9 * 60, "2011-12-30T19:00"),  # a date that was left out
    ],
)
def test_to_minute_follows_rfc_5545(zone, on, wall, expected):
    assert to_minute(zone, on, wall) == utc(expected)


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize("year", [2011, 2026])
def test_to_minute_equals_an_aware_datetime_all_year(zone, year):
    for day in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()):
        on = date.fromordinal(day)
        moment = datetime(on.year, on.month, on.day, 2, 15, tzinfo=ZoneInfo(zone))

        assert to_minute(zone, on, 135) == int(moment.timestamp() // 60)


def test_to_local_date_reads_the_wall():
    assert to_local_date("Asia/Tokyo", utc("2026-01-14T15:00")) == date(2026, 1, 15)
    assert to_local_date("Asia/Tokyo", utc("2026-01-14T14:59")) == date(2026, 1, 14)


@pytest.mark.parametrize(("wall", "instant"), [(-5, -65), (59, -1), (130, 70), (500, 380)])
def test_wall_time_outside_of_all_stretches_is_read_with_the_nearest(wall, instant):
    assert to_instant([Stretch(0, 60, 60), Stretch(60, 120, 120)], wall) == instant


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_unknown_zone_is_named(zone):
    with pytest.raises(EngineInputError) as caught:
        to_minute(zone, date(2026, 1, 1), 0)

    assert (caught.value.field, caught.value.code) == ("timezone", "unknown_timezone")


@pytest.mark.parametrize("minute", [-(10**12), 10**12, -1_050_000_000])
def test_an_instant_beyond_the_calendar_is_refused(minute):
    with pytest.raises(EngineInputError) as caught:
        to_local_date("Europe/Madrid", minute)

    assert (caught.value.field, caught.value.code) == ("minute", "out_of_range")


@pytest.mark.parametrize(
    ("zone", "instant", "wall"),
    [
        ("America/Mexico_City", "2026-12-10T15:00", ("2026-12-10", 540, 0)),
        ("America/New_York", "2026-11-01T05:30", ("2026-11-01", 90, 0)),
        ("America/New_York", "2026-11-01T06:30", ("2026-11-01", 90, 1)),
        ("America/New_York", "2026-11-01T07:00", ("2026-11-01", 120, 0)),
        ("Australia/Lord_Howe", "2026-04-04T15:15", ("2026-04-05", 105, 1)),
        ("Asia/Kolkata", "2026-06-30T20:00", ("2026-07-01", 90, 0)),
    ],
)
def test_wall_time_leads_back_to_its_instant(zone, instant, wall):
    minute = utc(instant)

    found = to_wall(zone, minute)

    assert (found.on.isoformat(), found.minute, found.fold) == wall
    assert find_wall(zone, found) == minute


def test_missing_wall_time_is_read_with_the_offset_before_and_a_lost_fold_is_forgotten():
    gap = WallTime(date(2026, 3, 8), 150, 0)
    plain = WallTime(date(2026, 7, 1), 540, 1)

    assert find_wall("America/New_York", gap) == utc("2026-03-08T07:30")
    assert find_wall("America/New_York", plain) == utc("2026-07-01T13:00")
