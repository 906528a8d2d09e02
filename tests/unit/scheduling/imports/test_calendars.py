"""Appointments of a calendar: zones, days, series with their exceptions, and what is refused before it is made."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from scheduling.errors.imports import ImportUnreadable
from scheduling.services.imports import calendars
from scheduling.services.imports.calendars import (
    NO_CALENDAR,
    NOTHING_AHEAD,
    ODD_EVENT,
    ODD_RULE,
    ODD_ZONE,
    SPLIT,
    TOO_LARGE,
    TOO_LONG,
    TOO_MANY,
    TOO_OFTEN,
    TOO_SLOW,
    is_calendar,
    read_calendar,
)

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
ZONE = "America/Mexico_City"
MADRID = """BEGIN:VTIMEZONE
TZID:Mi zona
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def write(*events: str, before: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{each.strip()}\nEND:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(*events: str, zone: str = ZONE, before: str = "") -> list[list[str]]:
    return read_calendar(write(*events, before=before), zone=zone, now=NOW)[1:]


def starts(*events: str, **more: str) -> list[str]:
    return [row[0] for row in read(*events, **more)]


def refuse(*events: str) -> str:
    with pytest.raises(ImportUnreadable) as caught:
        read(*events)
    return caught.value.text


def test_everything_that_is_said_is_in_the_row():
    rows = read(
        """UID:1
DTSTART:20261214T163000Z
DTEND:20261214T173000Z
SUMMARY:Laura Jiménez\\, aceite
DESCRIPTION:Tel 55 1234 5601\\nllega tarde
LOCATION:Del Valle
ATTENDEE;CN=Laura J:mailto:laura@example.com
ATTENDEE:urn:x"""
    )

    assert rows == [
        [
            "2026-12-14T10:30-06:00",
            "2026-12-14T11:30-06:00",
            "Laura Jiménez, aceite",
            "Tel 55 1234 5601\nllega tarde",
            "Del Valle",
            "Laura J",
            "laura@example.com",
        ]
    ]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("DTSTART;TZID=America/Mexico_City:20261214T103000", "2026-12-14T10:30-06:00"),
        ("DTSTART;TZID=Central Standard Time (Mexico):20261214T103000", "2026-12-14T10:30-06:00"),
        ("DTSTART;TZID=Europe/Madrid:20261214T103000", "2026-12-14T03:30-06:00"),
        ("DTSTART;TZID=Mi zona:20261214T103000", "2026-12-14T03:30-06:00"),
        ("DTSTART:20261214T103000Z", "2026-12-14T04:30-06:00"),
        ("DTSTART:20261214T103000", "2026-12-14 10:30"),
        ("DTSTART;VALUE=DATE:20261214", "2026-12-14"),
    ],
)
def test_zones_floating_times_and_days(start, said):
    assert starts(f"{start}\nSUMMARY:x", before=MADRID) == [said]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("DTEND;TZID=America/Mexico_City:20261214T113000", "2026-12-14T11:30-06:00"),
        ("DURATION:PT90M", "2026-12-14T12:00-06:00"),
        ("DTEND;VALUE=DATE:20261215", ""),
        ("DTEND:20261214T113000", ""),
        ("", ""),
    ],
)
def test_an_end_a_length_or_nothing(end, said):
    ((_, ends, *_),) = read(f"DTSTART;TZID=America/Mexico_City:20261214T103000\n{end}")

    assert ends == said


def test_a_series_keeps_its_hour_where_the_clocks_change():
    rows = read(
        "DTSTART;TZID=Europe/Madrid:20270322T090000\nDTEND;TZID=Europe/Madrid:20270322T100000\n"
        "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO",
        zone="Europe/Madrid",
    )

    assert [row[:2] for row in rows] == [
        ["2027-03-22T09:00+01:00", "2027-03-22T10:00+01:00"],
        ["2027-03-29T09:00+02:00", "2027-03-29T10:00+02:00"],
        ["2027-04-05T09:00+02:00", "2027-04-05T10:00+02:00"],
    ]


def test_times_that_are_left_out_moved_added_or_cancelled():
    series = """UID:s
DTSTART;TZID=America/Mexico_City:20261201T090000
RRULE:FREQ=DAILY;UNTIL=20261206T150000Z
EXDATE;TZID=America/Mexico_City:20261202T090000
EXDATE:20261203T150000Z
RDATE;TZID=America/Mexico_City:20261220T090000
SUMMARY:Serie"""
    moved = "UID:s\nRECURRENCE-ID:20261204T150000Z\nDTSTART:20261210T150000Z\nSUMMARY:Movida"
    dropped = "UID:s\nRECURRENCE-ID:20261205T150000Z\nDTSTART:20261205T150000Z\nSTATUS:CANCELLED"
    other = "UID:o\nDTSTART:20261215T150000Z\nSTATUS:CANCELLED"

    assert [(row[0], row[2]) for row in read(series, moved, dropped, other)] == [
        ("2026-12-01T09:00-06:00", "Serie"),
        ("2026-12-06T09:00-06:00", "Serie"),
        ("2026-12-10T09:00-06:00", "Movida"),
        ("2026-12-20T09:00-06:00", "Serie"),
    ]


