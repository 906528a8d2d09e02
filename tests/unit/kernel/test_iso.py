"""RFC 3339 and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from kernel.iso import NotIso, ZoneMissing, parse_basic, parse_date, parse_instant, parse_time

AT_NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-12-01T09:00:00Z", AT_NINE),
        ("2026-12-01t09:00:00z", AT_NINE),
        ("2026-12-01T09:00Z", AT_NINE),
        ("2026-12-01T09:00:00.000Z", AT_NINE),
        ("2026-12-01T09:00:00.000000000Z", AT_NINE),
        ("2026-12-01T09:00:00+00:00", AT_NINE),
        ("2026-12-01T09:00:00-00:00", AT_NINE),
        ("2026-12-01T03:00:00-06:00", AT_NINE),
        ("2026-12-01T23:00:00+14:00", AT_NINE),
        ("2026-12-01T09:00:30.25Z", AT_NINE.replace(second=30, microsecond=250_000)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_parse_instant_gives_utc(text, at):
    read = parse_instant(text)

    assert (read, read.tzinfo) == (at, UTC)


@pytest.mark.parametrize(
    "text", ["2026-12-01T09:00:00", "2026-12-01T09:00", "2026-12-01t09:00:00.5", "2026-12-01T00:00:00"]
)
def test_parse_instant_says_that_the_zone_is_missing(text):
    with pytest.raises(ZoneMissing):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-12-01",
        "2026-02-30T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2026-00-01T09:00:00Z",
        "0000-01-01T09:00:00Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01T09:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-12-01T09Z",
        "2026-12-01T0900Z",
        "20261201T090000Z",
        "2026-W49-2T09:00:00Z",
        "2026-335T09:00:00Z",
        "+2026-12-01T09:00:00Z",
        "2026-12-01 09:00:00Z",
        "2026-12-01T09:00:00 Z",
        "2026-12-01T09:00:00+0600",
        "2026-12-01T09:00:00+06",
        "2026-12-01T09:00:00+24:00",
        "2026-12-01T09:00:00+06:60",
        "2026-12-01T09:00:00+06:00:30",
        "2026-12-01T09:00:00 06:00",
        "2026-12-01T09:00:00.Z",
        "2026-12-01T09:00:00.0000001Z",
        "2026-12-01T09:00:00,5Z",
        "2026-12-01T09:00:00Z\n",
        " 2026-12-01T09:00:00Z",
        "2026-12-01T09:00:00Zulu",
        "2026-12-01T09:00:00[UTC]",
        "2026-12-01T09:00:00Z[America/Mexico_City]",
        "٢٠٢٦-١٢-٠١T09:00:00Z",
        "2026-12-01T09:00:00\u221206:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1764579600",
        "now",
    ],
)
def test_parse_instant_repairs_nothing(text):
    with pytest.raises(NotIso) as caught:
        parse_instant(text)

    assert caught.type is NotIso


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-W49-2", "2026-335", "20261201", "2026-1-1", "2026-12-01T00:00", ""]
)
def test_parse_date_takes_one_form(text):
    with pytest.raises(NotIso):
        parse_date(text)

    assert parse_date("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["24:00", "9:00", "09", "0900", "09:00Z", "T09:00", "09:60", "09:00:60", ""])
def test_parse_time_takes_one_form(text):
    with pytest.raises(NotIso):
        parse_time(text)

    assert (parse_time("09:05"), parse_time("09:05:30.5")) == (time(9, 5), time(9, 5, 30, 500_000))


@pytest.mark.parametrize("text", ["2026", "20261301", "20260230", "20260101T250000", "20260101T0900", "2026-01-01"])
def test_parse_basic_takes_what_calendars_write(text):
    with pytest.raises(NotIso):
        parse_basic(text)

    read = (parse_basic("20260101"), parse_basic("20260101T093000"))
    assert read == (datetime(2026, 1, 1), datetime(2026, 1, 1, 9, 30))  # noqa: DTZ001 - wall times
