"""What a typed rule of recurrence names, and which rules nobody can book."""

from __future__ import annotations

from datetime import datetime

import pytest

from scheduling.errors import RequestInvalid
from scheduling.services.bookings.series.recurrences import NOT_UNDERSTOOD, WITHOUT_END, list_walls

FIRST = datetime(2026, 1, 31, 9, 30)  # noqa: DTZ001 - a wall time
MADRID = "Europe/Madrid"


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("FREQ=DAILY;COUNT=3", ["01-31", "02-01", "02-02"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2", ["01-31", "02-14"]),
        ("FREQ=MONTHLY;COUNT=4", ["01-31", "03-31", "05-31", "07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", ["01-31", "02-28", "03-31", "04-30"]),
        ("FREQ=MONTHLY;BYDAY=-1SA;COUNT=3", ["01-31", "02-28", "03-28"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["02-27", "03-31"]),
        ("FREQ=DAILY;UNTIL=20260202", ["01-31", "02-01", "02-02"]),
        ("FREQ=DAILY;UNTIL=20260202T093000", ["01-31", "02-01", "02-02"]),
        ("FREQ=DAILY;UNTIL=20260202T092959", ["01-31", "02-01"]),
        ("FREQ=DAILY;UNTIL=20260202T083000Z", ["01-31", "02-01", "02-02"]),
        ("FREQ=DAILY;UNTIL=20260202T082959Z", ["01-31", "02-01"]),
        ("FREQ=WEEKLY;BYDAY=MO,SA;WKST=SU;COUNT=3", ["01-31", "02-02", "02-07"]),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=2", ["02-02", "02-03"]),
        ("FREQ=YEARLY;BYMONTH=3,4;BYMONTHDAY=-1;COUNT=2", ["03-31", "04-30"]),
    ],
)
def test_rule_names_dates_at_the_same_wall_time(rule, dates):
    walls = list_walls(rule, first=FIRST, zone=MADRID)

    assert [f"{wall:%m-%d}" for wall in walls] == dates
    assert {wall.time() for wall in walls} == {FIRST.time()}


def test_as_many_dates_as_a_series_may_have():
    assert len(list_walls("FREQ=WEEKLY;COUNT=104", first=FIRST, zone=MADRID)) == 104


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        *((each, NOT_UNDERSTOOD) for each in ("", "nonsense", "FREQ=", "COUNT=3", "FREQ=DAILY,COUNT=3")),
        *((f"FREQ={each};COUNT=3", NOT_UNDERSTOOD) for each in ("HOURLY", "MINUTELY", "SECONDLY", "daily", "ＤAILY")),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", NOT_UNDERSTOOD),
        *((f"FREQ={each};BYMONTH=2;BYMONTHDAY=30;COUNT=1", NOT_UNDERSTOOD) for each in ("DAILY", "YEARLY")),
        ("FREQ=MONTHLY;BYSETPOS=50;BYMONTHDAY=1;COUNT=1", NOT_UNDERSTOOD),
        *((f"FREQ=DAILY;COUNT=3;{each}", NOT_UNDERSTOOD) for each in ("BYHOUR=8", "BYSECOND=30", "BYEASTER=1", "X=1")),
        *((f"FREQ=DAILY;COUNT=3;INTERVAL={each}", NOT_UNDERSTOOD) for each in ("0", "-1", "9" * 40, "1,2", "401")),
        *((f"FREQ=MONTHLY;COUNT=1;BYDAY={each}", NOT_UNDERSTOOD) for each in ("+99MO", "XX", "1")),
        ("FREQ=WEEKLY;COUNT=3;WKST=XX", NOT_UNDERSTOOD),
        ("FREQ=DAILY;COUNT=3;COUNT=3", NOT_UNDERSTOOD),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=" + ",".join(["MO"] * 80), NOT_UNDERSTOOD),
        ("DTSTART:20200101T000000\nRRULE:FREQ=DAILY;COUNT=3", NOT_UNDERSTOOD),
        ("FREQ=DAILY;COUNT=3\x00", NOT_UNDERSTOOD),
        *((f"FREQ=DAILY;UNTIL={each}", NOT_UNDERSTOOD) for each in ("20261301", "20260230", "2026", "20250101")),
        ("FREQ=DAILY", WITHOUT_END),
        *((f"FREQ=DAILY;COUNT={each}", WITHOUT_END) for each in ("0", "-3", "105", "9" * 40)),
        ("FREQ=DAILY;COUNT=3;UNTIL=20260202", WITHOUT_END),
        ("FREQ=DAILY;UNTIL=20270101", WITHOUT_END),
        ("FREQ=YEARLY;UNTIL=20500101", WITHOUT_END),
        ("FREQ=YEARLY;COUNT=12", WITHOUT_END),
    ],
)
def test_rule_that_cannot_be_booked_is_refused(rule, message):
    with pytest.raises(RequestInvalid) as refusal:
        list_walls(rule, first=FIRST, zone=MADRID)

    assert refusal.value.errors == {"rule": (message,)}