def test_days_repeat_and_are_left_out_as_days():
    event = "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261226"

    assert starts(event) == ["2026-12-25", "2026-12-27"]
    assert starts("DTSTART:20261225T090000\nRRULE:FREQ=DAILY;UNTIL=20261226\nEXDATE;VALUE=DATE:20261225") == [
        "2026-12-26 09:00"
    ]
    assert starts("DTSTART:20261225T090000\nRRULE:FREQ=DAILY;UNTIL=20261226T090000") == [
        "2026-12-25 09:00", "2026-12-26 09:00",
    ]  # fmt: skip


def test_a_series_that_began_long_ago_is_read_for_what_is_ahead():
    assert starts("DTSTART:19780106T090000\nRRULE:FREQ=DAILY;UNTIL=20261130T090000") == [
        "2026-11-29 09:00", "2026-11-30 09:00",
    ]  # fmt: skip


def test_a_series_without_an_end_is_read_for_a_year():
    found = starts("DTSTART:20200106T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO")

    assert (found[0], found[-1], len(found)) == ("2026-11-30 09:00", "2027-11-29 09:00", 53)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("FREQ=WEEKLY;UNTIL=30261214T000000Z", TOO_LONG),
        ("FREQ=YEARLY;COUNT=1000", TOO_LONG),
        ("FREQ=DAILY;INTERVAL=400;COUNT=99", TOO_LONG),
        ("FREQ=DAILY;COUNT=99999999999", ODD_RULE),
        ("FREQ=SECONDLY", TOO_OFTEN),
        ("FREQ=HOURLY;COUNT=3", TOO_OFTEN),
        ("FREQ=DAILY;BYHOUR=1,2,3", ODD_RULE),
        ("FREQ=DAILY;INTERVAL=0", ODD_RULE),
        ("FREQ=DAILY;INTERVAL=4000", ODD_RULE),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=9", NOTHING_AHEAD),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", NOTHING_AHEAD),
        (f"FREQ=DAILY;BYDAY={','.join(['MO'] * 120)}", ODD_RULE),
        ("FREQ=DAILY\nRRULE:FREQ=WEEKLY", ODD_RULE),
    ],
)
def test_rules_that_go_too_far_are_refused_at_once(rule, text):
    began = time.perf_counter()

    assert refuse(f"SUMMARY:Junta\nDTSTART:20261201T090000\nRRULE:{rule}") == text
    assert time.perf_counter() - began < 8


def test_a_thousand_years_are_refused_before_they_are_made(monkeypatch):
    monkeypatch.setattr(calendars, "rrulestr", lambda *_, **__: pytest.fail("was expanded"))

    assert refuse("DTSTART:20261201T090000\nRRULE:FREQ=DAILY;UNTIL=30261201T000000") == TOO_LONG
    assert refuse("DTSTART:10261201T090000\nRRULE:FREQ=DAILY") == TOO_LONG
    assert refuse("DTSTART:90001201T090000\nRRULE:FREQ=DAILY") == TOO_LONG


def test_more_times_than_anybody_has_are_refused(monkeypatch):
    monkeypatch.setattr(calendars, "MOST_TIMES", 5)
    assert refuse("DTSTART:20261201T090000\nRRULE:FREQ=DAILY;COUNT=6") == TOO_OFTEN

    monkeypatch.setattr(calendars, "MOST_ROWS", 2)
    assert refuse("DTSTART:20261201T090000\nRRULE:FREQ=DAILY;COUNT=4") == TOO_MANY


def test_a_calendar_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(calendars, "MOST_SECONDS", -1)

    assert refuse("DTSTART:20261201T090000\nRRULE:FREQ=DAILY;COUNT=6") == TOO_SLOW


def test_a_series_that_was_split_is_refused():
    moved = "UID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261204T150000Z\nDTSTART:20261210T150000Z"

    assert refuse("UID:s\nDTSTART:20261201T150000Z\nRRULE:FREQ=DAILY;COUNT=9", moved) == SPLIT


def write_zone(*lines: str, offset: str = "+0100") -> str:
    """Return a zone whose winter changes by these lines."""
    old = "DTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
    assert old in MADRID
    zone = MADRID.replace(old, "\n".join(("DTSTART:19701025T030000", *lines, "")), 1)
    return zone.replace("TZOFFSETTO:+0100", f"TZOFFSETTO:{offset}")


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:FREQ=SECONDLY"],
        ["RRULE:FREQ=DAILY"],
        ["rrule;X-A=1:FREQ=SEC", " ONDLY"],
        ["RRULE:FREQ=YEARLY;BYMONTH=10", "RRULE:FREQ=MINUTELY"],
        ["RRULE:FREQ=YEARLY;BYMONTH=10", "EXRULE:FREQ=SECONDLY"],
        ["RRULE:FREQ=YEARLY;BYSECOND=0,1,2,3"],
        ["RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12"],
        [f"RRULE:FREQ=YEARLY;BYMONTHDAY={','.join(['1'] * 200)}"],
        [f"RDATE:{','.join(['19711025T030000'] * 1001)}"],
        ["RDATE:19711025T030000"] * 1001,
    ],
)
def test_a_zone_that_cannot_be_is_refused_before_it_is_asked(monkeypatch, lines):
    monkeypatch.setattr(calendars, "_check_rule", lambda *_, **__: pytest.fail("was read"))
    event = "DTSTART;TZID=Mi zona:20261214T103000\nRDATE;VALUE=PERIOD;TZID=Mi zona:20261214T103000/20261214T113000Z"

    with pytest.raises(ImportUnreadable) as caught:
        read(event, before=write_zone(*lines))

    assert caught.value.text == ODD_ZONE


def test_a_zone_that_lists_its_changes_is_read():
    zone = write_zone("RDATE:19711031T030000", "RDATE:20261025T030000,20271031T030000")

    assert starts("DTSTART;TZID=Mi zona:20261214T103000", before=zone) == ["2026-12-14T03:30-06:00"]


def test_the_zone_of_one_file_is_not_that_of_the_next():
    event = "DTSTART;TZID=Mi zona:20261214T103000"
    assert starts(event, before=MADRID) == ["2026-12-14T03:30-06:00"]

    other = write_zone("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", offset="+0500")

    assert starts(event, before=other) == ["2026-12-13T23:30-06:00"]
    assert starts(event) == ["2026-12-14 10:30"]


@pytest.mark.parametrize(
    "lines",
    [
        "EXDATE:foo",
        "RDATE:foo",
        "RECURRENCE-ID:foo",
        "DURATION:foo",
        "DTEND:foo",
        "RECURRENCE-ID:20261201T090000\nRECURRENCE-ID:20261202T090000",
        "DURATION:PT1H\nDURATION:PT2H",
        "DTEND:20261201T100000\nDTEND:20261201T110000",
        "DTSTART:20261202T090000",
        "DURATION:P9999999D",
        "RRULE:FREQ=DAILY;UNTIL=P1D",
    ],
)
def test_an_event_with_a_broken_line_is_named(lines):
    with pytest.raises(ImportUnreadable) as caught:
        read(f"SUMMARY:Junta\nDTSTART:20261201T090000\n{lines}")

    assert (caught.value.text, caught.value.params) == (ODD_EVENT, {"name": "Junta"})


@pytest.mark.parametrize("start", ["DTSTART:99991231T235959", "DTSTART:foo", "DTSTART;TZID=Etc/GMT+12:99991231T235959"])
def test_a_start_that_no_calendar_has_is_said_by_name(start):
    assert refuse(f"SUMMARY:Junta\n{start}") == ODD_EVENT


def test_what_is_said_twice_counts_once():
    event = (
        "DTSTART:20261214T163000Z\nSUMMARY:Laura\nSUMMARY:Otra\nLOCATION:A\nLOCATION:B\nDESCRIPTION:C\nDESCRIPTION:D"
    )

    assert read(event)[0][2:5] == ["Laura", "C", "A"]
    assert refuse(f"{event}\nSTATUS:CANCELLED\nSTATUS:CONFIRMED") == NOTHING_AHEAD


def test_what_has_passed_is_not_read():
    past = "DTSTART:20201214T103000Z\nDTEND:20201214T113000Z"

    assert refuse(past) == NOTHING_AHEAD
    assert refuse("SUMMARY:sin fecha") == NOTHING_AHEAD
    assert starts(past, "DTSTART:20261128T140000Z\nDTEND:20261128T160000Z") == ["2026-11-28T08:00-06:00"]


@pytest.mark.parametrize("content", [b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\nx"])
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(ImportUnreadable) as caught:
        read_calendar(content, zone=ZONE, now=NOW)

    assert caught.value.text in {NO_CALENDAR, NOTHING_AHEAD}


def test_a_calendar_of_forty_megabytes_is_refused():
    with pytest.raises(ImportUnreadable) as caught:
        read_calendar(b"BEGIN:VCALENDAR" + b" " * calendars.MOST_BYTES, zone=ZONE, now=NOW)

    assert caught.value.text == TOO_LARGE


@pytest.mark.parametrize(
    ("head", "is_one"),
    [(b"BEGIN:VCALENDAR\r\n", True), (b"\xef\xbb\xbf\nbegin:vcalendar", True), (b"Nombre,Tel", False), (b"", False)],
)
def test_calendars_are_told_by_how_they_begin(head, is_one):
    assert is_calendar(head) is is_one
